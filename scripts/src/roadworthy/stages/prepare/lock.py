"""Bring `uv.lock` up to date with manifests that changed.

To know what members require, uv reads their manifests, and builds those whose manifests do
not say it. Where none has to be built, uv may have our credentials: private indexes and
repositories may need them. Else `built_lock` has uv build them, without any.
"""

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from ...model.workspace.workspace import MANIFEST, Workspace
from ...ops import process, uv
from ...ops.git import settings as git_settings
from ...ops.python import python_for
from ...ops.tree import Tree
from .files import LOCK, Edits, write_edits

# How uv says that something has to be built, and may not be.
MAY_NOT_BUILD = "is disabled"


def updated_lock(
    tree: Tree, workspace: Workspace, edits: Edits, read: Collection[str]
) -> str | None:
    """Return the text of the lock file after edits; None where there is none, or it stays.

    `read` is what was laid out of the tree, for uv to read.
    Raises `Failure` where uv cannot, or where it would change more than it has to.
    """
    is_concerned = any(PurePosixPath(path).name == MANIFEST for path in edits)
    if not is_concerned or LOCK not in read:
        return None
    write_edits(tree.root, {path: text for path, text in edits.items() if path in read})
    file = tree.root / LOCK
    before = file.read_bytes()
    hidden = [member for member in workspace.members.values() if member.build.hides_metadata]
    python = python_for(str(workspace.requires_python))  # uv locks for one that all members admit
    if hidden or not _locked_without_builds(tree.root, python):
        from .built_lock import built_and_locked  # noqa: PLC0415 - most have nothing to build

        return built_and_locked(tree, workspace, hidden, edits, python)
    after = file.read_bytes()
    return None if after == before else after.decode().replace("\r\n", "\n")


def _locked_without_builds(root: Path, python: str) -> bool:
    """Let uv lock from the manifests alone; tell whether they say all that it has to know."""
    try:
        uv.lock(root, git_settings.unbound(), "--no-build", python=python)
    except process.CommandFailure as failure:
        if MAY_NOT_BUILD not in failure.output:
            raise
        return False
    return True
