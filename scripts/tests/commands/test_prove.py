"""Members' own tests are run against what is about to be released, on request."""

from pathlib import Path

import pytest

from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, member

GROUP = '[dependency-groups]\ntest = ["pytest"]\n'
USES = "import zq_base\n\n\ndef test_it() -> None:\n    assert zq_base.answer() == 42\n"
OWN = "from zq_top import ask\n\n\ndef test_it() -> None:\n    assert ask() == 42\n"
BASE = "packages/zq-base/src/zq_base/__init__.py"
ANSWER = "def answer() -> int:\n    return 42\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return two members with tests, both released, of which the first has changed since."""
    ask = "import zq_base\n\n\ndef ask() -> int:\n    return zq_base.answer()\n"
    files = {
        **member("zq-base", code=ANSWER, more=GROUP),
        **member("zq-top", "zq-base>=0.1.0,<0.2", code=ask, more=GROUP),
        "packages/zq-base/tests/test_it.py": USES,
        "packages/zq-top/tests/test_it.py": OWN,
    }
    made = make_workspace(tmp_path / "workspace", unlocked(files))
    made.tag("zq-base/v0.1.0", "zq-top/v0.1.0")
    return made


def unlocked(files: dict[str, str]) -> dict[str, str]:
    """Return the files with nothing to lock, so that no index is asked to make them."""
    return {path: text.replace(GROUP, "") for path, text in files.items()}


def with_groups(repo: Repo) -> None:
    """Give both members the group that their tests need; the lock file is left out."""
    files = {}
    for name in ("zq-base", "zq-top"):
        path = f"packages/{name}/pyproject.toml"
        text = (repo.path / path).read_text("utf-8")
        files[path] = text.replace("[build-system]", f"{GROUP}\n[build-system]")
    (repo.path / "uv.lock").unlink()
    repo.commit("chore: tests", files)
    for name in ("zq-base/v0.1.0", "zq-top/v0.1.0"):
        repo.git("tag", "--force", name)


def proven(done: Done) -> list[tuple[str, str, bool]]:
    """Return each proof, and whether it held."""
    found = done.json["results"]
    return sorted((r["route"], r["member"], r["ok"]) for r in found if "prove" in r["route"])


def rehearsed(repo: Repo, *options: str) -> Done:
    return run(repo.path, "release", "--index", "", "--installer", "uv", "--json", *options)


@pytest.mark.exhaustive
def test_all_proofs_hold_where_nothing_breaks(repo: Repo) -> None:
    with_groups(repo)
    repo.commit("fix: it", {BASE: f"{ANSWER}# more\n"})
    done = rehearsed(repo, "--prove")
    assert proven(done) == [
        ("prove-dependents", "zq-base", True),
        ("prove-floor", "zq-base", True),
        ("prove-wheel", "zq-base", True),
    ], done.stderr


@pytest.mark.exhaustive
def test_what_breaks_the_released_dependents_is_said_before_anything_leaves(repo: Repo) -> None:
    with_groups(repo)
    own = "packages/zq-base/tests/test_it.py"
    repo.commit("fix: it", {BASE: ANSWER.replace("42", "41"), own: USES.replace("42", "41")})
    done = rehearsed(repo, "--prove", "wheel,dependents")
    (problem,) = done.json["problems"]
    assert (done.code, problem["member"]) == (1, "zq-base"), done.stderr
    assert "the tests of zq-top, as released, fail with it: its tests fail" in problem["message"]
    assert "`--bump zq-base=major` says so" in problem["message"]


def test_a_wheel_that_lacks_what_the_source_has_is_found(repo: Repo) -> None:
    with_groups(repo)
    path = "packages/zq-base/pyproject.toml"
    text = (repo.path / path).read_text("utf-8")
    left_out = '\n[tool.uv.build-backend]\nwheel-exclude = ["**/part.py"]\n'
    lazy = "def answer() -> int:\n    from .part import number\n\n    return number\n"
    part = "packages/zq-base/src/zq_base/part.py"
    repo.commit("fix: it", {BASE: lazy, part: "number = 42\n", path: text + left_out})
    (problem,) = rehearsed(repo, "--prove", "wheel").json["problems"]
    assert "its tests fail" in problem["message"]
    assert "No module named 'zq_base.part'" in problem["message"]


@pytest.mark.exhaustive
def test_a_member_without_tests_is_said(repo: Repo) -> None:
    repo.git("rm", "-r", "--quiet", "packages/zq-base/tests")
    repo.commit("fix: it", {BASE: f"{ANSWER}# more\n"})
    done = rehearsed(repo, "--prove", "wheel")
    (note,) = {r["note"] for r in done.json["results"] if not r["tried"]}
    assert (done.code, note) == (0, "zq-base has no folder `tests`: prove-wheel tried nothing")


def test_what_is_no_proof_is_refused(repo: Repo) -> None:
    done = run(repo.path, "release", "--prove", "everything")
    assert (done.code, "`everything` is not wheel, floor, dependents" in done.stderr) == (2, True)


@pytest.mark.exhaustive
def test_a_floor_is_the_oldest_release_that_a_range_has(repo: Repo) -> None:
    with_groups(repo)
    base = "packages/zq-base/pyproject.toml"
    later = (repo.path / base).read_text("utf-8").replace('"0.1.0"', '"0.1.1"')
    more = f"{ANSWER}\n\ndef more() -> int:\n    return 42\n"
    repo.commit("feat: more", {BASE: more, base: later})
    repo.tag("zq-base/v0.1.1")
    uses = "import zq_base\n\n\ndef ask() -> int:\n    return zq_base.more()\n"
    repo.commit("feat: more", {"packages/zq-top/src/zq_top/__init__.py": uses})
    assert proven(rehearsed(repo, "--prove", "wheel")) == [("prove-wheel", "zq-top", True)]
    (problem,) = rehearsed(repo, "--prove", "floor").json["problems"]
    assert (problem["member"], "its tests fail" in problem["message"]) == ("zq-top", True)
