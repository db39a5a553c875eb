"""Folders for one run: gone afterwards, and gone later where a run was killed."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from roadworthy.ops.scratch import LOCK, folder_beside, remove_abandoned, scratch_folder
from tests.helpers.cli import ROOT
from tests.helpers.repository import Repo

pytestmark = pytest.mark.promise(31)

RUN = """\
from pathlib import Path
from roadworthy.ops.scratch import folder_beside, scratch_folder
with {made} as folder:
    (folder / "built").mkdir()
    print(folder, flush=True)
    input()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@contextmanager
def running(made: str = "scratch_folder()") -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start a run in a process of its own; give it and its folder."""
    command = (sys.executable, "-c", RUN.replace("{made}", made))
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def abandoned(where: Path, made: str = "scratch_folder()") -> Path:
    """Return the folder of a run that was killed."""
    with running(made) as (process, folder):
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert folder.parent == where
    assert folder.is_dir()
    return folder


def test_a_folder_is_gone_afterwards(temporary: Path) -> None:
    with scratch_folder() as folder:
        assert folder.parent == temporary
    assert list(temporary.iterdir()) == []


@pytest.mark.needs("signals")
def test_the_folder_of_a_run_that_was_killed_is_removed_by_the_next(temporary: Path) -> None:
    left = abandoned(temporary)
    with scratch_folder() as folder:
        assert list(temporary.iterdir()) == [folder]
        assert not left.exists()


def test_the_folder_of_a_run_that_goes_on_stays(temporary: Path) -> None:
    with running() as (_, folder), scratch_folder() as own:
        assert set(temporary.iterdir()) == {folder, own}
        assert (folder / "built").is_dir()


@pytest.mark.needs("signals")
def test_the_folder_of_another_machine_that_shares_the_place_stays(temporary: Path) -> None:
    left = abandoned(temporary)
    (left / LOCK).write_text("another.example.invalid", "utf-8")
    remove_abandoned(temporary)
    assert left.is_dir()
    (left / LOCK).write_text(socket.gethostname(), "utf-8")
    remove_abandoned(temporary)
    assert not left.exists()


@pytest.mark.needs("signals", "users")
def test_the_folder_of_another_user_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = abandoned(temporary)
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    remove_abandoned(temporary)
    assert left.is_dir()


@pytest.mark.needs("links", "signals")
def test_what_is_no_folder_of_ours_stays(temporary: Path) -> None:
    (temporary / "release-notes").mkdir()
    (temporary / "release-notes" / "text").touch()
    (temporary / "release-file").touch()
    (temporary / "release-linked").mkdir()
    (temporary / "release-linked" / LOCK).symlink_to(temporary / "release-file")
    with running() as (process, folder):
        (temporary / "release-link").symlink_to(folder)
        elsewhere = temporary / "elsewhere"
        folder.rename(elsewhere)
        (temporary / "release-link").unlink()
        (temporary / "release-link").symlink_to(elsewhere)
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = sorted(temporary.rglob("*"))
    remove_abandoned(temporary)
    assert sorted(temporary.rglob("*")) == before


@pytest.mark.needs("signals")
def test_git_never_shows_what_takes_shape_in_a_checkout(tmp_path: Path) -> None:
    checkout, target = Repo.init(tmp_path / "checkout"), tmp_path / "checkout" / "dist"
    left = abandoned(checkout.path, f"folder_beside(Path({str(target)!r}))")
    assert checkout.git("status", "--porcelain") == ""
    with folder_beside(target) as folder:
        assert set(checkout.path.iterdir()) == {checkout.path / ".git", folder}
        assert not left.exists()
        assert checkout.git("status", "--porcelain") == ""
    assert list(checkout.path.iterdir()) == [checkout.path / ".git"]
