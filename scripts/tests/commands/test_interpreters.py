"""Members are built, locked and tried with an interpreter that they admit, not with ours."""

import sys
from pathlib import Path

import pytest

from roadworthy.model.problem import Failure
from roadworthy.ops.python import python_for
from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, member, trio

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHERS = f"!={OWN}.*,>=3.8"


def for_others(repo: Repo, name: str, range_: str) -> None:
    """Let a member be for other interpreters than ours."""
    path = f"packages/{name}/pyproject.toml"
    text = (repo.path / path).read_text("utf-8")
    repo.commit("feat: a range", {path: text.replace(">=3.11", range_)})


def missing() -> str:
    """Return what is said where no other interpreter is here; nothing where one is."""
    try:
        python_for(OTHERS)
    except Failure as failure:
        return failure.problems[0].message
    return ""


def test_an_interpreter_is_found_by_the_range_that_it_is_in() -> None:
    assert python_for(f"=={OWN}.*") == sys.executable
    with pytest.raises(Failure) as refused:
        python_for(">=99")
    assert [p.code for p in refused.value.problems] == ["python-missing"]


@pytest.mark.exhaustive
def test_members_for_other_interpreters_are_released_with_one_of_those(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    (repo.path / "uv.lock").unlink()
    for name in ("zq-app", "zq-base", "zq-middle"):
        for_others(repo, name, OTHERS)
    done = run(repo.path, "release", "--index", "", "--installer", "uv", "--json")
    # A machine that has no other says so, and does nothing.
    assert (done.code, missing() in done.stderr) == (int(bool(missing())), True), done.stderr


def test_a_member_is_tried_with_what_itself_admits(tmp_path: Path) -> None:
    files = {**member("zq-base"), **member("zq-other")}
    repo = make_workspace(tmp_path / "workspace", files)
    for_others(repo, "zq-other", ">=3.11,!=3.11.*,!=3.12.*,!=3.13.*,!=3.14.*")
    done = run(repo.path, "verify-git-install", "zq-base", "--installer", "uv")
    assert done.code == 0, done.stderr


@pytest.mark.parametrize("command", ["plan", "status", "graph"])
def test_what_only_reads_asks_for_no_version_of_uv(tmp_path: Path, command: str) -> None:
    more = '[tool.uv]\nrequired-version = ">=999"\n'
    repo = make_workspace(tmp_path / "workspace", trio())
    text = (repo.path / "pyproject.toml").read_text("utf-8")
    repo.commit("chore: uv of tomorrow", {"pyproject.toml": text + more})
    assert run(repo.path, command).code == 0
    assert run(repo.path, "build").code == 2


@pytest.mark.parametrize(
    "command",
    [
        ["build"],
        pytest.param(["release", "--index", "", "--installer", "uv"], marks=pytest.mark.exhaustive),
    ],
)
def test_a_workspace_below_the_top_of_the_repository_is_built(
    tmp_path: Path, command: list[str]
) -> None:
    repo = Repo.init(tmp_path / "repository")
    make_workspace(tmp_path / "plain", trio())
    files = {
        f"python/{path.relative_to(tmp_path / 'plain').as_posix()}": path.read_text("utf-8")
        for path in (tmp_path / "plain").rglob("*")
        if path.is_file() and ".git/" not in path.as_posix()
    }
    repo.commit("feat: below", files)
    done = run(repo.path / "python", *command)
    assert done.code == 0, done.stderr
    above = run(repo.path, "plan")
    assert (above.code, "`--below python`" in above.stderr) == (2, True), above.stderr
