"""A gate before an index: it counts what is stored, and does to uploads what networks do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from roadworthy.ops import loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FILENAME = re.compile(rb'name="content"; filename="([^"]+)"')
_REFUSED = "403 Forbidden"
_LOST = "500 Lost"


class Moment(StrEnum):
    """Where an upload is, when something happens to it."""

    READ = "its body is read, and nothing is stored"
    STORED = "it is stored, and not answered"


class Loss(StrEnum):
    """How the answer to an upload that was stored gets lost."""

    STATUS = "the server breaks"
    CONNECTION = "the connection breaks"


def _nothing(_: Moment, __: int, ___: str) -> bool:
    return True


@dataclass
class Gate:
    """An index on loopback, what it took, and what is to go wrong with it.

    `taken` counts how often each file was stored; `settled` are files that whoever looks
    at the index sees there, and `sent_again` those of them that were sent all the same;
    `sent_early` came before the index listed all that had come from other members.
    `at` is told of every upload, twice: its moment, its number since `watch`, and its
    file; it says whether the index goes on with it. `accepts` is how many more uploads the
    credentials are good for. A file that comes while `lag` is set is listed only after so
    many readings of its page.
    """

    folder: Path
    taken: Counter[str] = field(default_factory=Counter)
    at: Callable[[Moment, int, str], bool] = _nothing
    number: int = 0
    settled: frozenset[str] = frozenset()
    sent_again: set[str] = field(default_factory=set)
    sent_early: set[str] = field(default_factory=set)
    accepts: int | None = None
    losses: list[Loss] = field(default_factory=list)
    lag: int = 0
    unlisted: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Open the index behind it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.index: WSGIApplication = loopback.application(self.folder)

    def files(self) -> list[str]:
        """Return the names of all that is stored."""
        return sorted(path.name for path in self.folder.iterdir())

    def watch(self, at: Callable[[Moment, int, str], bool] = _nothing) -> None:
        """Count uploads from one again, and tell each to a watcher."""
        self.number, self.at = 0, at

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.watch()
        self.accepts, self.lag = None, 0
        self.losses.clear()
        self.unlisted.clear()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request, as the index would or worse."""
        if environ["REQUEST_METHOD"] == "POST":
            with self.lock:  # one at a time, so that the counts are what happened
                return self._upload(environ, start)
        return self._read(environ, start)

    def _upload(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = BytesIO(body)
        found = _FILENAME.search(body)
        name = found.group(1).decode() if found else ""
        self.number += 1
        self.sent_again |= self.settled & {name}
        if any(late.partition("-")[0] != name.partition("-")[0] for late in self.unlisted):
            self.sent_early.add(name)
        if self.accepts is not None:
            if self.accepts < 1:
                return _answer(start, _REFUSED, b"the credentials are too old")
            self.accepts -= 1
        if not self.at(Moment.READ, self.number, name):
            raise ConnectionAbortedError
        status, headers, answer = self._asked(environ)
        if status == "200 OK":
            self._took(name)
            if not self.at(Moment.STORED, self.number, name):
                raise ConnectionAbortedError
            if self.losses:
                return _lost(self.losses.pop(), start)
        start(status, headers)
        return [answer]

    def _took(self, name: str) -> None:
        self.taken[name] += 1
        if self.lag:
            self.unlisted[name] = self.lag

    def _asked(self, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return what the index itself answers."""
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def started(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:  # noqa: ANN401
            told.append((status, headers))

        answer = b"".join(self.index(environ, started))
        return *told[0], answer

    def _read(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with self.lock:  # a file that is half stored is not seen
            status, headers, answer = self._asked(environ)
        late = list(self._late(environ["PATH_INFO"]))
        if late:
            shown = [line for line in answer.splitlines() if not _names_any(line, late)]
            if not any(b"href" in line for line in shown):
                return _answer(start, "404 Not Found", b"no such project")
            answer = b"\n".join(shown)
            headers = [(key, value) for key, value in headers if key != "Content-Length"]
        start(status, headers)
        return [answer]

    def _late(self, page: str) -> Iterator[str]:
        """Return the files that a page does not list yet; each reading brings them nearer."""
        for name, left in list(self.unlisted.items()):
            if page == f"/simple/{name.partition('-')[0].replace('_', '-')}/":
                yield name
                self.unlisted[name] = left - 1
                if left == 1:
                    del self.unlisted[name]


def _names_any(line: bytes, names: Iterable[str]) -> bool:
    return any(name.encode() in line for name in names)


def _lost(loss: Loss, start: StartResponse) -> Iterable[bytes]:
    if loss is Loss.CONNECTION:
        raise ConnectionAbortedError  # the server takes it for a client that went away
    return _answer(start, _LOST, b"lost")


def _answer(start: StartResponse, status: str, body: bytes) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/html")])
    return [body]
