"""A review of a change before it is merged: which members it touches, and what it tells of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.utils import NormalizedName

from ..problem import Problem
from ..workspace.workspace import Workspace
from .change import Commit
from .history import commits_of_members
from .note import FOLDER, is_note


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """The members that a change touches, and those of them that it has a note for.

    Those that are `quiet` are touched by commits alone of types that release nothing.
    """

    base: str
    changed: tuple[NormalizedName, ...]
    noted: tuple[NormalizedName, ...]
    quiet: tuple[NormalizedName, ...] = ()

    @property
    def without_note(self) -> tuple[NormalizedName, ...]:
        """Return the members that change without a note."""
        told = {*self.noted, *self.quiet}
        return tuple(name for name in self.changed if name not in told)


def review(
    workspace: Workspace, base: str, files: Iterable[str], commits: Iterable[Commit] = ()
) -> Review:
    """Say what the files of a change mean for the members that are ever released.

    Its commits tell for whom it is nothing to be told.
    """
    released = {n: m for n, m in workspace.members.items() if not m.never_released}
    whole = Commit(hash="", parents=(), message="", files=tuple(files))
    touching = commits_of_members([whole], workspace.members.values(), workspace.settings.ignore)
    settings, members = workspace.settings, workspace.members.values()
    said = commits_of_members(commits, members, settings.ignore)
    quiet = {
        name
        for name, own in said.items()
        if own and not any(commit.level(settings.ignore_types) for commit in own)
    }
    folders = {file.rpartition("/")[0] for file in whole.files if is_note(file)}
    return Review(
        base=base,
        changed=tuple(name for name in released if touching[name]),
        quiet=tuple(name for name in released if touching[name] and name in quiet),
        noted=tuple(name for name, m in released.items() if m.file(FOLDER) in folders),
    )


def note_problems(found: Review, workspace: Workspace) -> Iterator[Problem]:
    """Find the notes that are missing, where the workspace requires them."""
    for name in found.without_note if workspace.settings.require_notes else ():
        hint = f'write one: `nox -s change -- {name} fix "What people will notice"`'
        yield Problem(
            "note-missing", f"{name} changes, and there is no change note for it", hint, name
        )
