"""Lockstep, pre-releases, some members alone, dynamic versions: each released for real.

What an installation has no say in is released by the commands that do a part each.
"""

from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.jobs import PREPARE, TAG, release_in_jobs
from tests.helpers.repository import Repo, remote_of
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import a_pair, member, workspace_and_remote

RELEASE = ("release", "--execute", "--installer", "uv")
HATCH = ("uv_build>=0.9,<1", "hatchling"), ('"uv_build"', '"hatchling.build"')
BASE, CODE = "packages/zq-base/pyproject.toml", "packages/zq-base/src/zq_base/__init__.py"


def pair(folder: Path, settings: str = "") -> Repo:
    """Return two members with a remote and no index: git alone."""
    return workspace_and_remote(folder / "pair", a_pair(), settings)


def changed(repo: Repo, message: str, name: str = "zq_base") -> None:
    code = f"packages/{name.replace('_', '-')}/src/{name}/x.py"
    repo.commit(message, {code: f"# {message}\n"})
    repo.git("push", "--quiet", "origin", "main")


def tags(folder: Path) -> list[str]:
    """Return the tags at the remote, a release tag without its day."""
    names = Repo(folder / "pair.git").git("tag").splitlines()
    return [n.partition("/")[0] if n.startswith("release/") else n for n in names]


@pytest.mark.exhaustive
def test_in_lockstep_all_members_are_released_with_one_tag_that_has_their_sections(
    tmp_path: Path,
) -> None:
    repo = pair(tmp_path, '[tool.release]\nversioning = "lockstep"\n')
    release_in_jobs(repo.path, by_git_alone=True)
    changed(repo, "feat!: anew")
    done = run(repo.path, *RELEASE, "--json")
    assert done.code == 0, done.stderr
    assert (done.json["tags"], tags(tmp_path)) == (["v0.2.0"], ["v0.1.0", "v0.2.0"])
    assert {result["member"] for result in done.json["results"]} == {"zq-base", "zq-top"}
    message = Repo(tmp_path / "pair.git").git("tag", "--list", "--format=%(contents)", "v0.2.0")
    assert message.splitlines()[0] == "2 members 0.2.0"
    assert "# zq-base\n\n### Changed\n\n- **Breaking:** anew" in message
    assert "# zq-top\n\n### Changed\n\n- Requires `zq-base>=0.2.0,<0.3`" in message
    assert run(repo.path, *RELEASE).code == 3


@pytest.mark.exhaustive
def test_a_pre_release_is_counted_up_and_made_final_by_hand(tmp_path: Path) -> None:
    repo = pair(tmp_path)
    release_in_jobs(repo.path, by_git_alone=True)
    for message in ("feat!: anew", "fix: a crack"):
        changed(repo, message)
        release_in_jobs(repo.path, "--pre", "rc", by_git_alone=True)
    assert run(repo.path, *RELEASE).code == 3
    stands = {m["name"]: m for m in run(repo.path, "status", "--json").json["members"]}
    assert (stands["zq-base"]["state"], stands["zq-base"]["next"]) == (
        "pre-release",
        "make it final: `nox -s release -- --promote zq-base`",
    )
    release_in_jobs(repo.path, "--promote", by_git_alone=True)
    assert [tag for tag in tags(tmp_path) if tag != "release"] == [
        "zq-base/v0.1.0",
        "zq-base/v0.2.0",
        "zq-base/v0.2.0rc1",
        "zq-base/v0.2.0rc2",
        "zq-top/v0.1.0",
        "zq-top/v0.1.1",
        "zq-top/v0.1.1rc1",
    ]
    top = Repo(tmp_path / "pair.git").git("show", "main:packages/zq-top/pyproject.toml")
    assert 'dependencies = ["zq-base>=0.2.0,<0.3"]' in top


@pytest.mark.exhaustive
def test_no_release_tag_is_made_while_a_member_is_due_that_nobody_asked_for(
    tmp_path: Path,
) -> None:
    repo = pair(tmp_path)
    done = run(repo.path, *RELEASE, "--only", "zq-base")
    assert (done.code, tags(tmp_path)) == (0, ["zq-base/v0.1.0"]), done.stderr
    release_in_jobs(repo.path, by_git_alone=True)
    assert tags(tmp_path) == ["release", "zq-base/v0.1.0", "zq-top/v0.1.0"]
    assert run(repo.path, *RELEASE).code == 3


def with_version_in_a_file(folder: Path) -> Repo:
    """Return that pair; hatchling reads the version of one member in its code."""
    manifest = member("zq-base")[BASE].replace(*HATCH[0]).replace(*HATCH[1])
    manifest = manifest.replace('version = "0.1.0"', 'dynamic = ["version"]')
    manifest += '\n[tool.hatch.version]\npath = "src/zq_base/__init__.py"\n'
    repo = pair(folder)
    code = '__version__ = "0.1.0"  # here\n'
    repo.commit("feat: the version is in the code", {BASE: manifest, CODE: code})
    repo.git("push", "--quiet", "origin", "main")
    return repo


def assert_built(repo: Repo, name: str) -> None:
    """Build what is due, and look for a file."""
    done = run(repo.path, "build", "--due", "--json")
    assert done.code == 0, done.stderr
    assert name in {each["filename"] for each in done.json["distributions"]}


