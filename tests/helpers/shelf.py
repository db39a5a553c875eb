"""An index on loopback that can be told to misbehave: pypiserver behind a gate of ours."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scripts.ops import loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass
class Shelf:
    """How an index is to answer, who asked it, and how many uploads it took."""

    folder: Path
    url: str = ""
    uploads: int = 0
    refuse_uploads: str = ""
    refuse_times: int = 1_000_000
    tries: int = 0
    refuse_reads: str = ""
    refuse_names: tuple[str, ...] = ()
    login_page: bool = False
    lose_answers: bool = False
    users: set[str] = field(default_factory=set)
    after_upload: Callable[[int], None] = field(default=lambda _: None)

    def files(self) -> list[str]:
        """Return the names of all that was uploaded."""
        return sorted(path.name for path in self.folder.iterdir())

    def _refused(self, environ: WSGIEnvironment) -> str:
        """Say with which status an upload is refused, if it is; note who sent it."""
        _, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        self.users.add(b64decode(credentials).decode())
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = BytesIO(body)
        named = any(f'filename="{name}-'.encode() in body for name in self.refuse_names)
        self.tries += 1
        refused = self.refuse_uploads if self.tries <= self.refuse_times else ""
        return "403 Forbidden" if named else refused

    def behind(self, app: WSGIApplication) -> WSGIApplication:
        """Put an index behind the gate."""

        def gate(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            is_upload = environ["REQUEST_METHOD"] == "POST"
            refused = self._refused(environ) if is_upload else self.refuse_reads
            if refused:
                return _answer(start, refused, b"refused")
            if self.login_page and not is_upload:
                return _answer(start, "200 OK", b"<html><form>Log in</form></html>")
            statuses: list[str] = []

            def started(status: str, *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401
                statuses.append(status)
                return start("500 Lost" if is_upload and self.lose_answers else status, *rest)

            answer = list(app(environ, started))
            if is_upload and statuses == ["200 OK"]:
                self.uploads += 1
                self.after_upload(self.uploads)
            return answer

        return gate


def new_shelf(folder: Path) -> tuple[Shelf, WSGIApplication]:
    """Return an empty index in a folder, and the application that serves it."""
    folder.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(folder)
    return shelf, shelf.behind(loopback.application(folder))


def _answer(start: StartResponse, status: str, body: bytes) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/html")])
    return [body]
