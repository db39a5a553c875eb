"""Content decides whether a member is due, and words how far its version moves."""

from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

CODE = "packages/zq-base/src/zq_base/more.py"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace whose members are all released."""
    made = make_workspace(tmp_path / "workspace", trio())
    for name in ("zq-base", "zq-middle", "zq-app"):
        made.git("tag", f"{name}/v0.1.0")
    return made


def planned(repo: Repo) -> dict[str, tuple[str, list[str]]]:
    """Return what is released, at which version and why."""
    members = run(repo.path, "plan", "--json").json["members"]
    return {m["name"]: (m["planned_version"], m["reasons"]) for m in members}


def stays(repo: Repo) -> str:
    """Return why the base stays."""
    (why,) = (
        each["why"]
        for each in run(repo.path, "plan", "--json").json["unchanged"]
        if each["name"] == "zq-base"
    )
    return str(why)


def test_a_change_that_was_taken_back_in_any_words_releases_nothing(repo: Repo) -> None:
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    assert planned(repo)["zq-base"] == ("0.2.0", ["feat!: more"])
    repo.git("rm", "--quiet", CODE)
    repo.commit('Revert "feat!: more (#12)" (#13)')
    assert planned(repo) == {}
    assert stays(repo) == ("unchanged since zq-base/v0.1.0: 2 commits, whose changes cancel out")


def test_a_merge_that_takes_nothing_releases_nothing(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "side")
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    repo.git("switch", "--quiet", "main")
    repo.commit("docs: elsewhere", {"README.md": "x\n"})
    repo.git("merge", "--quiet", "--strategy=ours", "--no-edit", "side")
    assert planned(repo) == {}


def test_a_merge_that_changes_a_file_by_itself_is_released(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "side")
    repo.commit("docs: there", {"there.md": "x\n"})
    repo.git("switch", "--quiet", "main")
    repo.commit("docs: here", {"here.md": "x\n"})
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    repo.commit("Merge branch 'side'", {CODE: "x = 1\n"})
    assert planned(repo) == {"zq-base": ("0.1.1", ["its files differ from zq-base/v0.1.0"])}


def test_the_revert_of_a_merge_releases_nothing(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "side")
    repo.commit("feat: more", {CODE: "x = 1\n"})
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    repo.git("revert", "--no-edit", "--mainline", "1", "HEAD")
    assert planned(repo) == {}


@pytest.mark.parametrize("file", ["tests/test_it.py", "CHANGELOG.md", "src/zq_base/tests/a.py"])
def test_what_never_causes_a_release_is_no_difference(repo: Repo, file: str) -> None:
    repo.commit("fix: words", {f"packages/zq-base/{file}": "x\n"})
    assert planned(repo) == {}


def test_a_release_that_was_given_up_is_as_if_it_had_not_been(repo: Repo) -> None:
    start = repo.git("rev-parse", "HEAD")
    repo.commit("feat: more", {CODE: "x = 1\n"})
    assert run(repo.path, "prepare").code == 0
    manifest = repo.path / "packages/zq-base/pyproject.toml"
    text = manifest.read_text("utf-8").replace("0.1.0", "0.1.1", 1)
    repo.commit("release: zq-base 0.1.1\n\n- zq-base 0.1.1: feat: more\n", {str(manifest): text})
    assert list(planned(repo)) == ["zq-base"]
    repo.git("checkout", "--quiet", start, "--", ".")
    repo.git("rm", "--quiet", CODE)
    repo.commit("chore: give it up")
    assert planned(repo) == {}


def test_a_folder_that_was_moved_is_judged_by_its_commits(repo: Repo) -> None:
    repo.git("mv", "packages/zq-base", "packages/base")
    repo.commit("refactor: move it")
    assert planned(repo)["zq-base"] == ("0.1.1", ["refactor: move it"])
