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
    """Write what uv reads, as it is after the edits: of a member, its manifest alone.

    In a large workspace, to write all files and to remove them takes longer than all the rest.
    """
    folders = frozenset(m.path for m in workspace.members.values() if m.path != ".")
    read = [path for path in tree.modes() if _is_read(path, folders)]
    tree.check_out(path for path in read if path not in edits)
    lock = tree.root / LOCK
    if lock.is_file() and TAKES_FILES.search(lock.read_text("utf-8", "replace")):
        read = list(tree.modes())
        tree.check_out(path for path in read if path not in edits)
    write_edits(tree.root, {path: edits[path] for path in read if edits.get(path) is not None})


def write_edits(root: Path, edits: Edits) -> None:
    """Write the new texts of files below a folder."""
    for path, text in edits.items():
        file = root / path
        if text is None:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogateescape"))


def _is_read(path: str, folders: Collection[str]) -> bool:
    """Tell whether a file is a manifest, or lies outside of all members but the root."""
    folder, _, name = path.rpartition("/")
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return name == MANIFEST or not folder
