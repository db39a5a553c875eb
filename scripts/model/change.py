"""Changes: commits, what they touch and what they mean.

https://www.conventionalcommits.org/en/v1.0.0/
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName

from .glob import matches
from .version import Level
from .workspace import MANIFEST, Member

SUBJECT = re.compile(r"(?P<type>\w+)(\((?P<scope>[^)]*)\))?(?P<breaking>!)?: +(?P<text>.+)")
BREAKING_FOOTERS = ("BREAKING CHANGE:", "BREAKING-CHANGE:")
RELEASE_SUBJECT = "release: "
RELEASE_FILES = {MANIFEST, "CHANGELOG.md", "uv.lock"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """A commit of the history, and the files that it touches."""

    hash: str
    parents: tuple[str, ...]
    message: str
    files: tuple[str, ...]

    @property
    def subject(self) -> str:
        """Return the first line of the message."""
        return self.message.partition("\n")[0].strip()

    @property
    def level(self) -> Level:
        """Return what the message says of the change: anything unmarked is a patch."""
        parsed = SUBJECT.fullmatch(self.subject)
        footers = self.message.splitlines()[1:]
        if any(line.startswith(BREAKING_FOOTERS) for line in footers):
            return Level.MAJOR
        if parsed is None:
            return Level.PATCH
        if parsed["breaking"]:
            return Level.MAJOR
        return Level.MINOR if parsed["type"].lower() == "feat" else Level.PATCH

    @property
    def text(self) -> str:
        """Return the subject without its type, for people who use the member."""
        parsed = SUBJECT.fullmatch(self.subject)
        return parsed["text"] if parsed else self.subject

    @property
    def is_release(self) -> bool:
        """Tell whether this is a release commit, which says nothing new."""
        names = {file.rpartition("/")[2] for file in self.files}
        return self.subject.startswith(RELEASE_SUBJECT) and names <= RELEASE_FILES


def commits_of_members(
    commits: Iterable[Commit], members: Iterable[Member], ignore: Sequence[str]
) -> Mapping[NormalizedName, tuple[Commit, ...]]:
    """Give each member the commits that touch it, in the order of the commits."""
    owners = {member.path: member.name for member in members}
    result: dict[NormalizedName, list[Commit]] = {name: [] for name in owners.values()}
    for commit in commits:
        files = (file for file in commit.files if not _is_ignored(file, ignore))
        for name in sorted({owner for file in files if (owner := _owner(file, owners))}):
            result[name].append(commit)
    return {name: tuple(found) for name, found in result.items()}


def ancestors(commits: Iterable[Commit], start: str) -> frozenset[str]:
    """Return the commits that a commit builds on, itself included."""
    parents = {commit.hash: commit.parents for commit in commits}
    seen, todo = {start}, [start]
    while todo:
        for parent in parents.get(todo.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return frozenset(seen)


def _is_ignored(file: str, ignore: Sequence[str]) -> bool:
    return any(matches(file, pattern) for pattern in ignore)


def _owner(file: str, owners: Mapping[str, NormalizedName]) -> NormalizedName | None:
    folder = file
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in owners:
            return owners[folder]
    return owners.get(".")
