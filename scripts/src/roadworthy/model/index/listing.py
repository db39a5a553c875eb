"""What an index says of a project, read from its answer.

An answer counts where it says in its own words that it is the page of this project. All
else, such as a page to log in, another project's page, or half a page, is a `Doubt`.

https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import NormalizedName, canonicalize_name, is_normalized_name

from .filename import name_of
from .markup import Markup

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
LEGACY_HTML = "text/html"
ACCEPTED = f"{JSON}, {HTML};q=0.2, {LEGACY_HTML};q=0.01"
LONGEST_NAME = 100  # in a message

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_IN_FRAGMENT = re.compile(r"(?:^|&)sha256=([^&]*)")
_VERSION = re.compile(r"1\.\d+")
# How indexes name a page, by custom: "Links for zq-base", "team/index: links for zq-base".
_TITLE = re.compile(r"\blinks for ([A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?)(?:\s|$)", re.IGNORECASE)


class Doubt(Exception):  # noqa: N818 - it is no error: the answer says too little
    """An answer says nothing of a project."""

    def __init__(self, *, why: str) -> None:
        """Keep why, in words that follow the name of the index."""
        super().__init__(why)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer with status 200.

    `is_counted` tells whether its end is known by its length: else it may be cut short.
    """

    url: str
    content_type: str
    body: bytes
    is_counted: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file that an index lists; `sha256` is empty where it lists no such hash.

    One that is yanked is there for those alone who name its version: https://peps.python.org/pep-0592/
    """

    filename: str
    url: str
    sha256: str = ""
    uploaded: datetime | None = None
    is_yanked: bool = False


def files_listed(answer: Answer, name: NormalizedName) -> tuple[File, ...]:
    """Return the distributions of a project that its page lists; yanked ones are among them.

    Raises `Doubt` where the answer is no page of this project.
    """
    kind, _, parameters = answer.content_type.partition(";")
    match kind.strip().lower():
        case "application/vnd.pypi.simple.v1+json":
            found = _json_files(answer, name)
        case "application/vnd.pypi.simple.v1+html" | "text/html":
            found = _html_files(answer, name, parameters)
        case "":
            raise Doubt(why="its answer cannot be read: it has no Content-Type")
        case other:
            raise Doubt(why=f"its answer cannot be read: it is {ascii(other)[1:-1]}")
    return tuple(file for file in found if name_of(file.filename) == name)


def is_page_of(url: str, name: NormalizedName) -> bool:
    """Tell whether a URL ends in the name of a project, however that is written."""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    return canonicalize_name(last) == name


def _json_files(answer: Answer, name: NormalizedName) -> list[File]:
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Doubt(why="its answer cannot be read: it is no JSON") from None
    match content:
        case {"meta": {"api-version": str(version)}, "name": str(named), "files": list(files)}:
            _require_version(version)
            _require_name(named, name)
            return [_json_file(file, answer.url) for file in files]
        case _:
            raise Doubt(why="its answer cannot be read: it lacks `meta`, `name` or `files`")


def _json_file(entry: object, base: str) -> File:
    match entry:
        case {"filename": str(filename), "url": str(url), "hashes": dict(hashes), **more}:
            return File(
                filename=filename,
                url=_joined(base, url),
                sha256=_sha256(hashes.get("sha256")),
                uploaded=_moment(more.get("upload-time")),
                is_yanked=_is_yanked(more.get("yanked")),
            )
        case _:
            raise Doubt(why="its answer cannot be read: a file lacks a name, a URL or hashes")


def _html_files(answer: Answer, name: NormalizedName, parameters: str) -> list[File]:
    try:
        page = Markup.of(_text(answer.body, parameters))
    except ValueError:
        raise Doubt(why="its answer cannot be read: it is no HTML") from None
    for version in page.versions:
        _require_version(version)
    if not answer.is_counted and not page.is_closed:
        raise Doubt(why="its answer is incomplete")
    found = [
        replace(file, is_yanked=place in page.yanked)
        for place, (href, words) in enumerate(page.links)
        for file in _linked(answer.url, page, href, words)
    ]
    _require_identity(answer, page, name, {name_of(file.filename) for file in found} - {None})
    return found


def _require_identity(
    answer: Answer, page: Markup, name: NormalizedName, listed: set[NormalizedName | None]
) -> None:
    """Raise `Doubt` for HTML that is not the page of a project.

    A distribution of the project proves it, or else the title. A page without links
    counts where it has the mark of an index and comes from the project's own URL.
    """
    titled = [title for text in page.titles for title in _TITLE.findall(text)]
    if name in listed or (not listed and name in map(canonicalize_name, titled)):
        return
    for other in (*sorted(filter(None, listed)), *titled):
        _require_name(other, name)
    is_marked = page.is_marked or answer.content_type.startswith(HTML)
    if not is_marked or page.links or not is_page_of(answer.url, name):
        raise Doubt(
            why="it answers with something other than a project page, such as a sign-in page"
        )


def _require_name(named: str, name: NormalizedName) -> None:
    other = canonicalize_name(named[:LONGEST_NAME])
    if other != name:
        whose = f", {other}" if is_normalized_name(other) else ""
        raise Doubt(why=f"it answers with the page of another project{whose}")


def _require_version(version: str) -> None:
    """Raise `Doubt` for a version of the API that we do not know.

    https://packaging.python.org/en/latest/specifications/simple-repository-api/#versioning-pypi-s-simple-api
    """
    if not _VERSION.fullmatch(version):
        shown = ascii(version)[1:-1]
        raise Doubt(why=f"it speaks version {shown} of the Simple API, and 1 is known here")


def _linked(base: str, page: Markup, href: str, words: str) -> Iterator[File]:
    """Return the file of a link, by the name in its URL and by that in its text.

    They should be one. Where they are not, both are taken for there.
    """
    url, _, fragment = _joined(_joined(base, page.base), href).partition("#")
    listed = _IN_FRAGMENT.search(fragment)
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    for filename in dict.fromkeys((last, words)):
        if name_of(filename):
            yield File(filename=filename, url=url, sha256=_sha256(listed[1] if listed else ""))


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        raise Doubt(why="its answer cannot be read: the URL of a file is none") from None


def _sha256(value: object) -> str:
    """Return a hash as `hashlib` writes it; empty for what is none."""
    return value.lower() if isinstance(value, str) and _SHA256.fullmatch(value) else ""


def _is_yanked(value: object) -> bool:
    """Tell whether a file is yanked: true, or the reason for it."""
    return value is True or (isinstance(value, str) and bool(value))


def _moment(value: object) -> datetime | None:
    """Read when a file was uploaded; None where the index does not say so.

    https://packaging.python.org/en/latest/specifications/simple-repository-api/#additional-fields-for-the-simple-api-for-package-indexes
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _text(body: bytes, parameters: str) -> str:
    found = re.search(r"charset=\"?([\w.-]+)", parameters, re.IGNORECASE)
    try:
        return body.decode(found[1] if found else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
