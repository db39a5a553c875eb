"""What Windows lacks is not asked for: tried here without the names that it does not have."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.cli import ROOT
from tests.helpers.workspaces import make_workspace, trio

# All is imported twice: what is not ours keeps the names that it needs here.
WITHOUT = """
import importlib, os, pkgutil, signal, subprocess, sys
import roadworthy

def import_all():
    package = importlib.import_module("roadworthy")
    for found in pkgutil.walk_packages(package.__path__, "roadworthy."):
        importlib.import_module(found.name)

import_all()
for name in [name for name in sys.modules if name.partition(".")[0] == "roadworthy"]:
    del sys.modules[name]
for module, name in LACKING:
    if module in sys.modules:
        vars(sys.modules[module]).pop(name, None)
for name in ("fcntl", "pwd", "resource", "termios"):
    sys.modules[name] = None
subprocess.Popen.kill = subprocess.Popen.terminate  # there, they are one
sys.platform = "win32"
import_all()
sys.exit(importlib.import_module("roadworthy.__main__").main(sys.argv[1:]))
"""
LACKING = (
    *(("signal", name) for name in ("SIGHUP", "SIGKILL", "SIGQUIT")),
    *(("os", name) for name in ("getuid", "killpg", "O_NOFOLLOW", "umask")),
)


def test_members_are_built_with_nothing_that_windows_lacks(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    program = f"LACKING = {LACKING!r}\n{WITHOUT}"
    words = ("build", "--workspace", str(repo.path))
    done = subprocess.run(
        (sys.executable, "-c", program, *words), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.count(".whl")) == (0, 3), done.stderr


def collected(*options: str) -> set[str]:
    """Return the tests that pytest collects."""
    words = ("--collect-only", "--quiet", "--numprocesses=0", "--exhaustive", *options)
    done = subprocess.run(
        (sys.executable, "-m", "pytest", *words),
        cwd=ROOT / "scripts",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {line for line in done.stdout.splitlines() if line.startswith("tests/")}


@pytest.mark.exhaustive
def test_without_what_windows_lacks_all_tests_are_collected_that_do_not_need_it() -> None:
    here, there = collected(), collected("-p", "tests.helpers.lacking")
    assert there < here
    left_out = {name.partition("::")[0] for name in here - there}
    whole = {"tests/commands/test_convergence.py", "tests/commands/test_interrupted.py"}
    assert whole <= left_out
    assert not any(name.startswith(tuple(whole)) for name in there)
    assert len(here - there) < len(here) / 20
