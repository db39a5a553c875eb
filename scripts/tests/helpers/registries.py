"""Registries on loopback: each at its own paths, with its own login and its own rules.

What a registry is like comes from the catalogue; pypiserver behind a gate keeps the files.
"""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from packaging.version import Version

from roadworthy.model.index.catalogue import Entry, Rule
from roadworthy.ops import loopback
from roadworthy.ops.known_indexes import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FILES = "/files"
USER = "somebody"
UPLOAD_SECRET = "for-uploads"  # noqa: S105 - it opens nothing but a test's own server
READ_SECRET = "for-reading"  # noqa: S105 - as above
FILENAME = re.compile(rb'filename="([^"]+)"')
METADATA = re.compile(rb'name="metadata_version"\r\n\r\n([0-9.]+)\r\n')


def values(name: str) -> dict[str, str]:
    """Return something for all that an entry asks for."""
    return {key: f"our-{key.lower()}" for key in catalogue()[name].asked}


def entries(name: str) -> tuple[Entry, ...]:
    """Return what a registry is reached by: an entry, after the one to upload by where it has none.

    One that is only read is named after the one that is uploaded to: gitlab-group, gitlab.
    """
    entry = catalogue()[name].filled(values(name))
    return (entry,) if entry.publish_url else (*entries(name.rpartition("-")[0]), entry)


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password, as an entry's `login` has them sent."""

    user: str
    password: str

    @classmethod
    def of(cls, entry: Entry, secret: str) -> Login:
        """Put a secret, and a name where one's own is wanted, in their places."""
        words = {"TOKEN": secret, "USER": USER}
        user, _, password = entry.login.partition(":")
        return cls(words.get(user, user), words.get(password, password))

    def __str__(self) -> str:
        return f"{self.user}:{self.password}"


@dataclass
class Registry:
    """A registry: what it is reached by, who may upload and read, what it was asked."""

    entries: tuple[Entry, ...]
    folder: Path
    upload_secret: str
    read_secret: str
    url: str = ""
    uploads: int = 0
    asked: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @cached_property
    def app(self) -> WSGIApplication:
        """Return the index that keeps the files."""
        self.folder.mkdir(exist_ok=True)
        return loopback.application(self.folder)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer as the registry would; what is outside of its layout is not found."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        _, _, sent = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        login = b64decode(sent).decode()
        self.asked.append(f"{method} {path}")
        self.seen.add(login)
        inner = self._inner(method, path)
        if inner is None:
            return _answer(start, "404 Not Found")
        if not self._knows(method, login):
            return _answer(start, "401 Unauthorized")
        refused = self._judged(body) if method == "POST" else ""
        if refused:
            return _answer(start, refused)
        own = {"SCRIPT_NAME": FILES, "PATH_INFO": inner, "wsgi.input": BytesIO(body)}
        self.uploads += method == "POST"
        return self.app({**environ, **own}, self._forwarding(inner, start))

    def _forwarding(self, inner: str, start: StartResponse) -> StartResponse:
        """Forward those who ask for a project that is not there, where the registry does so."""
        forward = self.entries[-1].forward

        def started(status: str, *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            if forward and status.startswith("404") and inner.startswith("/simple/"):
                place = f"{forward}{inner.removeprefix('/simple/')}"
                return start("302 Found", [("Location", place)])
            return start(status, *rest)

        return started

    @property
    def posts(self) -> list[str]:
        """Return the uploads that were tried."""
        return [asked for asked in self.asked if asked.startswith("POST ")]

    def files(self) -> list[str]:
        """Return the names of all that it has."""
        return sorted(path.name for path in self.folder.iterdir())

    def _inner(self, method: str, path: str) -> str | None:
        """Return what a path is to the index behind the gate; None for what is none."""
        if method == "POST":
            return "/" if path == urlsplit(self.entries[0].publish_url).path else None
        if path.startswith(f"{FILES}/packages/"):
            return path.removeprefix(FILES)
        for entry in self.entries:
            project = path.removeprefix(f"{urlsplit(entry.url).path.rstrip('/')}/")
            if re.fullmatch(r"[a-z0-9-]+/", project):
                return f"/simple/{project}"
        return None

    def _knows(self, method: str, login: str) -> bool:
        if method == "POST":
            return login == str(Login.of(self.entries[0], self.upload_secret))
        is_private = self.entries[-1].private
        return not is_private or login == str(Login.of(self.entries[-1], self.read_secret))

    def _judged(self, body: bytes) -> str:
        """Say with which status an upload is answered here, if it is not handed on."""
        entry = self.entries[0]
        metadata, named = METADATA.search(body), FILENAME.search(body)
        highest = Version(entry.metadata_version or "99")
        if metadata and Version(metadata[1].decode()) > highest:
            return "400 Metadata version is unsupported"
        there = self.folder / (named[1].decode() if named else "none")
        if not there.exists():
            return ""
        is_same = b"\r\n\r\n%b\r\n" % there.read_bytes() in body
        rule = entry.same_bytes if is_same else entry.other_bytes
        if rule is Rule.ACCEPTED:
            return "200 OK"
        if rule in {Rule.OVERWRITTEN, Rule.AS_CONFIGURED}:  # configured in the worst way
            there.unlink()
            return ""
        return "409 Conflict"


@contextmanager
def registry(
    name: str, folder: Path, upload_secret: str = UPLOAD_SECRET, read_secret: str = READ_SECRET
) -> Iterator[Registry]:
    """Serve a registry of the catalogue."""
    made = Registry(entries(name), folder, upload_secret, read_secret)
    with loopback.serve(made) as url:
        made.url = url
        yield made


def at_loopback(text: str, made: Registry) -> str:
    """Put a registry on loopback in the place of the hosts that a manifest names."""
    for entry in made.entries:
        for url in filter(None, (entry.url, entry.publish_url)):
            text = text.replace(f"https://{urlsplit(url).netloc}/", made.url)
    return text


def _answer(start: StartResponse, status: str) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/html"), ("WWW-Authenticate", 'Basic realm="registry"')])
    return [b"<html></html>"]
