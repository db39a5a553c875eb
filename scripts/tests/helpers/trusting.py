"""An index that takes uploads by the identity of a CI job, as PyPI does, on loopback.

What it answers, and where, is what PyPI's guide to trusted publishers says.
"""

from __future__ import annotations

import json
import ssl
from base64 import b64decode, urlsafe_b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import certifi
import trustme

from roadworthy.ops import loopback

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_TOKEN = "request-token-of-the-job"  # noqa: S105 - the forge's word for who asks


def identity(audience: str) -> str:
    """Return what a forge would sign for a job; here the index believes it unsigned."""
    claims = urlsafe_b64encode(json.dumps({"aud": audience, "sub": "job"}).encode())
    return f"e30.{claims.decode().rstrip('=')}.e30"


@dataclass
class TrustingIndex:
    """Says whom it expects, mints a token for each identity, and takes uploads with one."""

    audience: str
    behind: WSGIApplication
    folder: Path
    url: str = ""
    minted: list[str] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    is_full: bool = False

    def files(self) -> list[str]:
        """Return the names of all that was uploaded."""
        return sorted(path.name for path in self.folder.iterdir())

    @property
    def request_url(self) -> str:
        """Return where a job of GitHub asks for its identity."""
        return f"{self.url}forge/identity?api-version=2"

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer as the forge for one address, as the index for all others."""
        path = environ["PATH_INFO"]
        if path == "/forge/identity":
            asked = parse_qs(environ["QUERY_STRING"])["audience"][0]
            known = environ.get("HTTP_AUTHORIZATION", "").lower() == f"bearer {REQUEST_TOKEN}"
            return _told(start, {"value": identity(asked)} if known else None)
        if path == "/_/oidc/audience":
            return _told(start, {"audience": self.audience})
        if path == "/_/oidc/mint-token":
            return _told(start, self._mint(json.loads(_body(environ))["token"]))
        if environ["REQUEST_METHOD"] == "POST":
            body = _body(environ)
            if self.is_full or not self._knows(environ.get("HTTP_AUTHORIZATION", "")):
                return _told(start, None)
            self.uploads.append(body)
            environ["wsgi.input"] = BytesIO(body)
        return self.behind(environ, start)

    def _mint(self, shown: str) -> dict[str, str] | None:
        if shown != identity(self.audience):
            return None
        self.minted.append(f"minted-{len(self.minted)}-of-the-index")
        return {"success": "true", "token": self.minted[-1]}

    def _knows(self, authorization: str) -> bool:
        sent = b64decode(authorization.partition(" ")[2]).decode()
        return sent in {f"__token__:{token}" for token in self.minted}


@contextmanager
def trusting_index(folder: Path, audience: str) -> Iterator[tuple[TrustingIndex, Path]]:
    """Serve such an index over TLS; give it, and the certificates that a client must trust."""
    stock = folder / "index-files"
    stock.mkdir(parents=True)
    index = TrustingIndex(audience, loopback.application(stock), stock)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(loopback.LOOPBACK).configure_cert(context)
    trusted = folder / "certificates.pem"
    trusted.write_bytes(_usual_certificates() + authority.cert_pem.bytes())
    with make_server(loopback.LOOPBACK, 0, index, _Server, _Silent) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        Thread(target=server.serve_forever, daemon=True).start()
        index.url = f"https://{loopback.LOOPBACK}:{server.server_port}/"
        try:
            yield index, trusted
        finally:
            server.shutdown()


def _usual_certificates() -> bytes:
    """Return whom a client trusts anyway: what a build requires still has to be fetched."""
    named = [ssl.get_default_verify_paths().cafile, certifi.where()]
    return b"\n".join(Path(path).read_bytes() for path in named if path)


def _body(environ: WSGIEnvironment) -> bytes:
    return bytes(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))


def _told(start: StartResponse, answer: dict[str, str] | None) -> Iterable[bytes]:
    status = "403 Forbidden" if answer is None else "200 OK"
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(answer or {"message": "refused"}).encode()]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep the terminal for what people want to read."""
