"""The files that `uv lock` reads, in the working tree of the scratch clone."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from ...model.workspace.workspace import MANIFEST, Workspace
from ...ops.git.repository import LINK
from ...ops.tree import Tree

LOCK = "uv.lock"
# A distribution that the lock file takes from the workspace's own files.
TAKES_FILES = re.compile(r'\b(?:directory|path) = "')

# The new text of each file that changes; None for one that is gone.
Edits = Mapping[str, str | None]


def lay_out(tree: Tree, workspace: Workspace) -> Collection[str]:
    """Check out what uv reads, of a member its manifest alone; return what is there then.

    In a large workspace, to write all files and to remove them takes longer than all the rest.
    Without a lock file, uv reads nothing.
    """
    files = tree.modes()
    if files.get(LOCK, LINK) == LINK:
        return frozenset()
    folders = frozenset(m.path for m in workspace.members.values() if m.path != ".")
    read = [path for path in files if _is_read(path, folders)]
    tree.check_out(read)
    if TAKES_FILES.search((tree.root / LOCK).read_text("utf-8", "replace")):
        tree.check_out(files)
        return frozenset(files)
    return frozenset(read)


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
