"""What becomes of each file that a template owns, once the template has moved on.

Three states of a file are compared by content: as the project got it, as the template has
it now, and as the project has it. Nothing is replayed, so a file that went its own way
once is compared like any other.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath


class State(StrEnum):
    """How a file of the project stands to the template's."""

    SAME = "same"
    YOURS = "yours"  # changed or removed here alone: it stays so
    BEHIND = "behind"  # changed in the template alone: it is taken
    BOTH = "both"  # changed on both sides, and it merges
    CONFLICT = "conflict"  # changed on both sides, in the same lines
    NEW = "new"  # the template has it since
    GONE = "gone"  # the template has it no more, and nobody changed it here


# Where there is something to take.
TO_TAKE = frozenset({State.BEHIND, State.BOTH, State.CONFLICT, State.NEW, State.GONE})


@dataclass(frozen=True, slots=True)
class Blob:
    """A file as git has it: its mode, and the hash of its content."""

    mode: str
    hash: str


Files = Mapping[str, Blob]


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateFile:
    """A file of the template, and its three states; None where it is not there.

    `was` is its path in the project, where the template has renamed it since. A state of
    `both` is a guess until the file is merged.
    """

    path: str
    state: State
    was: str = ""
    base: Blob | None = None
    target: Blob | None = None
    here: Blob | None = None


def compared(
    base: Files, target: Files, here: Files, renames: Mapping[str, str]
) -> tuple[TemplateFile, ...]:
    """Compare the files that the template owned and owns with those of the project.

    `here` has all files of the project; `renames` maps paths of `base` to those of `target`.
    """
    former = {new: old for old, new in renames.items()}
    left = {old for old, new in renames.items() if old not in here or new not in here}
    paths = sorted({*base, *target} - left)
    found = (_compared(path, former.get(path, path), base, target, here) for path in paths)
    absent = _folders(base) - _folders(here)
    taken = _folders(here)
    return tuple(_respecting(file, absent, taken, here) for file in found if _is_any(file))


def _compared(path: str, former: str, base: Files, target: Files, here: Files) -> TemplateFile:
    place = former if path not in here else path
    states = base.get(former), target.get(path), here.get(place)
    was = former if states[2] and place != path else ""
    state = _state(*states, is_moved=bool(was))
    return TemplateFile(
        path=path, state=state, was=was, base=states[0], target=states[1], here=states[2]
    )


def _state(base: Blob | None, target: Blob | None, here: Blob | None, *, is_moved: bool) -> State:
    """Say how three states of a file stand to each other."""
    if here == target:
        return State.BEHIND if is_moved else State.SAME
    if base == target and not is_moved:
        return State.YOURS
    if here == base:
        if target is None:
            return State.GONE
        return State.NEW if base is None else State.BEHIND
    if target is None or here is None:
        return State.YOURS  # removed on one side, changed on the other: the project's counts
    return State.BOTH


def _is_any(file: TemplateFile) -> bool:
    return file.target is not None or file.here is not None


def _respecting(
    file: TemplateFile, absent: Collection[str], taken: Collection[str], here: Files
) -> TemplateFile:
    """Leave out a new file in a folder that the project removed, or where it has something else."""
    if file.state is not State.NEW and not file.was:
        return file
    above = set(_above(file.path))
    if above & {*absent} or above & here.keys() or file.path in taken:
        return replace(file, path=file.was or file.path, state=State.YOURS, was="")
    return file


def _folders(files: Collection[str]) -> set[str]:
    return {folder for file in files for folder in _above(file)}


def _above(file: str) -> Iterator[str]:
    """Return the folders that a file lies in, without the root."""
    return (str(folder) for folder in PurePosixPath(file).parents if folder.name)
