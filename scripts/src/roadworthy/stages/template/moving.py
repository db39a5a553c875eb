"""Rename and remove members in the working tree: all of it, or nothing."""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import NormalizedName

from ...model.problem import Failure, Problem, UsageFailure, stop_on
from ...model.template.member import without_place
from ...model.template.renaming import Renaming, named_in, texts_after
from ...model.workspace.manifest import without_member
from ...model.workspace.requirement import Kind
from ...model.workspace.toml import table_of
from ...model.workspace.umbrella import is_umbrella
from ...model.workspace.workspace import LOCK, MANIFEST, Member, Workspace
from ...ops import process, uv
from ...ops.git import settings as git_settings
from ...ops.git.repository import Repository
from ..change.note import write_note


def require_clean(checkout: Repository) -> None:
    """Raise `UsageFailure` where the working tree has changes: they would be mixed up."""
    if checkout.changed():
        hint = "commit, stash or ignore these changes"
        raise UsageFailure(Problem("tree-not-clean", "the working tree is not clean", hint))


def texts_of(root: Path, files: Collection[str]) -> dict[str, str]:
    """Return the files that are texts, without the links to others."""
    found = {}
    for path in files:
        if (root / path).is_symlink():
            continue
        try:
            found[path] = (root / path).read_bytes().decode("utf-8")
        except (OSError, ValueError):  # a submodule, or a picture
            continue
    return found


def rename(
    root: Path, workspace: Workspace, member: Member, new: str, files: Sequence[str]
) -> tuple[Renaming, list[str]]:
    """Give a member another name; return what that is, and the files that change.

    Raises `UsageFailure` where something has the new name already, and `Failure` where uv
    cannot lock: all is as before then.
    """
    renaming = Renaming.of(member, new, files)
    after = texts_after(texts_of(root, files), renaming)
    moved = {path: renaming.path(path) for path in files if renaming.path(path) != path}
    stop_on(_in_the_way(root, workspace, renaming, moved), UsageFailure)
    dependents = [m for m in workspace.members.values() if _requires(m, member.name)]
    made = {*moved.values()}
    with _or_as_before(root, {*after, *moved, LOCK}, made):
        for path, place in moved.items():
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / path).rename(root / place)
            _prune(root, root / path)
        for path, text in after.items():
            (root / path).write_bytes(text.encode("utf-8"))
        for note in _notes(root, dependents, f"Requires {new} in place of {renaming.old}"):
            made.add(note)
        uv.lock(root, git_settings.unbound())
    return renaming, sorted({*after, *made})


def remove(
    root: Path, workspace: Workspace, member: Member, files: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Remove a member that no sibling builds on; return what changes, and what still names it.

    Raises `UsageFailure` for one that is required, and `Failure` where uv cannot lock.
    """
    stop_on(_needed(workspace, member), UsageFailure)
    folders = [f"{each.path}/" for each in workspace.members.values()]
    within = tuple(f for f in folders if f.startswith(f"{member.path}/") and f != f"{member.path}/")
    own = [p for p in files if p.startswith(f"{member.path}/") and not p.startswith(within)]
    others = texts_of(root, [path for path in files if path not in own])
    edits = dict(_without(others, member))
    with _or_as_before(root, {*own, *edits, LOCK}, set()):
        for path in own:
            (root / path).unlink()
            _prune(root, root / path)
        for path, text in edits.items():
            (root / path).write_bytes(text.encode("utf-8"))
        uv.lock(root, git_settings.unbound())
    left = named_in({**others, **edits}, str(member.name)) if "-" in member.name else []
    return [*sorted(edits), f"{member.path}/"], left


def _in_the_way(
    root: Path, workspace: Workspace, renaming: Renaming, moved: Mapping[str, str]
) -> Iterator[Problem]:
    """Find files that would be overwritten, and a sibling that is imported by the new name."""
    hint = "choose another name, or move it away"
    there = [path for path in moved.values() if os.path.lexists(root / path) and path not in moved]
    if there:
        yield Problem("folder-not-empty", f"{there[0]} is there already", hint)
    package = renaming.new_module.replace(".", "/")
    for other in workspace.members.values() if package else ():
        if other.name != renaming.old and (root / other.file(f"src/{package}")).exists():
            message = f"{other.name} is imported as `{renaming.new_module}` already"
            yield Problem("name-import", message, hint, other.name)


def _requires(member: Member, name: NormalizedName) -> bool:
    kinds = {Kind.REQUIRED, Kind.EXTRA, Kind.BUILD}
    return any(r.sibling == name and r.kind in kinds for r in member.requirements)


def _needed(workspace: Workspace, member: Member) -> Iterator[Problem]:
    for other in workspace.members.values():
        if other.path != "." and _requires(other, member.name):
            message = f"{other.name} requires {member.name}"
            hint = f"take it out of {other.path} first: its code and its manifest"
            yield Problem("member-required", message, hint, other.name)


def _notes(root: Path, dependents: Sequence[Member], text: str) -> Iterator[str]:
    """Tell the users of each dependent, where it has notes of its own or could have."""
    for dependent in dependents:
        if dependent.path != "." and (root / dependent.path).is_dir():
            yield write_note(root, dependent, "fix", text)


def _without(texts: Mapping[str, str], member: Member) -> Iterator[tuple[str, str]]:
    """Take a member out of all manifests: requirements, sources, and settings."""
    for path, text in texts.items():
        if path.rpartition("/")[2] != MANIFEST:
            continue
        after = text
        if path == MANIFEST and is_umbrella(table_of(path, text)):
            after = without_place(after, member.name)
        folder = member.path if path == MANIFEST else ""
        after = without_member(after, member.name, folder)
        if after != text:
            yield path, after


def _prune(root: Path, path: Path) -> None:
    """Remove the folders that a file left empty."""
    for folder in path.parents:
        if folder == root or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()


@contextmanager
def _or_as_before(root: Path, changing: Collection[str], made: Collection[str]) -> Iterator[None]:
    """Put everything back where something fails, whatever it is."""
    with TemporaryDirectory() as kept:
        saved = [path for path in changing if _copied(root / path, Path(kept, path))]
        try:
            yield
        except BaseException as error:
            for place in (root / path for path in made):
                place.unlink(missing_ok=True)
                _prune(root, place)
            for path in saved:
                _copied(Path(kept, path), root / path)
            if isinstance(error, process.CommandFailure):
                raise _cannot_lock(error) from None
            raise


def _copied(source: Path, target: Path) -> bool:
    """Copy a file or a link with its mode, and say whether there is one."""
    if not source.is_symlink() and not source.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)
    return True


def _cannot_lock(error: process.CommandFailure) -> Failure:
    hint = "nothing was changed; see what uv says"
    return Failure(Problem("member-lock", f"uv cannot lock:\n{error.output.strip()}", hint))
