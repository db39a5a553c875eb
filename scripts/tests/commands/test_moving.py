"""A member is renamed or removed with everything that names it, or not at all."""

import tomllib
from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, make_workspace, member, trio

BASE = "packages/zq-base"


@pytest.fixture
def repo(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return three members, of which two build on the first, and one that stands alone."""
    own = {f"{BASE}/CHANGELOG.md": "# Log\n\nzq-base\n", f"{BASE}/tests/test_zq_base.py": ""}
    files = {**trio(), **member("zq-base-more"), **own}
    made = make_workspace(tmp_path / "workspace", files, index_table("shelf", shelf.url))
    made.commit(
        "docs: names", {"README.md": "zq-base is imported as `zq_base`, unlike zq-base-more\n"}
    )
    return made


def text(repo: Repo, path: str) -> str:
    return (repo.path / path).read_text("utf-8")


def test_a_renamed_member_is_another_everywhere_but_in_the_past(repo: Repo) -> None:
    done = run(repo.path, "rename-member", "zq-base", "zq-core")
    assert done.code == 0, done.stderr
    assert not (repo.path / BASE).exists()
    assert (repo.path / "packages/zq-core/src/zq_core/__init__.py").is_file()
    assert (repo.path / "packages/zq-core/tests/test_zq_core.py").is_file()
    assert text(repo, "README.md") == "zq-core is imported as `zq_core`, unlike zq-base-more\n"
    assert "zq-base" in text(repo, "packages/zq-core/CHANGELOG.md")
    manifest = text(repo, "packages/zq-middle/pyproject.toml")
    assert ('"zq-core>=0.1.0,<0.2"' in manifest, "zq-core = {" in manifest) == (True, True)
    assert text(repo, "packages/zq-middle/src/zq_middle/__init__.py") == "import zq_core\n"
    (note,) = (repo.path / "packages/zq-middle/changes").iterdir()
    assert (note.name, note.read_text("utf-8")) == (
        "requires-zq-core-in-place-of.fix.md",
        "Requires zq-core in place of zq-base\n",
    )
    repo.commit("feat!: another name")
    works = run(repo.path, "verify-git-install", "--installer", "uv")
    assert works.code == 0, works.stderr
    assert run(repo.path, "plan", "--check").code == 0


def test_no_member_gets_a_name_that_a_stranger_has_on_the_index(repo: Repo, shelf: Shelf) -> None:
    (shelf.folder / "zq_core-1.0-py3-none-any.whl").write_bytes(b"there")
    done = run(repo.path, "rename-member", "zq-base", "zq-core", "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (2, ["name-strangers"])
    assert repo.git("status", "--porcelain") == ""


def test_the_past_of_a_renamed_member_is_told_as_gone(repo: Repo) -> None:
    repo.tag(*(f"{name}/v0.1.0" for name in ("zq-app", "zq-base", "zq-base-more", "zq-middle")))
    assert run(repo.path, "rename-member", "zq-base", "zq-core").code == 0
    repo.commit("feat!: another name")
    plan = run(repo.path, "plan", "--json").json
    assert [gone["name"] for gone in plan["gone"]] == ["zq-base"]
    assert plan["members"][0]["name"] == "zq-core"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["zq-base"], "member-name"),
        (["zq-none", "zq-core"], "member-unknown"),
        (["zq-base", "zq-app"], "name-taken"),
        (["zq-base", "json"], "name-standard"),
    ],
)
def test_what_cannot_be_a_new_name_changes_nothing(names: list[str], code: str, repo: Repo) -> None:
    done = run(repo.path, "rename-member", *names, "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (2, [code])
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("packages/zq-core/README.md", "folder-not-empty"),
        ("packages/zq-app/src/zq_core/__init__.py", "name-import"),
    ],
)
def test_what_has_the_new_name_already_is_left_alone(path: str, code: str, repo: Repo) -> None:
    repo.commit("chore: ignore", {".gitignore": "/packages/zq-core/\n"})
    (repo.path / path).parent.mkdir(parents=True)
    (repo.path / path).write_text("kept", "utf-8")
    repo.git("add", "--all")
    repo.commit("feat: what git ignores, or a sibling has", {"more.txt": ""})
    done = run(repo.path, "rename-member", "zq-base", "zq-core", "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (2, [code])
    assert text(repo, path) == "kept"


@pytest.mark.needs("modes")
def test_a_rename_that_uv_cannot_lock_changes_nothing(repo: Repo) -> None:
    path = "packages/zq-app/pyproject.toml"
    broken = text(repo, path).replace('"zq-base>=0.1.0,<0.2"', '"zq-base>=0.1.0,<0.2", "zq-none"')
    (repo.path / BASE / "run").write_text("#!/bin/sh\n", "utf-8")
    (repo.path / BASE / "run").chmod(0o755)
    repo.commit("break", {path: broken})
    done = run(repo.path, "rename-member", "zq-base", "zq-core", "--json", UV_OFFLINE="1")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (1, ["member-lock"])
    assert repo.git("status", "--porcelain") == ""


def test_a_member_that_nobody_requires_is_removed_from_everywhere(repo: Repo) -> None:
    root = text(repo, "pyproject.toml")
    settings = root.replace("[tool.release]", '[tool.release]\nnever = ["zq-base-more"]')
    repo.commit("chore: settings", {"pyproject.toml": settings})
    done = run(repo.path, "remove-member", "zq-base-more")
    assert done.code == 0, done.stderr
    assert "Still named in: README.md." in done.stdout
    assert not (repo.path / "packages/zq-base-more").exists()
    assert "never = []" in text(repo, "pyproject.toml")
    assert "zq-base-more" not in text(repo, "uv.lock")
    repo.commit("feat!: less")
    assert run(repo.path, "plan", "--check").code == 0


@pytest.mark.parametrize(("name", "other"), [("zq-outer", "zq-inner"), ("zq-inner", "zq-outer")])
def test_of_two_members_one_within_the_other_the_one_that_is_named_goes(
    tmp_path: Path, name: str, other: str
) -> None:
    places = {"zq-outer": "packages/zq-outer", "zq-inner": "packages/zq-outer/inner"}
    files = {
        each: {path.replace(f"packages/{each}", place): text for path, text in member(each).items()}
        for each, place in places.items()
    }
    repo = make_workspace(tmp_path / "workspace", {**files[name], **files[other]})
    root = text(repo, "pyproject.toml").replace('["packages/*"]', str([*places.values()]))
    repo.commit("chore: list", {"pyproject.toml": root})
    done = run(repo.path, "remove-member", name)
    assert done.code == 0, done.stderr
    left = tomllib.loads(text(repo, "pyproject.toml"))["tool"]["uv"]["workspace"]["members"]
    assert left == [places[other]]
    there = [path for path in repo.git("ls-files").splitlines() if (repo.path / path).is_file()]
    assert there == sorted([*files[other], ".gitignore", "pyproject.toml", "uv.lock"])


def test_a_member_that_others_require_stays(repo: Repo) -> None:
    done = run(repo.path, "remove-member", "zq-base", "--json")
    assert (done.code, [p["member"] for p in done.json["problems"]]) == (
        2,
        ["zq-app", "zq-middle"],
    )
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    "names", [["rename-member", "zq-base", "x-y"], ["remove-member", "zq-app"]]
)
def test_a_working_tree_with_changes_is_left_alone(names: list[str], repo: Repo) -> None:
    (repo.path / "new.txt").write_text("x", "utf-8")
    done = run(repo.path, *names, "--json")
    assert [p["code"] for p in done.json["problems"]] == ["tree-not-clean"]
