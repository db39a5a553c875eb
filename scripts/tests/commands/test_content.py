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


def test_a_folder_that_was_moved_is_the_same_until_its_content_changes(repo: Repo) -> None:
    repo.git("mv", "packages/zq-base", "packages/base")
    repo.commit("refactor: move it")
    assert planned(repo) == {}
    repo.commit("feat: more", {"packages/base/src/zq_base/more.py": "x = 1\n"})
    assert planned(repo) == {"zq-base": ("0.1.1", ["feat: more", "refactor: move it"])}


def edited(repo: Repo, path: str, before: str, after: str, subject: str = "fix: it") -> None:
    """Commit an edit of a file."""
    text = (repo.path / path).read_text("utf-8")
    assert before in text
    repo.commit(subject, {path: text.replace(before, after, 1)})


@pytest.mark.parametrize(
    ("more", "is_due"),
    [
        ("\n[tool.ruff]\nline-length = 80\n", False),
        ("\n[tool.pytest]\nx = 1\n", False),
        ('\n[dependency-groups]\ntest = ["pytest"]\n', False),
        ('\n[project.urls]\nHome = "https://example.org"\n', True),
        ('\n[tool.uv.build-backend]\nmodule-root = "src"\n', True),
    ],
)
def test_of_a_manifest_the_values_count_that_a_distribution_shows(
    repo: Repo, more: str, *, is_due: bool
) -> None:
    path = "packages/zq-base/pyproject.toml"
    text = (repo.path / path).read_text("utf-8")
    repo.commit("fix: a setting", {path: text + more})
    assert bool(planned(repo)) is is_due


def test_a_version_in_development_is_no_change(repo: Repo) -> None:
    edited(repo, "packages/zq-base/pyproject.toml", '"0.1.0"', '"0.2.0.dev0"', "chore: go on")
    assert planned(repo) == {}
    repo.commit("fix: it", {CODE: "x = 1\n"})
    assert planned(repo)["zq-base"][0] == "0.2.0"


def test_its_own_lock_file_is_no_part_of_a_member(repo: Repo) -> None:
    repo.commit("fix: lock", {"packages/zq-base/uv.lock": "x\n"})
    assert planned(repo) == {}


def test_what_a_manifest_takes_in_from_elsewhere_belongs_to_a_member(repo: Repo) -> None:
    settings = '\n[tool.release]\nsources = ["../../native"]\n'
    path = "packages/zq-base/pyproject.toml"
    text = (repo.path / path).read_text("utf-8")
    repo.commit("chore: sources", {path: text + settings, "native/x.c": "int x;\n"})
    repo.git("tag", "--force", "zq-base/v0.1.0")
    repo.commit("feat!: native", {"native/x.c": "int y;\n"})
    assert planned(repo)["zq-base"] == ("0.2.0", ["feat!: native"])


def test_a_wrong_list_of_sources_is_refused(repo: Repo) -> None:
    path = "packages/zq-base/pyproject.toml"
    text = (repo.path / path).read_text("utf-8")
    repo.commit("chore: sources", {path: f"{text}\n[tool.release]\nsources = 1\n"})
    assert run(repo.path, "plan", "--json").json["problems"][0]["code"] == "settings-value"


ROOT_MEMBER = """
[project]
name = "zq-root"
version = "0.1.0"
readme = "README.md"
requires-python = ">=3.11"

[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"
"""


@pytest.mark.parametrize(
    ("file", "is_due"),
    [
        ("src/zq_root/more.py", True),
        ("README.md", True),
        ("docs/index.md", False),
        (".github/workflows/ci.yml", False),
        ("uv.lock", False),
        ("noxfile.py", False),
        ("notes.md", False),
    ],
)
def test_a_member_at_the_root_is_made_of_what_its_distributions_have(
    tmp_path: Path, file: str, *, is_due: bool
) -> None:
    made = make_workspace(tmp_path / "workspace", trio())
    root = (made.path / "pyproject.toml").read_text("utf-8")
    files = {"pyproject.toml": ROOT_MEMBER + root, "src/zq_root/__init__.py": "", "README.md": "x"}
    made.commit("chore: a member at the root", files)
    made.tag("zq-root/v0.1.0", "zq-base/v0.1.0", "zq-middle/v0.1.0", "zq-app/v0.1.0")
    made.commit("fix: it", {file: "changed\n"})
    assert (list(planned(made)) == ["zq-root"], planned(made) == {}) == (is_due, not is_due)


