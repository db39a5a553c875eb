"""The history of a workspace: which member a commit belongs to, and what a tag has behind it.

Each is found in one pass over the commits, so that it does not grow with the members
times the commits.
"""

from collections.abc import Iterable, Mapping, Sequence

from packaging.utils import NormalizedName

from ..workspace.glob import matches
from ..workspace.workspace import MANIFEST, Member
from .change import Commit


class Behind:
    """Tells which commits an end, such as the commit of a tag, builds on.

    The commits come with children before their parents. Each commit gets a number
    with one bit for each end that it is behind, handed down from child to parent.
    """

    def __init__(self, commits: Iterable[Commit], ends: Iterable[str]) -> None:
        """Mark what is behind each of the ends."""
        self._bits = {end: 1 << place for place, end in enumerate(dict.fromkeys(ends))}
        self._marks: dict[str, int] = {}
        for commit in commits:
            mark = self._marks.get(commit.hash, 0) | self._bits.get(commit.hash, 0)
            self._marks[commit.hash] = mark
            for parent in commit.parents:
                self._marks[parent] = self._marks.get(parent, 0) | mark

    def __call__(self, commit: Commit, end: str) -> bool:
        """Tell whether an end builds on a commit, or is that commit."""
        return bool(self._marks.get(commit.hash, 0) & self._bits[end])


def commits_of_members(
    commits: Iterable[Commit], members: Iterable[Member], ignore: Sequence[str]
) -> Mapping[NormalizedName, tuple[Commit, ...]]:
    """Give each member the commits that touch it, newest first as they come.

    A member whose folder was moved keeps those that touched the folder before.
    """
    known = {member.name: member for member in members}
    owners = {member.path: name for name, member in known.items()}
    takers = [member for member in known.values() if member.content.outside]
    result: dict[NormalizedName, list[Commit]] = {name: [] for name in known}
    for commit in commits:
        for new, old in commit.moves.items():
            if new.endswith(f"/{MANIFEST}") and _folder(new) in owners:
                owners[_folder(old)] = owners[_folder(new)]
        files = [file for file in commit.files if not is_ignored(file, ignore)]
        found = {m.name for m in takers for file in files if m.content.has_outside(file)}
        found |= {o for f in files if (o := owner_of(f, owners)) and known[o].is_made_of(f)}
        for name in sorted(found):
            result[name].append(commit)
    return {name: tuple(found) for name, found in result.items()}


def without_reverted(commits: Sequence[Commit]) -> tuple[Commit, ...]:
    """Leave out what was taken back, and what took it back; the newest commit comes first."""
    gone: set[str] = set()
    for commit in commits:
        taken_back = set() if commit.hash in gone else _named(commit.reverts, commits)
        if taken_back:
            gone |= {commit.hash} | taken_back
    return tuple(commit for commit in commits if commit.hash not in gone)


def _named(hashes: Sequence[str], commits: Sequence[Commit]) -> set[str]:
    """Return the commits that are named; none of them unless all are there."""
    found = {c.hash for h in hashes for c in commits if c.hash.startswith(h)}
    return found if len(found) == len(hashes) else set()


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def is_ignored(file: str, ignore: Sequence[str]) -> bool:
    """Tell whether a change of a file causes no release."""
    return any(matches(file, pattern) for pattern in ignore)


def owner_of(file: str, owners: Mapping[str, NormalizedName]) -> NormalizedName | None:
    """Return the member in whose folder a file lies: the nearest of those that hold it."""
    folder = file
    while folder:
        folder = _folder(folder)
        if folder in owners:
            return owners[folder]
    return owners.get(".")
