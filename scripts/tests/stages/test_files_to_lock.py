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
EDITED = MEMBER.replace("1.0", "1.1")
BASE = "packages/zq-base"
GONE = f"{BASE}/changes/a.misc.md"
FILES = {
    "pyproject.toml": ROOT,
    ".python-version": "3.11\n",
    "docs/index.md": "",
    f"{BASE}/pyproject.toml": MEMBER,
    f"{BASE}/CHANGELOG.md": "",
    f"{BASE}/README.md": "",
    GONE: "a note\n",
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
        ('{ directory = "packages/zq-base/vendor/zz" }', {LOCK, *FILES} - {GONE}),
        ('{ path = "packages/zq-base/vendor/zz.whl" }', {LOCK, *FILES} - {GONE}),
    ],
)
def test_what_uv_reads_is_written_as_it_is_after_the_edits(
    tmp_path: Path, source: str, laid_out: set[str], prefix: str
) -> None:
    repo = Repo.init(tmp_path / "w")
    texts = FILES | {LOCK: f'[[package]]\nname = "zq"\nsource = {source}\n'}
    repo.commit("start", {f"{prefix}/{path}".lstrip("/"): text for path, text in texts.items()})
    scratch = making.clone(str(repo.path), tmp_path / "scratch", "--no-checkout")
    tree = Tree.of(scratch, prefix=prefix)
    edits = {f"{BASE}/CHANGELOG.md": "1.1\n", f"{BASE}/pyproject.toml": EDITED, GONE: None}
    lay_out(tree, workspace_at(tree), edits)
    found = (path.relative_to(tree.root).as_posix() for path in tree.root.rglob("*"))
    written = {path: (tree.root / path).read_text("utf-8") for path in found if path in texts}
    assert written == {path: edits.get(path) or texts[path] for path in laid_out}
