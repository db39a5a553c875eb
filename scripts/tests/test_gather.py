"""The facts, read from a real repository and a real index."""

from pathlib import Path

import pytest
from packaging.version import Version

from roadworthy.gather.facts import gather
from roadworthy.model.plan.plan import make_plan
from roadworthy.model.workspace.workspace import Index
from roadworthy.ops.tree import open_workspace
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import make_workspace, trio

CHANGELOG = "packages/zq-base/CHANGELOG.md"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace of three members."""
    return make_workspace(tmp_path / "workspace", trio())


def planned(repo: Repo, index: Index | None = None) -> list[tuple[str, str, str]]:
    """Return what is released, at which version, and from which commit if that is settled."""
    plan = make_plan(gather(open_workspace(repo.path), index=index))
    return [(r.name, str(r.planned_version), r.finished_from) for r in plan.releases]


def test_the_working_tree_is_not_looked_at(repo: Repo) -> None:
    before = planned(repo)
    (repo.path / "packages/zq-base/pyproject.toml").write_text("[project", "utf-8")
    assert planned(repo) == before


def test_a_workspace_in_a_folder_of_its_repository_is_read_from_there(tmp_path: Path) -> None:
    files = {f"python/{name}": text for name, text in trio().items()}
    files["python/pyproject.toml"] = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
    repo = Repo.init(tmp_path)
    repo.commit("feat: start", files)
    for name in ("zq-app", "zq-base", "zq-middle"):
        repo.git("tag", f"{name}/v0.1.0")
    repo.commit("fix: one", {"python/packages/zq-base/src/zq_base/x.py": "", "other.txt": ""})
    assert planned(Repo(tmp_path / "python")) == [("zq-base", "0.1.1", "")]


def test_a_commit_on_a_merged_branch_counts_and_one_before_the_tag_does_not(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit("feat: aside", {"packages/zq-base/src/zq_base/x.py": ""})
    repo.git("checkout", "--quiet", "main")
    for name in ("zq-app", "zq-base", "zq-middle"):
        repo.git("tag", f"{name}/v0.1.0")
    repo.git("merge", "--quiet", "--no-ff", "--message", "Merge side", "side")
    assert planned(repo) == [("zq-base", "0.1.1", "")]


def test_a_version_that_is_prepared_is_finished_from_its_release_commit(repo: Repo) -> None:
    log = {CHANGELOG: "# Changelog\n\n## 0.1.0\n\nFirst release.\n"}
    repo.commit("docs: somebody's own changelog", log)
    assert planned(repo)[0] == ("zq-base", "0.1.0", "")
    message = "release: zq-base 0.1.0\n\n- zq-base 0.1.0: it was never released\n"
    prepared = repo.commit(message, {CHANGELOG: log[CHANGELOG] + "\n"})
    repo.commit("fix: later", {"packages/zq-base/src/zq_base/x.py": ""})
    assert planned(repo)[0] == ("zq-base", "0.1.0", prepared)
    repo.git("rm", "--quiet", CHANGELOG)
    repo.commit('Revert "release: zq-base 0.1.0"')
    assert planned(repo)[0] == ("zq-base", "0.1.0", "")


def test_a_version_on_the_index_is_finished_from_the_commit_that_made_it_a_release(
    repo: Repo, shelf: Shelf
) -> None:
    released = repo.commit("release: zq-base 0.1.0", {CHANGELOG: "# Changelog\n\n## 0.1.0\n\nx\n"})
    repo.commit("fix: later", {"packages/zq-base/src/zq_base/x.py": ""})
    repo.commit("docs: the changelog", {CHANGELOG: "# Log\n\n## 0.1.0\n\nbetter words\n"})
    (shelf.folder / "zq_base-0.1.0-py3-none-any.whl").write_bytes(b"there")
    index = Index(name="shelf", url=f"{shelf.url}simple/")
    facts = gather(open_workspace(repo.path), index=index)
    assert list(facts.pages["zq-base"].files) == [Version("0.1.0")]  # type: ignore[index]
    assert planned(repo, index)[0] == ("zq-base", "0.1.0", released)


@pytest.mark.parametrize("deep", [1, 2, 4])
def test_a_tag_of_a_tag_is_the_tag_of_the_commit_in_the_end(repo: Repo, deep: int) -> None:
    names = [f"step-{number}" for number in range(1, deep)]
    repo.git("tag", "--annotate", "--message", "x", "step-0")
    for before, name in zip(["step-0", *names], [*names, "zq-base/v0.1.0"], strict=True):
        repo.git("-c", "advice.nestedTag=false", "tag", "-a", "-m", "x", name, before)
    assert "zq-base" not in [name for name, *_ in planned(repo)]
    tags = {tag.name: tag.commit for tag in gather(open_workspace(repo.path)).tags}
    assert set(tags.values()) == {repo.head()}
    repo.commit("fix: later", {"packages/zq-base/src/zq_base/x.py": ""})
    assert planned(repo)[0][:2] == ("zq-base", "0.1.1")


def test_a_tag_of_a_file_is_behind_nothing(repo: Repo) -> None:
    blob = repo.git("rev-parse", "HEAD:pyproject.toml")
    repo.git("tag", "--annotate", "--message", "x", "inner", blob)
    repo.git("tag", "--annotate", "--message", "x", "outer", "inner")
    tags = {t.name: (t.commit, t.reachable) for t in gather(open_workspace(repo.path)).tags}
    assert tags == {"inner": (blob, False), "outer": (blob, False)}


def test_commits_dated_before_the_tag_leave_it_in_the_history(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.git("tag", "zq-base/v0.1.0")
    for day in range(1, 13):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2001-01-{day:02}T00:00:00Z")
        repo.commit("docs: long ago", {"README.md": f"{day}\n"})
    (tag,) = gather(open_workspace(repo.path)).tags
    assert (tag.reachable, "zq-base" in [name for name, *_ in planned(repo)]) == (True, False)
