"""The command line itself: what can be typed, and where."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.__main__ import COMMANDS
from scripts.options import OPTIONS
from tests.helpers.cli import ROOT, run
from tests.helpers.workspaces import make_workspace, trio


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_options(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, name, "--help")
    assert (done.code, done.stderr) == (0, "")
    expected = ("MEMBER", "--json", "--workspace", *COMMANDS[name].options)
    assert [word for word in expected if word not in done.stdout] == []


def test_every_option_is_taken_by_a_command() -> None:
    assert {option for command in COMMANDS.values() for option in command.options} == set(OPTIONS)


def test_an_unknown_command_or_option_is_wrong_use(tmp_path: Path) -> None:
    assert run(tmp_path, "relaese").code == 2
    assert run(tmp_path, "plan", "--execute").code == 2


def test_the_workspace_is_named_before_or_after_the_command_or_is_the_folder(
    tmp_path: Path,
) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    tooling = tmp_path / "scripts"
    tooling.symlink_to(ROOT / "scripts")
    program = (sys.executable, "-m", "scripts")
    before = run(repo.path, "plan", "--json").stdout
    after = subprocess.run(
        (*program, "plan", "--json", "--workspace", str(repo.path)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = subprocess.run(
        (*program, "plan", "--json"),
        cwd=repo.path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert before == after.stdout == here.stdout


def test_data_goes_to_stdout_and_all_else_to_stderr(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    done = run(repo.path, "prepare", "--json")
    assert done.json["ok"]
    assert done.stderr.splitlines()[0].startswith("plan ")
