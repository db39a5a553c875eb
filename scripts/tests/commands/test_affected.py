"""A change concerns the members that it touches or that the lock reaches, and who needs them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from roadworthy.gather.change import affected_since
from roadworthy.ops.tree import open_workspace
from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, member, trio

ALL = ["zq-alone", "zq-base", "zq-middle", "zq-app"]
DEPENDENTS = ["zq-base", "zq-middle", "zq-app"]
LOCK = """
version = 1
requires-python = ">=3.11"

[[package]]
name = "zq-alone"
version = "0.1.0"
source = {{ editable = "packages/zq-alone" }}
dependencies = [{{ name = "outer" }}]

[[package]]
name = "zq-middle"
version = "0.1.0"
source = {{ editable = "packages/zq-middle" }}

[package.dev-dependencies]
test = [{{ name = "tester" }}]

[[package]]
name = "outer"
version = "1.0"
source = {{ registry = "https://index.invalid/simple" }}
dependencies = [{{ name = "inner" }}]

[[package]]
name = "inner"
version = "{inner}"
source = {{ registry = "https://index.invalid/simple" }}

[[package]]
name = "tester"
version = "{tester}"
source = {{ registry = "https://index.invalid/simple" }}

[[package]]
name = "unused"
version = "{unused}"
source = {{ registry = "https://index.invalid/simple" }}
"""


def lock(inner: str = "1", tester: str = "1", unused: str = "1") -> str:
    """Return a lock file with some versions."""
    return LOCK.format(inner=inner, tester=tester, unused=unused)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return four members, three of which build on each other, on a branch of a change."""
    made = make_workspace(tmp_path / "workspace", {**trio(), **member("zq-alone")})
    made.commit("chore: lock", {"uv.lock": lock(), "README.md": "x\n", "noxfile.py": "x = 1\n"})
    made.git("switch", "--quiet", "--create", "change")
    return made


def concerned(repo: Repo, base: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the members that a change concerns, in their order, with why."""
    _, _, found = affected_since(open_workspace(repo.path), base)
    return {each.name: each.because for each in found}


def writing(path: str, text: str = "changed\n") -> Callable[[Repo], object]:
    return lambda repo: repo.commit("fix: it", {path: text})


def uncommitted(path: str) -> Callable[[Repo], object]:
    return lambda repo: (repo.path / path).write_text("new\n", "utf-8")


def removed(path: str) -> Callable[[Repo], object]:
    def remove(repo: Repo) -> None:
        repo.git("rm", "--quiet", path)
        repo.commit("fix: less")

    return remove


def manifest_edited(repo: Repo) -> None:
    path = "pyproject.toml"
    text = (repo.path / path).read_text("utf-8")
    repo.commit("chore: settings", {path: f"{text}\n[tool.ruff]\nline-length = 80\n"})


# Each change, and the members that it concerns, written down by hand.
CHANGES: dict[str, tuple[Callable[[Repo], object], list[str]]] = {
    "nothing": (lambda _: None, []),
    "code of the base": (writing("packages/zq-base/src/zq_base/more.py"), DEPENDENTS),
    "tests of the base": (writing("packages/zq-base/tests/test_it.py"), DEPENDENTS),
    "code in the middle": (
        writing("packages/zq-middle/src/zq_middle/more.py"),
        ["zq-middle", "zq-app"],
    ),
    "code of the application": (writing("packages/zq-app/README.md"), ["zq-app"]),
    "one that stands alone": (writing("packages/zq-alone/README.md"), ["zq-alone"]),
    "a file that is not committed yet": (
        uncommitted("packages/zq-alone/src/zq_alone/new.py"),
        ["zq-alone"],
    ),
    "a file that is gone": (removed("packages/zq-middle/README.md"), ["zq-middle", "zq-app"]),
    "documents of the whole": (writing("README.md"), []),
    "the root manifest": (manifest_edited, ALL),
    "the sessions": (writing("noxfile.py", "x = 2\n"), ALL),
    "a third party's version, far down": (writing("uv.lock", lock(inner="2")), ["zq-alone"]),
    "a version for tests": (writing("uv.lock", lock(tester="2")), ["zq-middle", "zq-app"]),
    "a version that no member takes": (writing("uv.lock", lock(unused="2")), []),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_concerns_whom_it_reaches(change: str, repo: Repo) -> None:
    make, expected = CHANGES[change]
    make(repo)
    assert list(concerned(repo)) == expected


def test_why_a_member_is_concerned_is_said(repo: Repo) -> None:
    repo.commit("fix: it", {"packages/zq-base/a.txt": "", "packages/zq-base/b.txt": ""})
    repo.commit("chore: lock", {"uv.lock": lock(inner="2")})
    assert concerned(repo) == {
        "zq-alone": ("inner 1 -> 2 in uv.lock",),
        "zq-base": ("packages/zq-base/a.txt and 1 more differ",),
        "zq-middle": ("it requires zq-base",),
        "zq-app": ("it requires zq-base",),
    }


def test_what_the_base_gained_meanwhile_is_no_change_of_ours(repo: Repo) -> None:
    repo.git("switch", "--quiet", "main")
    repo.commit("fix: there", {"packages/zq-alone/there.txt": ""})
    repo.git("switch", "--quiet", "change")
    repo.commit("fix: here", {"packages/zq-app/here.txt": ""})
    assert list(concerned(repo)) == ["zq-app"]
    assert list(concerned(repo, "HEAD~1")) == ["zq-app"]


def test_the_answer_is_the_contract_as_json(repo: Repo) -> None:
    repo.commit("fix: it", {"packages/zq-app/it.txt": ""})
    assert run(repo.path, "affected", "--json").json == {
        "schema": 1,
        "command": "affected",
        "ok": True,
        "problems": [],
        "base": repo.head("main"),
        "members": [
            {
                "name": "zq-app",
                "path": "packages/zq-app",
                "because": ["packages/zq-app/it.txt differs"],
            }
        ],
    }
    missing = run(repo.path, "affected", "--base", "nowhere")
    assert (missing.code, "`nowhere`" in missing.stderr) == (2, True)


def test_tests_run_for_those_alone_whom_a_change_concerns(repo: Repo) -> None:
    nothing = run(repo.path, "test", "--affected", "--base", "HEAD")
    assert (nothing.code, "There is nothing to test." in nothing.stdout) == (0, True)
    repo.commit("fix: it", {"packages/zq-app/it.txt": ""})
    named = run(repo.path, "test", "--affected", "--json").json["suites"]
    assert [suite["name"] for suite in named] == ["workspace", "zq-app"]
    alone = run(repo.path, "test", "--base", "HEAD")
    assert (alone.code, "works only with --affected" in alone.stderr) == (2, True)


def test_machines_share_the_members_and_each_is_tested_once(repo: Repo) -> None:
    parts = [run(repo.path, "test", "--shard", f"{n}/2", "--json").json["suites"] for n in (1, 2)]
    names = [suite["name"] for part in parts for suite in part]
    assert (sorted(names), all(parts)) == (sorted(["workspace", *ALL]), True)
    wrong = run(repo.path, "test", "--shard", "3/2")
    assert (wrong.code, "`3/2` is not a part of a whole" in wrong.stderr) == (2, True)
