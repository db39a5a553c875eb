"""The template itself: what everybody who clones it relies on."""

import ast
import os
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.template.desk import ROOT, Folder, clean_environment, copy_of_the_workspace

MEMBERS = sorted(path.parent for path in (ROOT / "packages").glob("*/pyproject.toml"))
SESSIONS = {
    "add-index",
    "adopt",
    "affected",
    "audit",
    "build",
    "change",
    "check-imports",
    "doctor",
    "graph",
    "init",
    "lint",
    "new-member",
    "plan",
    "prepare",
    "publish",
    "release",
    "remove-member",
    "rename-member",
    "snippet",
    "status",
    "tag",
    "tests",
    "typecheck",
    "update-template",
    "verify-git-install",
    "verify-index-install",
}


def sessions() -> dict[str, ast.FunctionDef]:
    """Return the functions of the noxfile that are sessions, by their names."""
    module = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    return {f.name.replace("_", "-"): f for f in functions if f.decorator_list}


def test_every_task_is_a_session_with_a_docstring_and_a_default_of_its_own() -> None:
    assert set(sessions()) == SESSIONS
    for function in sessions().values():
        (decorator,) = function.decorator_list
        assert isinstance(decorator, ast.Call)
        assert "default" in {keyword.arg for keyword in decorator.keywords}
        assert ast.get_docstring(function)


def test_uv_sync_installs_every_member_editable_and_none_of_the_tooling() -> None:
    command = (os.environ.get("UV", "uv"), "export", "--locked", "--offline", "--no-hashes")
    options = ("--no-default-groups", "--no-annotate", "--no-header")
    done = subprocess.run(
        (*command, *options), cwd=ROOT, capture_output=True, text=True, check=True
    )
    expected = [".", *(f"./packages/{member.name}" for member in MEMBERS)]
    assert done.stdout.splitlines() == [f"-e {path}" for path in expected]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_a_member_has_all_that_a_distribution_needs(member: Path) -> None:
    manifest = tomllib.loads((member / "pyproject.toml").read_text("utf-8"))
    project = manifest["project"]
    module = project["name"].replace("-", "_")
    files = ("README.md", "LICENSE", f"src/{module}/__init__.py", f"src/{module}/py.typed")
    assert [name for name in files if not (member / name).is_file()] == []
    assert "Typing :: Typed" in project["classifiers"]
    for text in project["dependencies"]:
        requirement = Requirement(text)
        assert {comparator.operator for comparator in requirement.specifier} == {">=", "<"}
        assert manifest["tool"]["uv"]["sources"][requirement.name] == {"workspace": True}


def test_every_file_has_the_same_line_ends_in_every_checkout() -> None:
    command = ("git", "-C", str(ROOT), "ls-files", "--eol")
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {tuple(line.partition("\t")[0].split()) for line in listed.splitlines()}
    rule = ("attr/text=auto", "eol=lf")
    assert found == {("i/lf", "w/lf", *rule), ("i/none", "w/none", *rule)}


def test_the_tooling_runs_in_a_clone_from_the_lock_file(tmp_path: Path) -> None:
    copy = copy_of_the_workspace(tmp_path / "desk")
    copy.commit("feat: the template")
    copy.output("git", "clone", "--quiet", "--bare", ".", tmp_path / "forge.git")
    copy.output("git", "clone", "--quiet", tmp_path / "forge.git", tmp_path / "a clone")
    clone = Folder(tmp_path / "a clone", clean_environment())
    uv = os.environ.get("UV", "uv")
    printed = clone.output(uv, "run", "--quiet", "--locked", "roadworthy", "plan", "--index", "")
    first = next(member.name for member in MEMBERS)
    assert f"{first}/v" in printed
