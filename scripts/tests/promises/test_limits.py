"""Everything that others wrote has a time limit, and what was stopped is named."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from roadworthy.gather.workspace import workspace_at
from roadworthy.model.distribution import Distribution
from roadworthy.model.problem import Failure
from roadworthy.ops import process
from roadworthy.ops.scratch import scratch_folder
from roadworthy.ops.tree import open_workspace
from roadworthy.stages.build.build import build
from roadworthy.stages.verify.wheels import verify_wheels
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, member

PLAIN = 'build-backend = "uv_build"'
OWN = 'build-backend = "backend"\nbackend-path = ["."]'
ENDLESS_BACKEND = "while True:\n    pass\n"


def built(repo: Repo, folder: Path) -> tuple[Distribution, ...]:
    """Build all members of a workspace."""
    tree = open_workspace(repo.path)
    workspace = workspace_at(tree)
    return build(tree, workspace, list(workspace.members.values()), folder)


def with_backend(code: str) -> Mapping[str, str]:
    """Return a member that builds itself by some code."""
    files = member("zq-base")
    path = "packages/zq-base/pyproject.toml"
    manifest = files[path].replace(PLAIN, OWN).replace('["uv_build>=0.9,<1"]', "[]")
    return {**files, path: manifest, "packages/zq-base/backend.py": code}


@pytest.mark.exhaustive
@pytest.mark.promise(32)
def test_a_build_that_does_not_end_is_stopped_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "BUILDING", 2.0)
    repo = make_workspace(tmp_path / "w", dict(with_backend(ENDLESS_BACKEND)))
    with scratch_folder() as folder, pytest.raises(Failure) as failure:
        built(repo, folder)
    (problem,) = failure.value.problems
    assert problem.message.startswith("zq-base does not build: `uv build")
    assert "was stopped: it took longer than 2 seconds" in problem.message


@pytest.mark.promise(32)
@pytest.mark.exhaustive
def test_a_member_whose_import_does_not_end_is_stopped_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "IMPORTING", 2.0)
    files = {**member("zq-base", code="while True:\n    pass\n"), **member("zq-other")}
    repo = make_workspace(tmp_path / "w", files)
    workspace = workspace_at(open_workspace(repo.path))
    members = list(workspace.members.values())
    with scratch_folder() as folder:
        wheels = built(repo, folder)
        results = verify_wheels(wheels, members, workspace, python="3.11")
    assert [(result.member, result.ok) for result in results] == [
        ("zq-base", False),
        ("zq-other", True),
    ]
    assert "was stopped: it took longer than 2 seconds" in results[0].problem
