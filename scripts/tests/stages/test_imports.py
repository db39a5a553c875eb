"""What members bring and import, read from their folders as they lie there."""

from pathlib import Path

import pytest

from roadworthy.stages.testing.imports import modules_of, undeclared_in
from roadworthy.stages.testing.suites import Suite, suites
from tests.helpers.workspaces import make_workspace, member


def laid_out(tmp_path: Path, files: dict[str, str]) -> dict[str, Suite]:
    """Return the suites of a workspace by their names."""
    repo = make_workspace(tmp_path / "workspace", files)
    return {suite.name: suite for suite in suites(repo.path)}


@pytest.mark.parametrize(
    ("file", "modules"),
    [
        ("src/zq_top/__init__.py", {"zq_top": "zq-top"}),
        ("src/zq/top/__init__.py", {"zq.top": "zq-top"}),
        ("src/zq/deep/er/top/__init__.py", {"zq.deep.er.top": "zq-top"}),
        ("src/zq_single.py", {"zq_single": "zq-top"}),
        ("zq_top/__init__.py", {"zq_top": "zq-top"}),
        ("zq/top/__init__.py", {"zq.top": "zq-top"}),
        ("setup.py", {}),
        ("tests/helpers/__init__.py", {}),
        ("docs/conf/__init__.py", {}),
    ],
)
def test_modules_are_found_in_every_layout(
    tmp_path: Path, file: str, modules: dict[str, str]
) -> None:
    files = member("zq-top")
    bare = {path: text for path, text in files.items() if not path.endswith(".py")}
    found = laid_out(tmp_path, {**bare, f"packages/zq-top/{file}": ""})
    assert modules_of(list(found.values())) == modules


def test_a_member_within_another_answers_for_itself(tmp_path: Path) -> None:
    inner = member("zq-inner", "zq-base>=0.1.0,<0.2")
    moved = {path.replace("zq-inner/", "zq-outer/inner/", 1): t for path, t in inner.items()}
    outer_files = {path.replace("/src/", "/"): t for path, t in member("zq-outer").items()}
    files = member("zq-base") | outer_files | moved
    repo = make_workspace(tmp_path / "workspace", files)
    root = repo.path / "pyproject.toml"
    wider = root.read_text("utf-8").replace('["packages/*"]', '["packages/*", "packages/*/inner"]')
    root.write_text(wider, "utf-8")
    every = suites(repo.path)
    folders = [suite.folder for suite in every]
    (outer,) = (suite for suite in every if suite.name == "zq-outer")
    assert undeclared_in(outer, modules_of(every), folders) == []
    assert [u.sibling for u in undeclared_in(outer, modules_of(every))] == ["zq-base"]


def test_where_a_backend_says_what_is_required_nothing_is_known(tmp_path: Path) -> None:
    found = laid_out(tmp_path, member("zq-base") | member("zq-top", code="import zq_base\n"))
    modules = modules_of(list(found.values()))
    assert [each.sibling for each in undeclared_in(found["zq-top"], modules)] == ["zq-base"]
    manifest = found["zq-top"].folder / "pyproject.toml"
    text = manifest.read_text("utf-8").replace("dependencies = []", 'dynamic = ["dependencies"]')
    manifest.write_text(text, "utf-8")
    again = suites(found["zq-top"].folder.parents[1])
    assert [undeclared_in(suite, modules) for suite in again if suite.name == "zq-top"] == [[]]
