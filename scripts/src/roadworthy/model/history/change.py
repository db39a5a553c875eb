"""Changes: commits, and what their messages say of them.

https://www.conventionalcommits.org/en/v1.0.0/
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ..version import Level
from .message import ChangelogEntry, carries_others, entries_of, is_understood

_REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,40})")
_REFERRED = re.compile(r"Refs: *(?P<hashes>[0-9a-f]{7,40}(?:, *[0-9a-f]{7,40})*)")
_RELEASED = re.compile(r"- (?P<name>\S+) (?P<version>\S+):(?: |$)")
RELEASE_SUBJECT = "release: "
# What a release commit is known by, whatever becomes of its first line: hooks, squashes and
# people write before and behind it. https://git-scm.com/docs/git-interpret-trailers
RELEASE_TRAILER = "Releases"
_TRAILER = re.compile(rf" *{RELEASE_TRAILER}: (?P<name>\S+)==(?P<version>\S+) *")


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """A commit of the history, and the files that it touches.

    `moves` are the files that it renames: the new path to the old one.
    """

    hash: str
    parents: tuple[str, ...]
    message: str
    files: tuple[str, ...]
    moves: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """Return the first line of the message; it may have none."""
        return self.message.partition("\n")[0].strip() or "a commit without a message"

    def level(self, ignored: Collection[str] = ()) -> Level:
        """Return the greatest change that the message tells of; ignored types tell of none."""
        return max(level for level, _ in self.entries(ignored))

    def entries(self, ignored: Collection[str] = ()) -> tuple[ChangelogEntry, ...]:
        """Return what the message tells, in words for people who use the member."""
        return entries_of(self.subject, self._body, ignored)

    @property
    def is_understood(self) -> bool:
        """Tell whether the message says by itself how far it reaches."""
        return is_understood(self.subject, self._body)

    @property
    def reverts(self) -> tuple[str, ...]:
        """Return the commits that this one takes back, each by its hash or the start of it."""
        hashes = _REVERTED.findall(self.message)
        if self.subject.startswith("revert"):
            hashes += (h for refs in _REFERRED.findall(self.message) for h in refs.split(", "))
        return tuple(hashes)

    @property
    def releases(self) -> Mapping[str, str]:
        """Return the versions that a release commit settles, by member; none for any other.

        Its trailers say so, also where it was squashed with others.
        """
        found = [each for line in self._body if (each := _TRAILER.fullmatch(line))]
        if not found and self.subject.startswith(RELEASE_SUBJECT):
            found = [each for line in self._body if (each := _RELEASED.match(line))]
        return {each["name"]: each["version"] for each in found}

    @property
    def is_release(self) -> bool:
        """Tell whether it settles versions, and tells of no other change."""
        return bool(self.releases) and not carries_others(self.subject, self._body)

    @property
    def _body(self) -> list[str]:
        """Return the lines after the first, as git has them: they end in no other way."""
        return [line.rstrip("\r") for line in self.message.split("\n")[1:]]
