"""The files that `uv lock` reads, in the working tree of the scratch clone."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from ...model.workspace.workspace import MANIFEST, Workspace
from ...ops.tree import Tree

LOCK = "uv.lock"
# A distribution that the lock file takes from the workspace's own files.
TAKES_FILES = re.compile(r'\b(?:directory|path) = "')

# The new text of each file that changes; None for one that is gone.
Edits = Mapping[str, str | None]


def lay_out(tree: Tree, workspace: Workspace, edits: Edits) -> None:
    """Check out what is edited, and what uv reads: of a member, its manifest alone.

    In a large workspace, to write all files and to remove them takes longer than all the rest.
    """
    files = tree.modes()
    folders = frozenset(m.path for m in workspace.members.values() if m.path != ".")
    tree.check_out([p for p in files if p in edits or _is_read(p, folders)])
    lock = tree.root / LOCK
    if lock.is_file() and TAKES_FILES.search(lock.read_text("utf-8", "replace")):
        tree.check_out(files)


def write_edits(root: Path, edits: Edits) -> None:
    """Write the new texts of files below a folder."""
    for path, text in edits.items():
        if text is None:
            (root / path).unlink()
        else:
            (root / path).write_bytes(text.encode("utf-8", "surrogateescape"))


def _is_read(path: str, folders: Collection[str]) -> bool:
    """Tell whether a file is a manifest, or lies outside of all members but the root."""
    folder, _, name = path.rpartition("/")
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return name == MANIFEST or not folder
