"""The command `test`: every member of a workspace, in an environment of its own."""

import os
from pathlib import Path

import pytest

from roadworthy.model.problem import UsageFailure
from roadworthy.ops import uv
from roadworthy.stages.testing.suites import select, suites
from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import lock, make_workspace, member

GROUP = '\n[dependency-groups]\ntest = ["pytest"]\n'
# No test sees what an upload is made with.
PASSES = """\
import os


def test_it() -> None:
    assert [name for name in os.environ if name.startswith("UV_PUBLISH_")] == []
"""
FAILS = "def test_it() -> None:\n    assert False\n"


def with_test(name: str, code: str, folder: str) -> dict[str, str]:
    """Return a member with a test."""
    files = {path.replace("packages", folder, 1): text for path, text in member(name).items()}
    manifest = f"{folder}/{name}/pyproject.toml"
    return {
        **files,
        manifest: files[manifest] + GROUP,
        f"{folder}/{name}/tests/test_it.py": code,
    }


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace with members below two folders; one has no tests, one no group."""
    files = (
        with_test("zq-units", PASSES, "packages")
        | with_test("zq-web-app", FAILS, "apps")
        | member("zq-bare")
    )
    without = {**member("zq-late"), "packages/zq-late/tests/test_it.py": PASSES}
    made = make_workspace(tmp_path / "a workspace", files | without)
    manifest = (made.path / "pyproject.toml").read_text("utf-8")
    (made.path / "pyproject.toml").write_text(
        manifest.replace('["packages/*"]', '["packages/*", "apps/*"]'), "utf-8"
    )
    return made


def names(repo: Repo, *wanted: str) -> list[str]:
    """Return the suites that are meant by some names."""
    return [suite.name for suite in select(suites(repo.path), wanted)]


def test_members_are_found_by_the_globs_of_the_workspace_as_it_lies_there(repo: Repo) -> None:
    found = {suite.name: suite.missing for suite in suites(repo.path)}
    assert found == {
        "workspace": "no folder `tests`",
        "zq-bare": "no folder `tests`",
        "zq-late": "no `test` dependency group",
        "zq-units": "",
        "zq-web-app": "",
    }


def test_a_member_is_named_by_its_name_its_folder_or_the_end_of_its_name(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.path)
    assert names(repo, "ZQ_Units") == ["zq-units"]
    assert names(repo, "units", "app", "packages/zq-units") == ["zq-units", "zq-web-app"]
    assert names(repo, "apps/zq-web-app/") == ["zq-web-app"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("bits", "no member is named `bits`"), ("it", "`it` can be zq-first-it or zq-second-it")],
)
def test_a_name_that_is_none_of_one_member_is_refused(
    tmp_path: Path, name: str, message: str
) -> None:
    repo = make_workspace(tmp_path, member("zq-first-it") | member("zq-second-it"))
    with pytest.raises(UsageFailure) as refused:
        names(repo, name)
    assert [problem.message for problem in refused.value.problems] == [message]


def test_all_members_are_tested_and_one_that_fails_is_shown(repo: Repo) -> None:
    lock(repo)
    done = run(repo.path, "test", "--json", "--", "-p", "no:cacheprovider")
    assert {each["name"]: (each["ok"], each["line"]) for each in done.json["suites"]} == {
        "workspace": (True, "no folder `tests`"),
        "zq-bare": (True, "no folder `tests`"),
        "zq-late": (True, "no `test` dependency group"),
        "zq-units": (True, done.json["suites"][3]["line"]),
        "zq-web-app": (False, done.json["suites"][4]["line"]),
    }
    assert (done.code, done.json["problems"][0]["code"]) == (1, "tests-failed")
    shown = run(repo.path, "test", "units", "app", "-k", "nothing")
    assert (shown.code, shown.stdout.count("1 deselected")) == (0, 2)


USES = "import zq_base\n\n\ndef test_it() -> None:\n    assert zq_base\n"


def requiring(name: str, *requirements: str, imports: str) -> dict[str, str]:
    """Return a member that requires something, and imports something."""
    files = member(name, *requirements, code=f"import {imports}\n")
    manifest = f"packages/{name}/pyproject.toml"
    return {**files, manifest: files[manifest] + GROUP, f"packages/{name}/tests/test_it.py": PASSES}


def test_an_import_that_only_another_sibling_brings_is_a_failure(tmp_path: Path) -> None:
    repo = make_workspace(
        tmp_path / "workspace",
        member("zq-base")
        | member("zq-middle", "zq-base>=0.1.0,<0.2")
        | requiring("zq-top", "zq-middle>=0.1.0,<0.2", imports="zq_base"),
    )
    done = run(repo.path, "test", "zq-top", "--json")
    (problem,) = done.json["problems"]
    assert (done.code, problem["code"], problem["message"], problem["hint"]) == (
        1,
        "import-undeclared",
        "zq-top imports what it does not declare:\nsrc/zq_top/__init__.py:1 imports zq_base",
        "add zq-base to its `dependencies`, with a range; for its tests alone, to `test`",
    )


def test_what_only_its_tests_import_is_declared_for_them(tmp_path: Path) -> None:
    files = member("zq-base") | with_test("zq-top", USES, "packages")
    repo = make_workspace(tmp_path / "workspace", files)
    (problem,) = run(repo.path, "test", "zq-top", "--json").json["problems"]
    assert problem["code"] == "import-undeclared"
    manifest = repo.path / "packages" / "zq-top" / "pyproject.toml"
    text = manifest.read_text("utf-8").replace('test = ["pytest"]', 'test = ["pytest", "zq-base"]')
    sources = "[tool.uv.sources]\nzq-base = { workspace = true }"
    manifest.write_text(text.replace("[tool.uv.sources]", sources), "utf-8")
    uv.lock(repo.path, dict(os.environ))
    done = run(repo.path, "test", "zq-top", "--json")
    assert (done.code, done.json["problems"]) == (0, []), done.stderr


COVERAGE = "\n[tool.coverage.report]\nfail_under = {bound}\n"
HALF = "def tried() -> int:\n    return 1\n\n\ndef not_tried() -> int:\n    return 2\n"
TRIES = "from zq_half import tried\n\n\ndef test_it() -> None:\n    assert tried() == 1\n"


@pytest.mark.exhaustive
def test_what_the_tests_run_is_measured_and_a_project_sets_the_bound(tmp_path: Path) -> None:
    files = member("zq-half", code=HALF) | with_test("zq-other", PASSES, "packages")
    manifest = "packages/zq-half/pyproject.toml"
    group = GROUP.replace('"pytest"', '"coverage", "pytest"')
    files |= {manifest: files[manifest] + group, "packages/zq-half/tests/test_it.py": TRIES}
    repo = make_workspace(tmp_path / "workspace", files, COVERAGE.format(bound=80))
    done = run(repo.path, "test", "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (1, ["coverage-low"])
    alone = run(repo.path, "test", "zq-half")
    assert (alone.code, alone.stdout.splitlines()[-1]) == (0, "coverage: 75%"), alone.stderr
    root = repo.path / "pyproject.toml"
    root.write_text(root.read_text("utf-8").replace("fail_under = 80", "fail_under = 70"), "utf-8")
    assert run(repo.path, "test").code == 0
