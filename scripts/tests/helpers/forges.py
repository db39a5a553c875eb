"""Forges on loopback: git over HTTP and over SSH, open or with a lock on the door."""

import asyncio
import os
import subprocess
from base64 import b64decode
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shlex import split
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncssh

from roadworthy.ops import loopback

from .hostile import shielded

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HANDED = ("QUERY_STRING", "REQUEST_METHOD", "CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR")
USER = "reader"
READ = 65536


@dataclass
class HttpForge:
    """Serves the repositories of a folder by `git http-backend`; keeps what was asked for.

    https://git-scm.com/docs/git-http-backend
    """

    folder: Path
    password: str = ""
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request: only to those who know the password, where there is one."""
        self.asked.append(environ["PATH_INFO"])
        if self.password and not self._knows(environ.get("HTTP_AUTHORIZATION", "")):
            start("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="forge"')])
            return [b"who are you?"]
        head, _, body = self._backend(environ).partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().splitlines()]
        headers = [(name, value) for name, value in lines if name != "Status"]
        start(dict(lines).get("Status", "200 OK"), headers)
        return [body]

    def _knows(self, authorization: str) -> bool:
        told = b64decode(authorization.removeprefix("Basic ")).decode()
        return told == f"{USER}:{self.password}"

    def _backend(self, environ: "WSGIEnvironment") -> bytes:
        environment = {name: environ[name] for name in HANDED if name in environ} | {
            "PATH": os.environ["PATH"],
            "PATH_INFO": environ["PATH_INFO"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": environ.get("HTTP_GIT_PROTOCOL", ""),
            "HTTP_CONTENT_ENCODING": environ.get("HTTP_CONTENT_ENCODING", ""),
        }
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        command = ("git", "http-backend")
        done = subprocess.run(command, env=environment, input=body, capture_output=True, check=True)
        return bytes(done.stdout)


@contextmanager
def http_forge(folder: Path, password: str = "") -> Iterator[HttpForge]:
    """Serve the repositories of a folder over HTTP."""
    forge = HttpForge(folder, password)
    with loopback.serve(forge) as forge.url:
        yield forge


@dataclass(frozen=True, slots=True)
class SshForge:
    """Where an SSH server listens, and what its one key holder sets for git."""

    url: str
    environment: Mapping[str, str]


@contextmanager
def ssh_forge(folder: Path, keys: Path, *, authorised: bool = True) -> Iterator[SshForge]:
    """Serve the repositories of a folder over SSH, for reading and to one key alone."""
    host, client, other = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(3))
    keys.mkdir()
    client.write_private_key(keys / "key")
    (keys / "key").chmod(0o600)
    welcome = client if authorised else other
    known = asyncssh.import_authorized_keys(welcome.export_public_key().decode())
    ready: Future[int] = Future()
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = await asyncssh.listen(
            loopback.LOOPBACK,
            0,
            server_host_keys=[host],
            authorized_client_keys=known,
            process_factory=lambda process: _upload_pack(process, folder),
            encoding=None,
        )
        async with server:
            ready.set_result(server.get_port())
            await stop.wait()

    thread = Thread(target=_run, args=(loop, serve()))
    thread.start()
    port = ready.result()
    line = f"[{loopback.LOOPBACK}]:{port} {host.export_public_key().decode()}"
    (keys / "known_hosts").write_text(line, "utf-8")
    try:
        yield SshForge(f"ssh://git@{loopback.LOOPBACK}:{port}", _with_key(keys))
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, work: Coroutine[None, None, None]) -> None:
    """Run a loop to the end of a piece of work, and leave nothing of it behind."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(work)


def _with_key(keys: Path) -> dict[str, str]:
    options = f"-o IdentitiesOnly=yes -o UserKnownHostsFile='{keys}/known_hosts'"
    return {"GIT_SSH_COMMAND": f"ssh -F none -i '{keys}/key' {options}"}


async def _stop(server: asyncssh.SSHAcceptor) -> None:
    server.close()
    await server.wait_closed()


async def _upload_pack(process: "asyncssh.SSHServerProcess[bytes]", folder: Path) -> None:
    """Run what git asks for, if it is to read a repository of the folder."""
    program, path = split(process.command or "none none")
    repository = folder / path.lstrip("/")
    if program != "git-upload-pack" or not repository.is_dir():
        process.exit(128)
        return
    git = await asyncio.create_subprocess_exec(
        "git",
        "upload-pack",
        str(repository),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**shielded(), "GIT_PROTOCOL": process.env.get("GIT_PROTOCOL", "")},
    )
    assert git.stdin
    assert git.stdout
    told = asyncio.ensure_future(_copied(process.stdin, git.stdin))
    await _copied(git.stdout, process.stdout)
    await told
    process.exit(await git.wait())


async def _copied(
    source: "asyncio.StreamReader | asyncssh.SSHReader[bytes]",
    target: "asyncio.StreamWriter | asyncssh.SSHWriter[bytes]",
) -> None:
    """Hand on what comes, as it comes, and then that nothing more does."""
    while data := await source.read(READ):
        target.write(data)
        await target.drain()
    target.write_eof()


def with_token(url: str, token: str) -> str:
    """Put a token into a URL, as people do."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{USER}:{token}@{parts.netloc}").geturl()
