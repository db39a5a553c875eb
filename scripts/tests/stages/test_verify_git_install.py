"""What the proof of an installation looks at, and that it can fail."""

from pathlib import Path

import pytest

from roadworthy.gather.workspace import workspace_at
from roadworthy.ops import process, uv
from roadworthy.ops.git import making
from roadworthy.ops.git.repository import Repository
from roadworthy.ops.tree import Tree, open_workspace
from roadworthy.stages.verify.environments import attempt
from roadworthy.stages.verify.evidence import Promise, judge
from roadworthy.stages.verify.git_install import verify_git_install
from roadworthy.stages.verify.mirror import Mirror
from roadworthy.stages.verify.scope import Scope, Target
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import make_workspace, trio

URL = "https://repository.invalid/workspace.git"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace of three members."""
    return make_workspace(tmp_path / "workspace", trio())


def verified(repo: Repo, tmp_path: Path, ref: str, commit: str) -> list[str]:
    """Verify zq-base at a ref that must lead to a commit; return what was wrong."""
    workspace = workspace_at(Tree(repository=Repository(path=repo.path), commit=commit))
    results = verify_git_install(
        Mirror.of(making.mirror(str(repo.path), tmp_path / "mirror.git"), URL, ""),
        [
            Target(
                member=workspace.select(["zq-base"])[0],
                ref=ref,
                commit=commit,
                workspace=workspace,
            )
        ],
        scope=Scope(installers=("uv",)),
        folder=tmp_path / "verification",
        python="3.11",
    )
    return [result.problem for result in results]


def test_a_moved_tag_is_a_failure(repo: Repo, tmp_path: Path) -> None:
    released = repo.head()
    repo.git("tag", "zq-base/v0.1.0")
    moved = repo.commit("feat: other content", {"packages/zq-base/src/zq_base/x.py": ""})
    repo.git("tag", "--force", "zq-base/v0.1.0")
    assert verified(repo, tmp_path, "zq-base/v0.1.0", released) == [
        f"the tag zq-base/v0.1.0 is at {moved[:12]}, not at {released[:12]}"
    ]


def test_a_branch_that_has_moved_on_is_a_failure(repo: Repo, tmp_path: Path) -> None:
    expected = repo.head()
    moved = repo.commit("feat: later", {"packages/zq-base/src/zq_base/x.py": ""})
    assert verified(repo, tmp_path, "main", expected) == [
        f"zq-base came from commit {moved[:12]}, not from commit {expected[:12]}"
    ]


def test_a_sibling_that_comes_from_an_index_is_a_failure_that_names_it(
    repo: Repo, tmp_path: Path, shelf: Shelf
) -> None:
    environment = process.scrubbed(tmp_path / "home")
    workspace = workspace_at(open_workspace(repo.path))
    for name in ("zq-base", "zq-middle"):
        uv.build(repo.path, name, shelf.folder, environment)
    own_wheel = tmp_path / "zq_middle-0.1.0-py3-none-any.whl"
    (shelf.folder / own_wheel.name).rename(own_wheel)

    def install() -> Path:
        python = uv.make_environment(tmp_path / "env", environment, "3.11")
        uv.install(python, ["--index", f"{shelf.url}simple/", str(own_wheel)], environment)
        return python

    member = workspace.select(["zq-middle"])[0]
    trial = attempt(install, workspace, [member.name], environment)
    assert (trial.problem, trial.siblings(member, workspace)) == ("", {"zq-base": "index"})
    assert judge(member, workspace, trial.evidence, Promise(origin="file")) == (
        "zq-base came from index, not from file"
    )


def test_the_installers_see_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("UV_PUBLISH_TOKEN", "GITHUB_TOKEN", "UV_INDEX_SHELF_PASSWORD", "GIT_ASKPASS"):
        monkeypatch.setenv(name, "canary")
    environment = process.scrubbed(tmp_path / "home")
    assert "canary" not in environment.values()
    assert environment["HOME"] == str(tmp_path / "home")
