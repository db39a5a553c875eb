"""The index of a rehearsal: pypiserver, on loopback, in this process, for a moment.

It ends with the process that started it, however that ends.
"""

from __future__ import annotations

from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pypiserver

from ..model.workspace.workspace import Index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed.wsgi import WSGIApplication

LOOPBACK = "127.0.0.1"
# How often a server looks whether it is to end: whoever ends it waits for that.
POLL_SECONDS = 0.02


@contextmanager
def index(folder: Path, name: str = "rehearsal") -> Iterator[Index]:
    """Serve an index from a folder, uploads allowed, and nothing that it does not have."""
    with serve(application(folder)) as url:
        yield Index(name=name, url=f"{url}simple/", publish_url=url)


def application(folder: Path) -> WSGIApplication:
    """Return pypiserver for a folder; a password file `.` is its word for none."""
    app: WSGIApplication = pypiserver.app(
        roots=[folder], authenticate=[], password_file=".", disable_fallback=True
    )
    return app


@contextmanager
def serve(app: WSGIApplication) -> Iterator[str]:
    """Serve an application on a free port of loopback; give its URL."""
    with make_server(LOOPBACK, 0, app, _Server, _Silent) as server:
        Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}/"
        finally:
            server.shutdown()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep the terminal for what people want to read."""
