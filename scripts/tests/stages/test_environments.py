"""The folder that a member's tests are run in where its wheel is what is tested."""

from pathlib import Path

from roadworthy.stages.testing.environments import Variant
from roadworthy.stages.testing.suites import Suite, suites
from tests.helpers.workspaces import make_workspace, member

TESTS = {"packages/zq-base/tests/test_it.py": "import zq_base\n"}
KEPT = ["README.md", "pyproject.toml", "tests/test_it.py"]
BUILT = Variant(is_built=True)


def flat(tmp_path: Path) -> tuple[Path, Suite]:
    """Return a workspace and its member, whose package lies beside its tests."""
    files = {path.replace("/src/", "/"): text for path, text in member("zq-base").items()}
    root = make_workspace(tmp_path / "workspace", files | TESTS).path
    (suite,) = (each for each in suites(root) if each.name == "zq-base")
    return root, suite


def names(folder: Path) -> list[str]:
    """Return the files in a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_tests_of_a_wheel_run_without_the_source_beside_them(tmp_path: Path) -> None:
    root, suite = flat(tmp_path)
    assert names(suite.folder) == [*KEPT, "zq_base/__init__.py"]
    assert names(BUILT.folder(root, suite)) == KEPT


def test_what_a_run_before_left_in_the_folder_is_gone(tmp_path: Path) -> None:
    root, suite = flat(tmp_path)
    first = BUILT.folder(root, suite)
    (first / "tests/test_old.py").write_text("", "utf-8")
    assert BUILT.folder(root, suite) == first
    assert names(first) == KEPT


def test_where_nothing_would_be_imported_from_the_source_tests_stay_where_they_are(
    tmp_path: Path,
) -> None:
    root, suite = flat(tmp_path)
    assert Variant().folder(root, suite) == suite.folder
    (suite.folder / "src").mkdir()
    assert BUILT.folder(root, suite) == suite.folder