def test_types_that_release_nothing_are_told_in_the_next_release(repo: Repo) -> None:
    repo.commit("docs: say more", {CODE: "# words\n"})
    done = run(repo.path, "plan", "--json").json
    (base,) = (each for each in done["unchanged"] if each["name"] == "zq-base")
    assert (done["members"], base["changed"], base["why"]) == (
        [],
        True,
        "changed since zq-base/v0.1.0 by 1 commit of types that release nothing",
    )
    repo.commit("fix: it", {CODE: "x = 1\n"})
    assert planned(repo)["zq-base"] == ("0.1.1", ["fix: it"])
    patch = run(repo.path, "prepare").stdout
    assert "+### Other\n+\n+- say more (" in patch


def test_a_type_that_is_ignored_may_break_all_the_same(repo: Repo) -> None:
    repo.commit("chore!: drop it", {CODE: "x = 1\n"})
    assert planned(repo)["zq-base"][0] == "0.2.0"


def test_what_a_manifest_requires_is_never_ignored(repo: Repo) -> None:
    path = "packages/zq-base/pyproject.toml"
    edited(repo, path, "dependencies = [", 'dependencies = ["packaging>=24", ', "chore(deps): up")
    assert planned(repo)["zq-base"] == ("0.1.1", ["chore(deps): up"])


def test_which_types_are_ignored_can_be_chosen(repo: Repo) -> None:
    root = (repo.path / "pyproject.toml").read_text("utf-8")
    settings = {"pyproject.toml": f'{root}\n[tool.release]\nignore-types = ["fix"]\n'}
    repo.commit("chore: settings", settings)
    repo.commit("fix: it", {CODE: "x = 1\n"})
    assert planned(repo) == {}
    repo.commit("docs: it", {CODE: "x = 2\n"})
    assert planned(repo)["zq-base"] == ("0.1.1", ["docs: it"])


def test_a_feature_before_1_moves_what_the_settings_say(repo: Repo) -> None:
    repo.commit("feat: more", {CODE: "x = 1\n"})
    assert planned(repo)["zq-base"][0] == "0.1.1"
    root = (repo.path / "pyproject.toml").read_text("utf-8")
    settings = {"pyproject.toml": f'{root}\n[tool.release]\nfeature-before-1 = "minor"\n'}
    repo.commit("chore: settings", settings)
    assert planned(repo)["zq-base"][0] == "0.2.0"


def test_a_note_beats_types_and_one_for_nobody_releases_nothing(repo: Repo) -> None:
    note = "packages/zq-base/changes/a.misc.md"
    repo.commit("feat: inside", {CODE: "x = 1\n", note: "Tidied up\n"})
    assert planned(repo) == {}
    assert stays(repo) == "changed since zq-base/v0.1.0, by notes that are for nobody else"
    repo.commit("chore: tell", {"packages/zq-base/changes/b.feature.md": "More\n"})
    assert planned(repo)["zq-base"] == ("0.1.1", ["More"])


def test_the_changelog_is_the_file_that_is_there(repo: Repo) -> None:
    repo.commit("docs: news", {"packages/zq-base/NEWS.md": "# News\n\n## 0.1.0\n\n- first\n"})
    assert planned(repo) == {}
    repo.commit("feat: more", {CODE: "x = 1\n"})
    patch = run(repo.path, "prepare").stdout
    assert "+++ b/packages/zq-base/NEWS.md" in patch
    assert "CHANGELOG.md" not in patch


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("CHANGES.rst", "0.1.0\n=====\n", "changelog-format"),
        ("CHANGELOG.md", "# Log\n\n<!-- open\n", "changelog-unreadable"),
    ],
)
def test_a_changelog_that_takes_no_section_is_refused_in_the_plan(
    repo: Repo, file: str, text: str, code: str
) -> None:
    repo.commit("feat: more", {CODE: "x = 1\n", f"packages/zq-base/{file}": text})
    for command in ("plan", "prepare"):
        done = run(repo.path, command, "--json")
        assert (done.code, [p["code"] for p in done.json["problems"]]) == (1, [code])


def test_a_final_release_tells_what_is_new_since_the_last_one(repo: Repo, tmp_path: Path) -> None:
    repo.with_remote(tmp_path / "remote.git")
    repo.git("push", "--quiet", "--tags", "origin")
    repo.commit("feat: a lid", {CODE: "x = 1\n"})
    repo.git("push", "--quiet", "origin", "main")
    for step in ("prepare", "tag"):
        assert run(repo.path, step, "--pre", "rc", "--execute").code == 0
    done = run(repo.path, "prepare", "--promote")
    added = [line for line in done.stdout.splitlines() if line.startswith("+")]
    assert "+## 0.1.1 - " in "\n".join(added)
    assert any(line.startswith("+- a lid (") for line in added)
    assert "+Released again." not in added
