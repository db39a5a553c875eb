"""The command line itself: what can be typed, and where."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from roadworthy.__main__ import main
from roadworthy.cli.commands import COMMANDS, module_of
from roadworthy.cli.flags import FLAGS
from roadworthy.commands import plan
from roadworthy.report import terminal
from tests.helpers.cli import ROOT, Done, command, run
from tests.helpers.workspaces import make_workspace, member, trio


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_options(name: str, tmp_path: Path) -> None:
    done = run(tmp_path, name, "--help")
    assert (done.code, done.stderr) == (0, "")
    expected = ("MEMBER", "--json", "--workspace", *module_of(name).Options.flags())
    assert [word for word in expected if word not in done.stdout] == []


def test_every_option_is_taken_by_a_command() -> None:
    assert {flag for name in COMMANDS for flag in module_of(name).Options.flags()} == set(FLAGS)


def test_an_unknown_command_or_option_is_wrong_use(tmp_path: Path) -> None:
    assert run(tmp_path, "relaese").code == 2
    assert run(tmp_path, "plan", "--execute").code == 2


@pytest.mark.needs("links")
def test_the_workspace_is_named_before_or_after_the_command_or_is_the_folder(
    tmp_path: Path,
) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    tooling = tmp_path / "scripts"
    tooling.symlink_to(ROOT / "scripts")
    program = (sys.executable, "-m", "roadworthy")
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


IN_FULL = "write options in full and after the command, and put all members in one place"


def test_wrong_use_is_an_error_with_a_hint(tmp_path: Path) -> None:
    done = run(tmp_path, "release", "--exec")
    assert (done.code, done.stdout, done.stderr) == (
        *(2, ""),
        f"error[usage]: unrecognized arguments: --exec\n\nhint: {IN_FULL}\n\n",
    )


def test_wrong_use_is_json_too(tmp_path: Path) -> None:
    done = run(tmp_path, "plan", "--json", "--wait=1")
    problem = {
        "code": "usage",
        "member": None,
        "message": "unrecognized arguments: --wait=1",
        "hint": IN_FULL,
    }
    told = {"schema": 1, "command": "plan", "ok": False, "problems": [problem]}
    assert (done.code, done.json) == (2, told)
    assert run(tmp_path, "relaese", "--json").json["command"] is None


def through(redirections: str, workspace: Path, *arguments: str, **environment: str) -> Done:
    """Run a command with its streams as a shell is told to have them."""
    line = f'exec "$@" {redirections}'
    done = subprocess.run(
        ("bash", "-c", line, "bash", *command(workspace, *arguments)),
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


FULL = (
    "error[system]: No space left on device\n\n"
    "hint: fix this and run the same command again; it resumes where it stopped\n\n"
)


@pytest.mark.needs("scripts")
@pytest.mark.promise(25)
@pytest.mark.parametrize(
    ("typed", "unbuffered"),
    [("plan", ""), ("plan", "1"), ("plan --json", ""), ("plan --help", "1"), ("--help", "")],
)
def test_an_answer_that_cannot_be_written_is_an_error(
    typed: str, unbuffered: str, tmp_path: Path
) -> None:
    if "help" not in typed:
        make_workspace(tmp_path, member("zq-base"))
    words, variables = typed.split(), {"PYTHONUNBUFFERED": unbuffered}
    done = through("> /dev/full", tmp_path, *words, **variables)
    assert (done.code, done.stderr) == (1, FULL)
    assert through("> /dev/full 2> /dev/full", tmp_path, *words, **variables) == Done(1, "", "")


@pytest.mark.needs("scripts")
@pytest.mark.promise(25)
@pytest.mark.parametrize("nowhere", ["> /dev/full", ">&-"])
def test_where_nobody_hears_of_the_steps_the_work_is_done(nowhere: str, tmp_path: Path) -> None:
    repo = make_workspace(tmp_path, member("zq-base"))
    done = through(f"2{nowhere}", repo.path, "prepare", "--json")
    assert (done.code, done.json["ok"], done.stderr) == (0, True, "")
    assert through(f"2{nowhere}", repo.path, "plan", "zq-none") == Done(2, "", "")


@pytest.mark.needs("scripts")
@pytest.mark.promise(25)
@pytest.mark.parametrize("closed", [">&-", "<&- >&-"])
def test_with_its_outputs_closed_a_command_writes_into_no_file_of_ours(
    closed: str, tmp_path: Path
) -> None:
    repo = make_workspace(tmp_path, member("zq-base"))
    done = through(closed, repo.path, "prepare")
    assert (done.code, done.stdout, repo.git("status", "--porcelain")) == (0, "", "")
    assert done.stderr.splitlines()[0].startswith("plan ")


@pytest.mark.needs("scripts")
@pytest.mark.promise(25)
def test_questions_that_nobody_can_answer_are_wrong_use(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path, member("zq-base"))
    done = through("<&-", repo.path, "change")
    assert (done.code, "a change note needs one or more members" in done.stderr) == (2, True)


@pytest.mark.promise(25)
def test_a_summary_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path, member("zq-base"))
    done = run(repo.path, "plan", "--json", GITHUB_STEP_SUMMARY="/dev/full")
    assert (done.code, done.json["ok"]) == (0, True)
    assert (
        "warning[ci-summary]: the summary of this CI job could not be written: No space left"
        in done.stderr
    )


@pytest.mark.parametrize("columns", ["0", "1", "-1", "\N{SUPERSCRIPT TWO}", "9" * 30, "wide"])
@pytest.mark.parametrize("term", ["", "dumb", "xterm"])
def test_a_terminal_of_any_kind_shows_all_of_a_table(
    columns: str, term: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as screen:
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setenv("LINES", columns)
        monkeypatch.setenv("TERM", term)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setattr(sys, "stdout", screen)
        terminal.show_distributions([])
    told = re.sub(rb"\x1b\[[0-9;]*m", b"", os.read(ours, 10_000))
    assert told.split() == [b"member", b"distribution", b"bytes", b"sha256"]
    os.close(ours)
    assert capsys.readouterr().err == ""


def broken(*_: object) -> NoReturn:
    """Fail as only a fault of ours does."""
    raise RecursionError("deep \x1b[31m" + "x" * 500)


def test_a_fault_of_ours_is_one_line_that_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plan, "run", broken)
    assert main(["plan", "--json"]) == 1
    told = capsys.readouterr()
    (problem,) = json.loads(told.out)["problems"]
    assert problem["message"].startswith("this is a bug in roadworthy: RecursionError: deep \\x1b")
    assert problem["hint"] == "please report it; PYTHONDEVMODE=1 shows the traceback"
    assert ("Traceback" in told.err, len(told.err.splitlines())) == (False, 4)


def test_the_traceback_of_a_fault_of_ours_is_shown_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plan, "run", broken)
    monkeypatch.setattr(sys, "flags", SimpleNamespace(dev_mode=True))
    assert main(["plan"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err
