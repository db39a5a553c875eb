"""The command `test`: every member of a workspace, in an environment of its own."""

from pathlib import Path

import pytest

from roadworthy.model.problem import UsageFailure
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
