"""Of a member, `uv lock` reads the manifest alone: nothing else of it is checked out."""

from pathlib import Path

import pytest

from roadworthy.gather.workspace import workspace_at
from roadworthy.ops.git import making
from roadworthy.ops.tree import Tree
from roadworthy.stages.prepare.files import LOCK, lay_out
from tests.helpers.repository import Repo

ROOT = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
MEMBER = '[project]\nname = "zq-base"\nversion = "1.0"\n'
BASE = "packages/zq-base"
FILES = {
    "pyproject.toml": ROOT,
    ".python-version": "3.11\n",
    "docs/index.md": "",
    f"{BASE}/pyproject.toml": MEMBER,
    f"{BASE}/CHANGELOG.md": "",
    f"{BASE}/README.md": "",
    f"{BASE}/vendor/zz/pyproject.toml": "",
    f"{BASE}/vendor/zz/zz.py": "",
}
READ = {
    *(LOCK, "pyproject.toml", ".python-version", "docs/index.md"),
    *(f"{BASE}/pyproject.toml", f"{BASE}/vendor/zz/pyproject.toml"),
}


@pytest.mark.parametrize("prefix", ["", "below"])
@pytest.mark.parametrize(
    ("source", "laid_out"),
    [
        ('{ editable = "packages/zq-base" }', READ),
        ('{ directory = "packages/zq-base/vendor/zz" }', {LOCK, *FILES}),
        ('{ path = "packages/zq-base/vendor/zz.whl" }', {LOCK, *FILES}),
    ],
)
def test_what_uv_reads_is_checked_out(
    tmp_path: Path, source: str, laid_out: set[str], prefix: str
) -> None:
    repo = Repo.init(tmp_path / "w")
    texts = FILES | {LOCK: f'[[package]]\nname = "zq"\nsource = {source}\n'}
    repo.commit("start", {f"{prefix}/{path}".lstrip("/"): text for path, text in texts.items()})
    scratch = making.clone(str(repo.path), tmp_path / "scratch", "--no-checkout")
    tree = Tree.of(scratch, prefix=prefix)
    read = lay_out(tree, workspace_at(tree))
    found = (path.relative_to(tree.root).as_posix() for path in tree.root.rglob("*"))
    assert {path for path in found if path in texts} == read == laid_out


def test_without_a_lock_file_uv_reads_nothing(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path / "w")
    repo.commit("start", FILES)
    tree = Tree.of(making.clone(str(repo.path), tmp_path / "scratch", "--no-checkout"))
    assert lay_out(tree, workspace_at(tree)) == frozenset()
    assert [path.name for path in tree.root.iterdir()] == [".git"]
