"""Indexes that run as themselves: their own programs, in a process and an environment of their own.

What they need is the dependency group `servers`, which no other environment has.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from roadworthy.ops.loopback import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
USER, SECRET = "tester", "opens-the-server"
INDEX = "releases"
SECONDS = 60
# A server that is starting refuses connections: they are tried again, ever less often.
UNTIL_READY = Retry(total=None, connect=200, backoff_factor=0.05, backoff_max=0.5)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and what an entry of the catalogue asks for of it."""

    url: str
    values: dict[str, str]


def programs(environment: Path) -> Path:
    """Make the environment that the servers run in; return the folder of its programs."""
    group = ("--only-group", "servers", "--locked", "--quiet")
    place = ("--project", str(ROOT / "scripts"), "--python", sys.executable)
    subprocess.run(
        (os.environ.get("UV", "uv"), "sync", *group, *place),
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(environment)},
        check=True,
    )
    return environment / ("Scripts" if os.name == "nt" else "bin")


@contextmanager
def pypiserver(programs: Path, folder: Path) -> Iterator[Server]:
    """Run pypiserver with a file of users, who alone may upload and read."""
    files, users = folder / "files", folder / "htpasswd"
    files.mkdir(parents=True)
    hashed = b64encode(hashlib.sha1(SECRET.encode(), usedforsecurity=False).digest()).decode()
    users.write_text(f"{USER}:{{SHA}}{hashed}\n", "utf-8")
    port = _free_port()
    where = ("-i", LOOPBACK, "-p", str(port), "--disable-fallback")
    locked = ("-a", "update,download,list", "-P", str(users))
    command = (str(programs / "pypi-server"), "run", *where, *locked, str(files))
    with _running(command, folder, port) as url:
        yield Server(url, {"HOST": f"{LOOPBACK}:{port}"})


@contextmanager
def devpi(programs: Path, folder: Path, *, volatile: bool) -> Iterator[Server]:
    """Run devpi with a user and his index, which overwrites what it has if it is volatile."""
    folder.mkdir()
    data = ("--serverdir", str(folder / "data"))
    subprocess.run((programs / "devpi-init", *data, "--no-root-pypi"), check=True)
    port = _free_port()
    command = (str(programs / "devpi-server"), *data, "--listen", f"{LOOPBACK}:{port}")
    with _running(command, folder, port) as url:
        _asked("PUT", f"{url}{USER}", {"password": SECRET})
        login = _asked("POST", f"{url}+login", {"user": USER, "password": SECRET})
        token = b64encode(f"{USER}:{login['result']['password']}".encode()).decode()
        settings = {"type": "stage", "bases": [], "volatile": volatile}
        _asked("PUT", f"{url}{USER}/{INDEX}", settings, {"X-Devpi-Auth": token})
        yield Server(url, {"HOST": f"{LOOPBACK}:{port}", "USER": USER, "INDEX": INDEX})


@contextmanager
def _running(command: tuple[str, ...], folder: Path, port: int) -> Iterator[str]:
    """Run a server until it is left, and then end it and no other."""
    url = f"http://{LOOPBACK}:{port}/"
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL) as server,
    ):
        try:
            with requests.Session() as session:
                session.mount(url, HTTPAdapter(max_retries=UNTIL_READY))
                session.get(url, timeout=SECONDS)
            assert server.poll() is None, (folder / "log").read_text("utf-8")
            yield url
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return int(found.getsockname()[1])


def _asked(
    method: str, url: str, settings: dict[str, Any], headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Ask devpi by its own API; return its answer.

    https://devpi.net/docs/devpi/devpi/stable/+doc/curl.html
    """
    accepted = {"Accept": "application/json", **(headers or {})}
    answer = requests.request(method, url, json=settings, headers=accepted, timeout=SECONDS)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told
