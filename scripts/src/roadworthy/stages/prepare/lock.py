"""Bring `uv.lock` up to date with manifests that changed.

To know what members require, uv reads their manifests, and builds those whose manifests do
not say it. Where none has to be built, uv may have our credentials: private indexes and
repositories may need them. Else the index is read first, with credentials and without a
build, and then uv builds what it has to in a job of its own, from what was read.
"""

import hashlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from ...model.problem import Failure, Problem
from ...model.workspace.lockfile import other_changes, outlined
from ...model.workspace.version_source import FromTag
from ...model.workspace.workspace import MANIFEST, Member, Workspace
from ...ops import process, uv
from ...ops.git import settings as git_settings
from ...ops.git.repository import LINK
from ...ops.python import python_for
from ...ops.tree import Tree
from ..build.backends import FOLDER, fill
from ..checkout import own_source
from ..job import UV_CACHE, job
from .files import LOCK, Edits, lay_out, write_edits

# How uv says that something has to be built, and may not be.
MAY_NOT_BUILD = "is disabled"


def updated_lock(tree: Tree, workspace: Workspace, edits: Edits) -> str | None:
    """Return the text of the lock file after edits; None where there is none, or it stays.

    Raises `Failure` where uv cannot, or where it would change more than it has to.
    """
    is_concerned = any(PurePosixPath(path).name == MANIFEST for path in edits)
    if not is_concerned or tree.modes().get(LOCK, LINK) == LINK:
        return None
    lay_out(tree, workspace, edits)
    file = tree.root / LOCK
    before = file.read_bytes()
    write_edits(tree.root, edits)
    hidden = [member for member in workspace.members.values() if member.build.hides_metadata]
    if hidden or not _locked_without_builds(tree.root, _python(workspace)):
        return _built_and_locked(tree, workspace, hidden, edits)
    after = file.read_bytes()
    return None if after == before else after.decode().replace("\r\n", "\n")


def _python(workspace: Workspace) -> str:
    """Return an interpreter that all members admit: uv locks for no other."""
    return python_for(str(workspace.requires_python))


def _locked_without_builds(root: Path, python: str) -> bool:
    """Let uv lock from the manifests alone; tell whether they say all that it has to know."""
    try:
        uv.lock(root, git_settings.unbound(), "--no-build", python=python)
    except process.CommandFailure as failure:
        if MAY_NOT_BUILD not in failure.output:
            raise
        return False
    return True


def _built_and_locked(tree: Tree, workspace: Workspace, hidden: list[Member], edits: Edits) -> str:
    """Let uv build what it has to, away from everything, and return the lock file alone."""
    root = tree.root
    before = (root / LOCK).read_text("utf-8")
    cache = Path(uv.cache_folder()) / FOLDER / _key(workspace)
    python = _python(workspace)
    known = [before, *_read_first(root, workspace, hidden, cache)]
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


def _read_first(root: Path, workspace: Workspace, hidden: list[Member], cache: Path) -> list[str]:
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
        uv.lock(outline, environment, "--no-build", python=_python(workspace))
        return [(outline / LOCK).read_text("utf-8")]
    return []


def _key(workspace: Workspace) -> str:
    names = "\n".join(sorted(workspace.members))
    return "lock-" + hashlib.sha256(names.encode()).hexdigest()[:16]
