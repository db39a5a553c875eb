"""`uv.lock` is brought up to date: with credentials, or with builds, and never with both."""

import os
import zipfile
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from roadworthy.ops import loopback, uv
from tests.helpers.cli import run
from tests.helpers.hostile_member import accounts, hostile_member
from tests.helpers.repository import Repo
from tests.helpers.workspaces import ROOT, member

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOGIN = {"UV_INDEX_COMPANY_USERNAME": "reader", "UV_INDEX_COMPANY_PASSWORD": "canary-7c11"}
ENTITLED = "Basic " + b64encode(b"reader:canary-7c11").decode()


def private(app: "WSGIApplication") -> "WSGIApplication":
    """Let only those who log in read an index."""

    def guarded(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ.get("HTTP_AUTHORIZATION") != ENTITLED:
            start("401 Unauthorized", [("WWW-Authenticate", "Basic")])
            return [b""]
        return app(environ, start)

    return guarded


def wheel(folder: Path, name: str) -> None:
    """Write a wheel of somebody's, with metadata alone."""
    folder.mkdir()
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def workspace(folder: Path, url: str, extra: dict[str, str]) -> Repo:
    """Make a workspace whose base requires something from an index with a login."""
    files = {**member("zq-base"), **extra}
    path = "packages/zq-base/pyproject.toml"
    files[path] = files[path].replace("dependencies = []", 'dependencies = ["zz-private"]')
    files[path] += 'zz-private = { index = "company" }\n'
    table = f'[[tool.uv.index]]\nname = "company"\nurl = "{url}simple/"\nexplicit = true\n'
    repo = Repo.init(folder / "w")
    repo.commit("feat: start", {"pyproject.toml": ROOT.format(more=table), **files})
    uv.lock(repo.path, {**os.environ, **LOGIN})  # as the owner of the workspace did
    repo.commit("chore: lock")
    return repo


@pytest.mark.needs("scripts")
@pytest.mark.promise(32)
@pytest.mark.parametrize("is_built", [False, True], ids=["read alone", "built, too"])
def test_what_comes_from_a_private_index_is_locked_and_no_build_sees_the_login(
    is_built: bool,  # noqa: FBT001 - the case
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, temporary = tmp_path / "log", tmp_path / "tmp"
    for folder in (log, temporary):
        folder.mkdir()
    wheel(tmp_path / "index-files", "zz_private")
    hostile = hostile_member("zq-evil", log, temporary) if is_built else {}
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    with loopback.serve(private(loopback.application(tmp_path / "index-files"))) as url:
        repo = workspace(tmp_path, url, hostile)
        names = ["zq-base", *(["zq-evil"] if is_built else [])]
        bumps = [word for name in names for word in ("--version", f"{name}=0.2.0")]
        for path in log.iterdir():
            path.unlink()
        done = run(repo.path, "prepare", *bumps, "--json", TMPDIR=str(temporary))
    assert done.code == 0, done.stderr
    assert '+version = "0.2.0"' in done.json["patch"].partition("uv.lock")[2]
    assert [each["where"] for each in accounts(log)] == (["lock"] if is_built else [])
    assert all("canary" not in path.read_text("utf-8") for path in log.iterdir())
