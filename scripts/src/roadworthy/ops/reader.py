"""Indexes that want credentials, read for installers by us.

An installer runs what others wrote: builds, and what they start. It gets a URL on loopback in
the place of an index's own, and no password. What is asked for there is fetched with the
credentials that we have, and handed on as it is, but for the URLs of files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from packaging.utils import canonicalize_name

from ..model.index.catalogue import is_private_talk
from ..model.index.listing import ACCEPTED, JSON
from ..model.workspace.workspace import Index
from . import reading
from .fetch import FILE, PAGE, NoAnswer, Request, fetch
from .kept import OF_INDEXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAMED, NO_PROXY = "UV_INDEX", ("NO_PROXY", "no_proxy")
IN_MEMORY = 16 * 1024 * 1024
CHUNK = 1024 * 1024
_HREF = re.compile(r"""(?P<start>\bhref\s*=\s*(?P<quote>["']))(?P<url>.*?)(?P=quote)""", re.DOTALL)


@contextmanager
def serving(
    indexes: Iterable[Index], mapped: Mapping[str, Collection[str]]
) -> Iterator[dict[str, str]]:
    """Serve the indexes that have credentials; give the variables that lead installers there.

    Of a workspace's own indexes the projects alone are served that its members map to them.
    """
    found = [
        _Shelf(f"index-{n}", index, mapped[index.name])
        for n, index in enumerate(indexes)
        if mapped.get(index.name) and reading.credentials(index)
    ]
    stated = dict(_stated())
    if not found and not stated:
        yield {}
        return
    from . import loopback  # noqa: PLC0415 - a server that most installations do without

    shelves = [*found, *(shelf for entries in stated.values() for _, shelf in entries if shelf)]
    with loopback.serve(_application({shelf.key: shelf for shelf in shelves})) as url:
        variables = dict.fromkeys(NO_PROXY, _past_proxies(loopback.LOOPBACK))
        for name, entries in stated.items():
            urls = (f"{url}{shelf.key}/simple/" if shelf else text for text, shelf in entries)
            variables[name] = " ".join(urls)
        own = [f"{shelf.index.name}={url}{shelf.key}/simple/" for shelf in found]
        if own:
            variables[NAMED] = " ".join([*own, *filter(None, [variables.get(NAMED, "")])])
        yield variables


def _past_proxies(host: str) -> str:
    """Return what is asked for past a proxy: all that was, and a host."""
    stated = (os.environ.get(name, "") for name in NO_PROXY)
    return ",".join([host, *dict.fromkeys(filter(None, stated))])


@dataclass(frozen=True, slots=True)
class _Shelf:
    """An index that is served under a key; `projects` are those that it is for, or None for all."""

    key: str
    index: Index
    projects: Collection[str] | None = None
    urls: dict[str, str] = field(default_factory=dict)

    def has(self, project: str) -> bool:
        return self.projects is None or canonicalize_name(project) in self.projects


def _stated() -> Iterator[tuple[str, list[tuple[str, _Shelf | None]]]]:
    """Return the variables that name an index with credentials, entry by entry."""
    for variable in OF_INDEXES:
        entries: list[tuple[str, _Shelf | None]] = []
        for place, text in enumerate(os.environ.get(variable, "").split()):
            url = text.partition("=")[2] if "://" in text.partition("=")[2] else text
            has_login = "@" in urlsplit(url).netloc
            key = f"{variable.lower().replace('_', '-')}-{place}"
            entries.append((text, _Shelf(key, Index(name=key, url=url)) if has_login else None))
        if any(shelf for _, shelf in entries):
            yield variable, entries


def _application(shelves: Mapping[str, _Shelf]) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        key, _, rest = environ["PATH_INFO"].lstrip("/").partition("/")
        kind, _, path = rest.partition("/")
        shelf = shelves.get(key)
        if environ["REQUEST_METHOD"] != "GET":
            return _said(start, HTTPStatus.METHOD_NOT_ALLOWED)
        try:
            if shelf and kind == "simple" and shelf.has(path.strip("/")):
                return _page(shelf, path.strip("/"), start)
            if shelf and kind == "files":
                return _file(shelf, path, start)
        except NoAnswer:
            return _said(start, HTTPStatus.BAD_GATEWAY)
        return _said(start, HTTPStatus.NOT_FOUND)

    return answer


def _said(start: StartResponse, status: HTTPStatus) -> Iterable[bytes]:
    start(f"{status.value} {status.phrase}", [("Content-Length", "0")])
    return []


def _page(shelf: _Shelf, project: str, start: StartResponse) -> Iterable[bytes]:
    """Hand on the page of a project, with URLs of ours for its files."""
    index, body = shelf.index, bytearray()
    login = reading.credentials(index)
    if login and not is_private_talk(index.url):
        return _said(start, HTTPStatus.BAD_GATEWAY)
    url = f"{index.shown.rstrip('/')}/{project}/"
    request = Request(own=index.shown, url=url, login=login, headers={"Accept": ACCEPTED})
    head = fetch(request, PAGE, body.extend)
    if head.status != HTTPStatus.OK:
        is_known = head.status in {each.value for each in HTTPStatus}
        return _said(start, HTTPStatus(head.status) if is_known else HTTPStatus.BAD_GATEWAY)
    kind = head.headers.get("Content-Type", "text/html")
    text = bytes(body).decode("utf-8", "replace")
    made = _json(shelf, text, head.url) if kind.startswith(JSON) else _html(shelf, text, head.url)
    data = made.encode("utf-8", "surrogateescape")
    start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(data)))])
    return [data]


def _json(shelf: _Shelf, text: str, base: str) -> str:
    try:
        content = json.loads(text)
        for file in content["files"]:
            file["url"] = _ours(shelf, urljoin(base, file["url"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoAnswer(why="its answer cannot be read") from None
    return json.dumps(content)


def _html(shelf: _Shelf, text: str, base: str) -> str:
    def with_ours(found: re.Match[str]) -> str:
        url = urljoin(base, found["url"].replace("&amp;", "&").strip())
        return f"{found['start']}{_ours(shelf, url)}{found['quote']}"

    return _HREF.sub(with_ours, text)


def _ours(shelf: _Shelf, url: str) -> str:
    """Return a URL of ours for that of a file; the name stays, and so does its hash."""
    whole, mark, fragment = url.partition("#")
    token = hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    shelf.urls[token] = whole
    name = urlsplit(whole).path.rpartition("/")[2]
    return f"/{shelf.key}/files/{token}/{name}{mark}{fragment}"


def _file(shelf: _Shelf, path: str, start: StartResponse) -> Iterable[bytes]:
    """Hand on a file, or the metadata beside it: https://peps.python.org/pep-0658/."""
    token, _, name = path.partition("/")
    url = shelf.urls.get(token, "")
    if not url:
        return _said(start, HTTPStatus.NOT_FOUND)
    is_metadata = name.endswith(".metadata")
    login = reading.credentials(shelf.index)
    place = f"{url}.metadata" if is_metadata else url
    request = Request(own=shelf.index.shown, url=place, login=login, leaves=True)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        head = fetch(request, FILE, kept.write)
        if head.status != HTTPStatus.OK:
            return _said(start, HTTPStatus.NOT_FOUND)
        size = kept.tell()
        kept.seek(0)
        start(
            "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(size))]
        )
        return list(iter(lambda: kept.read(CHUNK), b""))
