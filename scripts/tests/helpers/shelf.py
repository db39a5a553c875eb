"""An index on loopback that can be told to misbehave: pypiserver behind a gate of ours."""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from socket import SHUT_RDWR
from threading import Lock
from typing import TYPE_CHECKING, Any

from roadworthy.ops import loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from threading import Event

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FILENAME = re.compile(rb'filename="([^"]+)"')
TOO_MANY = "429 Too Many Requests"
ALWAYS = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer to a request, as a test writes it."""

    status: str
    body: bytes = b""
    kind: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Shelf:
    """How an index is to answer, who asked it, and how many uploads it took.

    Uploads: `refuse_uploads` is a status, for `refuse_times` tries after the first
    `refuse_after`; `refuse_names` are refused always, more than `new_names` projects with
    a limit; `headers` go with a refusal. Of the first `drop_times` tries the connection is
    cut, `before` or `after` the file is taken; with `lose_answers` it is taken and denied.
    `before_upload` is called with a file's name before it is taken.

    Reads: `refuse_reads` is a status, `answer_reads` a type and a text for every page,
    `script` a whole answer for a path, where it has one; `hide_reads` how often what was
    uploaded is not shown yet; `wait_for` holds all back. `asked` are the paths that were
    read, with who asked.
    """

    folder: Path
    url: str = ""
    uploads: int = 0
    tries: int = 0
    refuse_uploads: str = ""
    refuse_times: int = ALWAYS
    refuse_after: int = 0
    refuse_names: tuple[str, ...] = ()
    new_names: int = ALWAYS
    headers: tuple[tuple[str, str], ...] = ()
    drop: str = ""
    drop_times: int = 0
    lose_answers: bool = False
    refuse_reads: str = ""
    answer_reads: tuple[str, str] = ("", "")
    script: Callable[[str], Answer | None] = field(default=lambda _: None)
    asked: list[tuple[str, str]] = field(default_factory=list)
    hide_reads: int = 0
    wait_for: Event | None = None
    lock: Lock = field(default_factory=Lock)
    projects: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    before_upload: Callable[[str], None] = field(default=lambda _: None)
    after_upload: Callable[[int], None] = field(default=lambda _: None)

    def files(self) -> list[str]:
        """Return the names of all that was uploaded."""
        return sorted(path.name for path in self.folder.iterdir())

    def behind(self, app: WSGIApplication) -> WSGIApplication:
        """Put an index behind the gate."""

        def gate(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            is_upload = environ["REQUEST_METHOD"] == "POST"
            return (self._upload if is_upload else self._read)(app, environ, start)

        return gate

    def _read(
        self, app: WSGIApplication, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        if self.wait_for:
            self.wait_for.wait()
        path = environ["PATH_INFO"]
        is_page = path.startswith("/simple/")
        self.asked.append((path, _login(environ)))
        scripted = self.script(path)
        if scripted:
            named = (("Content-Type", scripted.kind), *scripted.headers)
            return _answer(start, scripted.status, scripted.body, *named)
        kind, text = self.answer_reads
        if self.refuse_reads:
            return _answer(start, self.refuse_reads, b"refused")
        if text and is_page:
            return _answer(start, "200 OK", text.encode(), ("Content-Type", kind))
        if is_page and self.uploads and self.hide_reads:
            self.hide_reads -= 1
            return _answer(start, "404 Not Found", b"not yet")
        return app(environ, start)

    def _upload(
        self, app: WSGIApplication, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        connection = environ["wsgi.input"].raw._sock  # noqa: SLF001 - to cut it
        name = self._received(environ)
        dropped = self.drop if self.tries <= self.drop_times else ""
        if dropped == "before":
            connection.shutdown(SHUT_RDWR)
            return []
        refused = self._refused(name)
        if refused:
            return _answer(start, refused, b"refused", *self.headers)
        self.before_upload(name)
        statuses: list[str] = []

        def started(status: str, *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            statuses.append(status)
            return start("500 Lost" if self.lose_answers else status, *rest)

        answer = list(app(environ, started))
        if statuses == ["200 OK"]:
            self.uploads += 1
            self.sent.append(name)
            self.after_upload(self.uploads)
        if dropped == "after":
            connection.shutdown(SHUT_RDWR)
        return answer

    def _received(self, environ: WSGIEnvironment) -> str:
        """Read an upload whole, note who sent it, and return the name of its file."""
        self.users.add(_login(environ))
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = BytesIO(body)
        self.tries += 1
        found = FILENAME.search(body)
        return found[1].decode() if found else ""

    def _refused(self, name: str) -> str:
        """Say with which status an upload is refused, if it is."""
        if name.startswith(tuple(f"{refused}-" for refused in self.refuse_names)):
            return "403 Forbidden"
        with self.lock:  # several members are sent at once
            project = name.partition("-")[0]
            if project not in self.projects and len(self.projects) >= self.new_names:
                return TOO_MANY
            self.projects.add(project)
        counted = self.tries - self.refuse_after
        return self.refuse_uploads if 0 < counted <= self.refuse_times else ""


@dataclass
class Stand:
    """An address on loopback at which one shelf after another stands.

    What names its address, such as a workspace, can be made once for many tests.
    """

    url: str = ""
    app: WSGIApplication | None = None

    @contextmanager
    def holding(self, folder: Path) -> Iterator[Shelf]:
        """Let a shelf of a folder stand there for a while, and then what stood there before."""
        shelf, app = new_shelf(folder)
        shelf.url, before = self.url, self.app
        self.app = app
        try:
            yield shelf
        finally:
            self.app = before

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Let the shelf that stands there answer; who comes late finds nothing."""
        return self.app(environ, start) if self.app else _answer(start, "410 Gone", b"gone")


def new_shelf(folder: Path) -> tuple[Shelf, WSGIApplication]:
    """Return an empty index in a folder, and the application that serves it."""
    folder.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(folder)
    return shelf, shelf.behind(loopback.application(folder))


def _login(environ: WSGIEnvironment) -> str:
    """Return the user and the password of a request."""
    _, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return b64decode(credentials).decode()


def _answer(
    start: StartResponse, status: str, body: bytes, *headers: tuple[str, str]
) -> Iterable[bytes]:
    named = {"Content-Type": "text/html", **dict(headers)}
    start(status, [*named.items()])
    return [body]
