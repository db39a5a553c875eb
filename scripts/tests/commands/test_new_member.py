"""The command `new-member`: a member that builds, is typed, tested and released like the others."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from roadworthy.model.problem import Problem
from roadworthy.stages.template.member import folder_for
from tests.helpers.cli import run
from tests.helpers.patterns import PATTERNS
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import lock

ROOT = """\
[project]
name = "zq-workspace"
version = "0"
license = "MIT"
requires-python = ">=3.11"
classifiers = ["Private :: Do Not Upload"]
dependencies = []

[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"

[tool.uv.build-backend]
module-name = []

[tool.uv.workspace]
members = ["packages/*"]

[[tool.uv.index]]
name = "shelf"
url = "{url}simple/"
explicit = true

[tool.release]
index = "shelf"
"""


@pytest.fixture
def project(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return a project that has an umbrella and no member yet; its index is a shelf."""
    root = ROOT.format(url=shelf.url)

    def make(folder: Path) -> None:
        made = Repo.init(folder)
        made.commit("feat: start", {"pyproject.toml": root, "LICENSE": "Ours.\n"})
        lock(made)
        made.commit("build: lock")

    PATTERNS.put(root, tmp_path / "project", make)
    return Repo(tmp_path / "project")


def table(repo: Repo, path: str = ".") -> dict[str, Any]:
    return tomllib.loads((repo.path / path / "pyproject.toml").read_text("utf-8"))


def add(repo: Repo, *arguments: str) -> None:
    done = run(repo.path, "new-member", *arguments)
    assert done.code == 0, done.stderr


def refused(repo: Repo, *arguments: str) -> list[str]:
    """Return why a member is refused; nothing is changed by that."""
    before = repo.git("status", "--porcelain", "--untracked-files=all"), repo.git("diff")
    done = run(repo.path, "new-member", *arguments, "--json")
    assert (repo.git("status", "--porcelain", "--untracked-files=all"), repo.git("diff")) == before
    assert (done.code, all(p["hint"] for p in done.json["problems"])) == (2, True)
    return [problem["code"] for problem in done.json["problems"]]


def test_a_library_has_all_that_a_member_needs_and_its_place(project: Repo) -> None:
    done = run(project.path, "new-member", "zq-units", "--kind", "library")
    assert done.code == 0, done.stderr
    changed = project.git("status", "--porcelain", "--untracked-files=all").splitlines()
    assert [line.split()[1] for line in changed] == [
        "pyproject.toml",
        "uv.lock",
        "packages/zq-units/LICENSE",
        "packages/zq-units/README.md",
        "packages/zq-units/pyproject.toml",
        "packages/zq-units/src/zq_units/__init__.py",
        "packages/zq-units/src/zq_units/py.typed",
        "packages/zq-units/tests/test_zq_units.py",
    ]
    assert table(project)["project"]["dependencies"] == ["zq-units"]
    assert done.stdout == (
        "zq-units is in packages/zq-units: a library, imported as `zq_units`.\n\n"
        "Write it in packages/zq-units/src/zq_units/__init__.py, then:\n"
        "  nox -s tests -- zq-units\n"
        '  git add --all && git commit -m "feat: zq-units"\n'
        "  nox -s release\n"
    )


def test_an_application_requires_a_sibling_that_is_not_committed_yet(project: Repo) -> None:
    add(project, "zq-units")
    add(project, "zq-app", "--kind", "application", "--requires", "zq-units")
    app = table(project, "packages/zq-app")
    assert app["project"]["dependencies"] == ["zq-units>=0.1.0,<0.2"]
    assert app["project"]["scripts"] == {"zq-app": "zq_app:main"}
    assert table(project)["project"]["dependencies"] == ["zq-app", "zq-units"]


@pytest.mark.exhaustive
def test_a_new_member_is_released_like_the_others(project: Repo) -> None:
    add(project, "zq-units", "--namespace", "zq")
    add(project, "zq-app", "--kind", "application", "--requires", "zq-units")
    project.commit("feat: units and an application")
    done = run(project.path, "release", "--installer", "uv", "--index", "", "--json")
    assert done.code == 0, done.stderr
    assert [r["name"] for r in done.json["plan"]["members"]] == ["zq-units", "zq-app"]
    assert (project.path / "packages/zq-units/src/zq/units/__init__.py").is_file()


def test_a_workspace_that_lists_its_members_lists_one_more(project: Repo) -> None:
    add(project, "zq-first")
    listed = 'members = [\n    "packages/zq-first", # stays\n    "libs/zq-second",\n]'
    root = (project.path / "pyproject.toml").read_text("utf-8")
    manifest = (project.path / "packages/zq-first/pyproject.toml").read_text("utf-8")
    second = {
        "libs/zq-second/pyproject.toml": manifest.replace("zq-first", "zq-second"),
        "libs/zq-second/src/zq_second/__init__.py": "",
        "libs/zq-second/README.md": "",
        "libs/zq-second/LICENSE": "",
    }
    root = root.replace('members = ["packages/*"]', listed)
    project.commit("feat: a list", {**second, "pyproject.toml": root})
    add(project, "zq-third")
    add(project, "zq-fourth", "--in", "apps/more")
    written = (project.path / "pyproject.toml").read_text("utf-8")
    more = '    "libs/zq-third",\n    "apps/more/zq-fourth",\n]'
    assert f"{listed.removesuffix(']')}{more}" in written
    project.commit("feat: more")
    planned = {m["name"] for m in run(project.path, "plan", "--json").json["members"]}
    assert planned == {"zq-first", "zq-second", "zq-third", "zq-fourth"}
    assert run(project.path, "remove-member", "zq-third").code == 0
    for each in ('    "libs/zq-third",\n', "zq-third = { workspace = true }\n", ', "zq-third"'):
        assert each in written
        written = written.replace(each, "")
    assert (project.path / "pyproject.toml").read_text("utf-8") == written


@pytest.mark.parametrize(
    ("members", "below", "folder"),
    [
        (["packages/*"], None, "packages/zq-new"),
        (["./libs/*", "packages/*"], None, "libs/zq-new"),
        (["libs/*/", "packages//*"], "packages/", "packages/zq-new"),
        (["*"], None, "zq-new"),
        (["packages/**"], None, "packages/zq-new"),
        (["core", "libs/*"], None, "libs/zq-new"),
        (["core", "./libs/a"], None, "libs/zq-new"),
        (["core", "libs/a"], "./apps", "apps/zq-new"),
        (["core"], None, "zq-new"),
        (["core"], "../apps", None),
        (["packages/*"], "apps", None),
        (["packages/acme-*"], None, None),
        ([], None, None),
    ],
)
def test_its_folder_is_one_that_uv_takes_for_a_member(
    members: list[str], below: str | None, folder: str | None
) -> None:
    found = folder_for("zq-new", below, {"tool": {"uv": {"workspace": {"members": members}}}})
    assert (None if isinstance(found, Problem) else found) == folder


def test_it_lies_below_a_glob_of_the_workspace(project: Repo) -> None:
    assert refused(project, "zq-web", "--in", "apps") == ["member-outside"]
    text = (project.path / "pyproject.toml").read_text("utf-8")
    wider = text.replace('members = ["packages/*"]', 'members = ["packages/*", "apps/*"]')
    (project.path / "pyproject.toml").write_text(wider, "utf-8")
    add(project, "zq-web", "--in", "apps/")
    assert (project.path / "apps/zq-web/pyproject.toml").is_file()


def test_a_requirement_of_others_is_added_by_uv_or_nothing_is(project: Repo) -> None:
    before = (project.path / "pyproject.toml").read_bytes()
    done = run(project.path, "new-member", "zq-app", "--add", "zq-there-is-none-of-this")
    assert (done.code, "uv cannot add it" in done.stderr) == (1, True)
    after = (project.path / "pyproject.toml").read_bytes()
    assert (after, project.git("status", "--short")) == (before, "")


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ((), ["member-name"]),
        (("zq-a", "zq-b"), ["member-name"]),
        (("zq a",), ["name-invalid"]),
        (("json",), ["name-standard"]),
        (("zq-units",), ["name-taken"]),
        (("ZQ.Units",), ["name-taken"]),
        (("zq-other", "--kind", "plugin"), ["member-kind"]),
        (("zq-other", "--backend", "make"), ["member-backend"]),
        (("zq-other", "--requires", "zq-none"), ["member-unknown"]),
        (("other", "--namespace", "zq_units"), ["name-import"]),
        (("stranger",), ["name-strangers"]),
    ],
)
def test_a_name_that_is_none_or_is_taken_is_refused(
    project: Repo, shelf: Shelf, arguments: tuple[str, ...], codes: list[str]
) -> None:
    add(project, "zq-units")
    (shelf.folder / "stranger-1.0-py3-none-any.whl").write_bytes(b"there")
    assert refused(project, *arguments) == codes


def test_an_index_that_does_not_answer_is_a_warning(project: Repo, shelf: Shelf) -> None:
    shelf.refuse_reads = "403 Forbidden"
    done = run(project.path, "new-member", "zq-units")
    assert (done.code, "did not say whether the name zq-units is free" in done.stderr) == (0, True)


def test_a_workspace_without_an_umbrella_gets_a_member_and_no_place(checkout: Repo) -> None:
    before = (checkout.path / "pyproject.toml").read_bytes()
    add(checkout, "zq-units", "--requires", "zq-base")
    assert (checkout.path / "pyproject.toml").read_bytes() == before
    assert "license" not in table(checkout, "packages/zq-units")["project"]
