"""Bring `uv.lock` up to date where uv has to build a member to know what it requires.

The index is read first, with credentials and without a build; then uv builds what it has
to in a job of its own, from what was read.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from ...model.problem import Failure, Problem
from ...model.workspace.lockfile import other_changes, outlined
from ...model.workspace.version_source import FromTag
from ...model.workspace.workspace import MANIFEST, Member, Workspace
from ...ops import process, uv
from ...ops.git import settings as git_settings
from ...ops.tree import Tree
from ..build.backends import FOLDER, fill
from ..checkout import own_source
from ..job import UV_CACHE, job
from .files import LOCK, Edits, write_edits


def built_and_locked(
    tree: Tree, workspace: Workspace, hidden: list[Member], edits: Edits, python: str
) -> str:
    """Let uv build what it has to, away from everything, and return the lock file alone."""
    root = tree.root
    before = (root / LOCK).read_text("utf-8")
    cache = Path(uv.cache_folder()) / FOLDER / _key(workspace)
    known = [before, *_read_first(root, workspace, hidden, cache, python)]
    with job(cache) as own:
        has_tags = any(isinstance(member.source, FromTag) for member in hidden)
        source = own_source(tree, own.folder / "source", with_history=has_tags)
        write_edits(source.path / tree.prefix, edits)
        place = source.path / tree.prefix
        try:
            uv.lock(place, own.environment, "--offline", python=python)
        except process.CommandFailure:
            uv.lock(place, own.environment, python=python)
        updated = (place / LOCK).read_text("utf-8", "replace")
    others = sorted(other_changes(updated, known, {member.name for member in hidden}))
    if others:
        message = f"{LOCK} would change more than the members that are released: {others[0]}"
        hint = "run `uv lock`, check what it changes, and commit that first"
        raise Failure(Problem("lock-changes-more", message, hint))
    return updated


def _read_first(
    root: Path, workspace: Workspace, hidden: list[Member], cache: Path, python: str
) -> list[str]:
    """Fill a cache with what the index has, and return the lock file that this gives, if any.

    The manifests are copied, with what the members are known to require: none is built.
    """
    with job() as own, suppress(Failure):
        fill(cache, hidden)
        outline = own.folder / "outline"
        for path in {MANIFEST, LOCK, *(m.file(MANIFEST) for m in workspace.members.values())}:
            (outline / path).parent.mkdir(parents=True, exist_ok=True)
            (outline / path).write_bytes((root / path).read_bytes())
        manifest, lock = ((root / name).read_text("utf-8") for name in (MANIFEST, LOCK))
        text = outlined(manifest, lock, [member.name for member in hidden])
        (outline / MANIFEST).write_text(text, "utf-8")
        environment = {**git_settings.unbound(), UV_CACHE: str(cache)}
        uv.lock(outline, environment, "--no-build", python=python)
        return [(outline / LOCK).read_text("utf-8")]
    return []


def _key(workspace: Workspace) -> str:
    names = "\n".join(sorted(workspace.members))
    return "lock-" + hashlib.sha256(names.encode()).hexdigest()[:16]
