"""A release commit is known by what it is, whatever people and forges make of its message."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

CODE = "packages/zq-base/src/zq_base/more.py"
PROPOSED = "proposed"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace with a release that is proposed on a branch of its own."""
    made = make_workspace(tmp_path / "workspace", trio())
    made.with_remote(tmp_path / "remote.git")
    made.tag("zq-base/v0.1.0", "zq-middle/v0.1.0", "zq-app/v0.1.0")
    made.commit("feat!: more", {CODE: "x = 1\n"})
    made.git("push", "--quiet", "origin", "main")
    propose(made)
    return made


def propose(repo: Repo) -> None:
    """Push the release commit to a branch, and fetch that."""
    done = run(repo.path, "prepare", "--execute", "--branch", PROPOSED)
    assert done.code == 0, done.stderr
    repo.git("fetch", "--quiet", "origin", PROPOSED)
    repo.git("branch", PROPOSED, "FETCH_HEAD")


def due(repo: Repo) -> dict[str, str]:
    """Return the tags that are due, each with its commit."""
    return {tag["name"]: tag["commit"] for tag in run(repo.path, "tag", "--json").json["tags"]}


def message(repo: Repo) -> str:
    """Return the message of the release commit."""
    return repo.git("show", "--no-patch", "--format=%B", PROPOSED)


def merged(repo: Repo) -> str:
    repo.git("merge", "--quiet", "--no-ff", "--message", "Merge pull request #1", PROPOSED)
    return repo.head(PROPOSED)


def merged_with_the_message_quoted(repo: Repo) -> str:
    text = f"Merge pull request #1\n\n{message(repo)}"
    repo.git("merge", "--quiet", "--no-ff", "--message", text, PROPOSED)
    return repo.head(PROPOSED)


def fast_forwarded(repo: Repo) -> str:
    repo.git("merge", "--quiet", "--ff-only", PROPOSED)
    return repo.head(PROPOSED)


def squashed(repo: Repo) -> str:
    repo.git("merge", "--quiet", "--squash", PROPOSED)
    return repo.commit(f"A title of my own (#1)\n\n{message(repo)}")


def squashed_by_git(repo: Repo) -> str:
    repo.git("merge", "--quiet", "--squash", PROPOSED)
    repo.git("commit", "--quiet", "--no-edit")
    return repo.head()


def squashed_without_its_message(repo: Repo) -> str:
    repo.git("merge", "--quiet", "--squash", PROPOSED)
    return repo.commit("Ship it (#1)")


def squashed_with_a_second_commit(repo: Repo) -> str:
    repo.git("switch", "--quiet", PROPOSED)
    repo.commit("docs: a word", {"packages/zq-base/README.md": "better\n"})
    repo.git("switch", "--quiet", "main")
    return squashed_without_its_message(repo)


def rebased(repo: Repo) -> str:
    repo.commit("docs: meanwhile", {"README.md": "x\n"})
    repo.git("cherry-pick", PROPOSED)
    return repo.head()


def reworded(repo: Repo) -> str:
    repo.git("merge", "--quiet", "--ff-only", PROPOSED)
    repo.git("commit", "--quiet", "--amend", "--message", "Version Packages")
    return repo.head()


def with_a_mark_of_a_hook(repo: Repo) -> str:
    repo.git("merge", "--quiet", "--ff-only", PROPOSED)
    repo.git("commit", "--quiet", "--amend", "--message", f"[main] {message(repo)}")
    return repo.head()


WAYS: Mapping[str, Callable[[Repo], str]] = {
    way.__name__: way
    for way in (
        merged,
        merged_with_the_message_quoted,
        fast_forwarded,
        squashed,
        squashed_by_git,
        squashed_without_its_message,
        squashed_with_a_second_commit,
        rebased,
        reworded,
        with_a_mark_of_a_hook,
    )
}
# One of each kind: R itself, R behind a merge, and another commit that has what it brought.
QUICK = {"fast_forwarded", "merged", "squashed", "squashed_without_its_message", "reworded"}


@pytest.mark.parametrize(
    "way", [w if w in QUICK else pytest.param(w, marks=pytest.mark.exhaustive) for w in WAYS]
)
def test_the_commit_that_brought_the_versions_is_tagged_and_no_later_one(
    repo: Repo, way: str
) -> None:
    release = WAYS[way](repo)
    repo.commit("feat: later", {CODE: "x = 2\n"})
    repo.git("push", "--quiet", "origin", "main")
    assert due(repo) == dict.fromkeys(
        ("zq-base/v0.2.0", "zq-middle/v0.1.1", "zq-app/v0.1.1"), release
    )


def test_a_first_release_is_known_without_its_message_too(tmp_path: Path) -> None:
    made = make_workspace(tmp_path / "workspace", trio())
    made.with_remote(tmp_path / "remote.git")
    propose(made)
    release = squashed_without_its_message(made)
    made.commit("feat: later", {CODE: "x = 2\n"})
    made.git("push", "--quiet", "origin", "main")
    assert set(due(made).values()) == {release}


def test_a_version_that_somebody_set_by_hand_is_released_from_the_newest_commit(
    repo: Repo,
) -> None:
    path = "packages/zq-base/pyproject.toml"
    text = (repo.path / path).read_text("utf-8").replace('"0.1.0"', '"0.5.0"', 1)
    repo.commit("chore: 0.5.0", {path: text})
    newest = repo.commit("feat: later", {CODE: "x = 2\n"})
    repo.git("push", "--quiet", "origin", "main")
    patch = run(repo.path, "prepare").stdout
    assert "Releases: zq-base==0.5.0" in patch
    assert repo.head() == newest


def test_a_squash_that_carries_an_older_release_still_tells_of_its_features(repo: Repo) -> None:
    fast_forwarded(repo)
    repo.git("push", "--quiet", "origin", "main")
    assert run(repo.path, "tag", "--execute").code == 0
    text = f"Bring it over\n\n* feat: from there\n\n{message(repo)}"
    repo.commit(text, {CODE: "x = 3\n"})
    repo.git("push", "--quiet", "origin", "main")
    (base,) = run(repo.path, "plan", "--json").json["members"]
    assert (base["planned_version"], base["reasons"]) == ("0.2.1", ["Bring it over"])