@pytest.mark.exhaustive
def test_a_version_in_a_file_is_written_built_and_tagged(tmp_path: Path) -> None:
    repo = with_version_in_a_file(tmp_path)
    release_in_jobs(repo.path, by_git_alone=True)
    changed(repo, "feat!: anew")
    assert run(repo.path, *PREPARE).code == 0
    assert_built(repo, "zq_base-0.2.0-py3-none-any.whl")
    assert run(repo.path, *TAG).code == 0
    assert "zq-base/v0.2.0" in tags(tmp_path)
    shown = remote_of(repo).git("show", f"main:{CODE}")
    assert shown.strip() == '__version__ = "0.2.0"  # here'


@pytest.mark.exhaustive
def test_a_member_with_its_version_in_a_file_is_released_and_released_again(tmp_path: Path) -> None:
    repo = with_version_in_a_file(tmp_path)
    assert run(repo.path, *RELEASE).code == 0
    changed(repo, "feat!: anew")
    done = run(repo.path, *RELEASE)
    assert done.code == 0, done.stderr
    assert "zq-base/v0.2.0" in tags(tmp_path)


def test_a_folder_that_was_moved_keeps_its_history(tmp_path: Path) -> None:
    repo = pair(tmp_path)
    repo.tag("zq-base/v0.1.0", "zq-top/v0.1.0")
    changed(repo, "feat!: before the move")
    repo.git("mv", "packages/zq-base", "packages/base")
    repo.commit("refactor: move the base")
    (base, _) = run(repo.path, "plan", "--json").json["members"]
    assert (base["path"], base["planned_version"], base["reasons"]) == (
        "packages/base",
        "0.2.0",
        ["refactor: move the base", "feat!: before the move"],
    )


def with_version_that_is_the_tag(folder: Path) -> Repo:
    """Return that pair; hatch-vcs reads the version of one member in its tag."""
    manifest = member("zq-base")[BASE].replace(*HATCH[1])
    manifest = manifest.replace('"uv_build>=0.9,<1"', '"hatchling", "hatch-vcs"')
    manifest = manifest.replace('version = "0.1.0"', 'dynamic = ["version"]')
    manifest += """
[tool.hatch.version]
source = "vcs"

[tool.hatch.version.raw-options]
root = "../.."
tag_regex = '^zq-base/v(?P<version>.+)$'
git_describe_command = "git describe --dirty --tags --long --match zq-base/v*"
"""
    repo = pair(folder)
    repo.commit("feat: the version is the tag", {BASE: manifest})
    repo.git("push", "--quiet", "origin", "main")
    return repo


@pytest.mark.exhaustive
def test_a_version_that_is_the_tag_is_built_and_tagged_as_planned(tmp_path: Path) -> None:
    repo = with_version_that_is_the_tag(tmp_path)
    repo.git("tag", "zq-base/v0.1.0")
    repo.git("push", "--quiet", "origin", "zq-base/v0.1.0")
    changed(repo, "feat!: anew")
    assert run(repo.path, *PREPARE).code == 0
    assert_built(repo, "zq_base-0.2.0-py3-none-any.whl")
    assert run(repo.path, *TAG).code == 0
    assert "zq-base/v0.2.0" in tags(tmp_path)


@pytest.mark.exhaustive
def test_a_member_whose_version_is_its_tag_is_released_and_released_again(tmp_path: Path) -> None:
    repo = with_version_that_is_the_tag(tmp_path)
    done = run(repo.path, *RELEASE, "--version", "zq-base=0.1.0")
    assert done.code == 0, done.stderr
    changed(repo, "feat!: anew")
    done = run(repo.path, *RELEASE)
    assert done.code == 0, done.stderr
    assert [tag for tag in tags(tmp_path) if tag.startswith("zq-base")] == [
        "zq-base/v0.1.0",
        "zq-base/v0.2.0",
    ]
    assert run(repo.path, *RELEASE).code == 3


@pytest.mark.parametrize(
    "merge",
    [
        ("merge", "--squash"),
        pytest.param(("merge", "--no-ff", "--no-edit"), marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.exhaustive
def test_a_protected_branch_takes_the_release_commit_by_a_request(
    released_checkout: Repo, shelf: Shelf, merge: tuple[str, ...]
) -> None:
    checkout, remote = released_checkout, remote_of(released_checkout)
    changed(checkout, "feat!: other")
    proposed = run(checkout.path, "prepare", "--execute", "--branch", "release-next")
    assert proposed.code == 0, proposed.stderr
    assert "Open a pull request from release-next to main" in proposed.stdout
    before = checkout.head()
    assert (remote.head("main"), remote.head("release-next~1")) == (before, before)
    again = run(checkout.path, "prepare", "--execute", "--branch", "release-next")
    assert (again.code, "has a branch release-next already" in again.stderr) == (1, True)
    checkout.git("fetch", "--quiet", "origin")
    checkout.git(*merge, "origin/release-next")
    if "--squash" in merge:
        checkout.git("commit", "--quiet", "--message", "Release everything (#1)")
    checkout.git("push", "--quiet")
    # A squash of other words is a commit of its own; else it is the one that was proposed.
    merged = checkout.head() if "--squash" in merge else remote.head("release-next")
    release_in_jobs(checkout.path)
    new = ("zq-app/v0.1.1", "zq-base/v0.2.0", "zq-middle/v0.1.1")
    assert [remote.head(name) for name in new] == [merged] * 3
    assert len(shelf.files()) == 12
    assert run(checkout.path, *RELEASE).code == 3
