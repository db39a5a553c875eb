"""The command `test` with other interpreters, with the lowest requirements, and on wheels."""

import os
import sys
from pathlib import Path

import pytest

from roadworthy.ops import uv
from roadworthy.ops.python import python_named
from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import lock, make_workspace, member

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
GROUP = '\n[dependency-groups]\ntest = ["pytest>=7"]\n'
FLOORS = """\
from importlib.metadata import version


def test_it() -> None:
    assert (version("idna"), int(version("pytest").split(".")[0]) > 8) == ("3.4", True)
"""
INSTALLED = """\
from pathlib import Path

import {module}


def test_it() -> None:
    assert "site-packages" in Path({module}.__file__).parts
"""


def with_test(name: str, code: str) -> dict[str, str]:
    """Return a member with a test."""
    files = member(name)
    manifest = f"packages/{name}/pyproject.toml"
    return {**files, manifest: files[manifest] + GROUP, f"packages/{name}/tests/test_it.py": code}


def flat(name: str, code: str) -> dict[str, str]:
    """Return a member whose code lies beside its tests."""
    files = {path.replace("/src/", "/"): text for path, text in with_test(name, code).items()}
    manifest = f"packages/{name}/pyproject.toml"
    backend = '\n[tool.uv.build-backend]\nmodule-root = ""\n'
    return {**files, manifest: files[manifest] + backend}


def require(repo: Repo, name: str, requirement: str, *for_tests: str) -> None:
    """Let a member require something from the index, and its tests; lock."""
    manifest = repo.path / "packages" / name / "pyproject.toml"
    text = manifest.read_text("utf-8").replace("= []", f'= ["{requirement}"]')
    group = "".join(f'"{each}", ' for each in for_tests)
    manifest.write_text(text.replace("test = [", f"test = [{group}"), "utf-8")
    uv.lock(repo.path, dict(os.environ))


def results(repo: Repo, *options: str) -> dict[str, bool]:
    """Run the tests; return what came of each member that has any."""
    suites = run(repo.path, "test", "--json", *options).json["suites"]
    return {each["name"]: each["ok"] for each in suites if each["seconds"]}


def test_members_are_tested_with_the_interpreters_that_are_here_and_others_are_named(
    tmp_path: Path,
) -> None:
    version = sys.version_info[:2]
    code = f"import sys\n\n\ndef test_it() -> None:\n    assert sys.version_info[:2] == {version}\n"
    repo = make_workspace(tmp_path / "workspace", with_test("zq-base", code))
    done = run(repo.path, "test", "--python", OWN, "3.99")
    assert done.code == 0, done.stderr
    assert "warning[python-missing]: Python 3.99 is not here" in done.stderr
    assert f"zq-base ({OWN})" in done.stdout
    by_path = run(repo.path, "test", "zq-base", "--python", sys.executable, "--json")
    assert by_path.code == 0, by_path.stderr
    folders = sorted(path.name for path in (repo.path / ".nox").glob("test-zq-base-*"))
    path = sys.executable.strip("/").replace("/", "-").replace(" ", "-")
    assert [name for name in folders if "python" in name] == [f"test-zq-base-{path}"]
    none = run(repo.path, "test", "--python", "3.99", "--json")
    assert (none.code, [p["code"] for p in none.json["problems"]]) == (1, ["python-missing"])


def test_a_member_is_not_tested_with_an_interpreter_that_it_does_not_admit(tmp_path: Path) -> None:
    files = with_test("zq-base", "def test_it() -> None:\n    assert False\n")
    manifest = "packages/zq-base/pyproject.toml"
    later = f">={sys.version_info[0]}.{sys.version_info[1] + 1}"
    repo = make_workspace(tmp_path / "workspace", files)
    repo.commit("feat!: later", {manifest: files[manifest].replace(">=3.11", later)})
    done = run(repo.path, "test", "zq-base", "--python", OWN, "--json")
    (suite,) = done.json["suites"]
    assert (suite["ok"], suite["line"]) == (True, f"needs Python {later}")


def test_an_interpreter_is_named_by_its_version_or_as_a_program() -> None:
    own = ".".join(map(str, sys.version_info[:3]))
    assert python_named(sys.executable) == (own, sys.executable)
    by_version = python_named(OWN)
    assert by_version
    assert by_version[0].startswith(f"{OWN}.")
    assert [python_named(name) for name in ("3.99", "no-python", "3.1")] == [None, None, None]


def test_at_its_floors_a_member_has_the_lowest_of_what_it_requires_and_no_old_pytest(
    tmp_path: Path,
) -> None:
    other = FLOORS.replace("3.4", "3.5")
    files = with_test("zq-base", FLOORS) | with_test("zq-top", other)
    repo = make_workspace(tmp_path / "workspace", files)
    require(repo, "zq-base", "idna>=3.4,<4")
    require(repo, "zq-top", "idna>=3.5")
    assert results(repo) == {"zq-base": False, "zq-top": False}
    lowest = results(repo, "--resolution", "lowest-direct")
    assert lowest == {"zq-base": True, "zq-top": True}


def test_a_requirement_that_the_member_shares_with_its_tests_is_lowest_too(
    tmp_path: Path,
) -> None:
    repo = make_workspace(tmp_path / "workspace", with_test("zq-base", FLOORS))
    require(repo, "zq-base", "idna>=3.3", "idna>=3.4")
    assert results(repo, "--resolution", "lowest-direct") == {"zq-base": True}


@pytest.mark.parametrize("layout", [pytest.param(with_test, marks=pytest.mark.exhaustive), flat])
def test_the_wheel_is_tested_and_not_the_source(tmp_path: Path, layout: object) -> None:
    assert callable(layout)
    repo = make_workspace(
        tmp_path / "workspace", layout("zq-base", INSTALLED.format(module="zq_base"))
    )
    lock(repo)
    assert results(repo) == {"zq-base": False}
    assert results(repo, "--built") == {"zq-base": True}


def test_a_wheel_is_built_anew_from_a_source_that_changed(tmp_path: Path) -> None:
    code = "from zq_base import NAME\n\n\ndef test_it() -> None:\n    assert NAME == 'changed'\n"
    repo = make_workspace(tmp_path / "workspace", with_test("zq-base", code))
    lock(repo)
    assert results(repo, "--built") == {"zq-base": False}
    source = repo.path / "packages/zq-base/src/zq_base/__init__.py"
    source.write_text('NAME = "changed"\n', "utf-8")
    assert results(repo, "--built") == {"zq-base": True}


def test_wheels_and_floors_are_tested_one_after_the_other(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", member("zq-base"))
    done = run(repo.path, "test", "--built", "--resolution", "lowest-direct", "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (2, ["options-apart"])
