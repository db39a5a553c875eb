"""A server that says what a test has it say, byte for byte: whole answers, and broken ones."""

from __future__ import annotations

from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

from roadworthy.ops.loopback import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

POLL_SECONDS = 0.01


class Wire(ThreadingTCPServer):
    """Says pieces, to everybody alike; `heads` are the requests that it got.

    Between two pieces it waits for `pause` seconds, and says the last one again and again
    where it `goes_on`.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, *pieces: bytes, pause: float = 0.0, goes_on: bool = False) -> None:
        """Listen on a free port."""
        super().__init__((LOOPBACK, 0), _Talk)
        self.pieces, self.pause, self.goes_on = pieces, pause, goes_on
        self.heads: list[str] = []
        self.over = Event()

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://{LOOPBACK}:{self.server_address[1]}/"

    def said(self) -> Iterator[bytes]:
        """Return what is said, with its pauses."""
        yield from self._slowly(self.pieces)
        while self.goes_on and not self.over.is_set():
            yield from self._slowly(self.pieces[-1:])

    def _slowly(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            self.over.wait(self.pause)


class _Talk(BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.request.recv(65536)
            if not piece:
                return  # whoever asked went away in the middle of it
            head += piece
        self.server.heads.append(head.decode("latin-1"))
        try:
            for piece in self.server.said():
                self.request.sendall(piece)
        except OSError:
            return  # nobody listens any more


@contextmanager
def wire(*pieces: bytes, pause: float = 0.0, goes_on: bool = False) -> Iterator[Wire]:
    """Serve such answers; end them all when the test ends."""
    with Wire(*pieces, pause=pause, goes_on=goes_on) as made:
        Thread(target=made.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        try:
            yield made
        finally:
            made.over.set()
            made.shutdown()


def answer(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole answer, with its length."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def begun(*headers: str, status: str = "200 OK") -> bytes:
    """Return the head of an answer."""
    lines = (f"HTTP/1.1 {status}", "Connection: close", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n"
