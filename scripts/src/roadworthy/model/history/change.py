"""Changes: commits, and what their messages say of them.

https://www.conventionalcommits.org/en/v1.0.0/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..version import Level

ChangelogEntry = tuple[Level, str]

_HEADER = re.compile(r"(?P<type>\w+)(\((?P<scope>[^)]*)\))?(?P<breaking>!)?: +(?P<text>.+)")
# What a forge lists of the commits that it squashes into one.
_LISTED = re.compile(r"[*-] +((?:feat|fix|perf|refactor|revert)(?:\([^)]*\))?!?: +.+)")
_BREAKING = re.compile(r"BREAKING[ -]CHANGE: +(?P<text>.+)")
_FOOTER = re.compile(r"[A-Za-z-]+(: | #)|BREAKING CHANGE: ")
_REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,40})")
_REFERRED = re.compile(r"Refs: *(?P<hashes>[0-9a-f]{7,40}(?:, *[0-9a-f]{7,40})*)")
_RELEASED = re.compile(r"- (?P<name>\S+) (?P<version>\S+):(?: |$)")
RELEASE_SUBJECT = "release: "


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

    @property
    def level(self) -> Level:
        """Return the greatest change that the message tells of."""
        return max(level for level, _ in self.entries)

    @property
    def entries(self) -> tuple[ChangelogEntry, ...]:
        """Return what the message tells, in words for people who use the member.

        That is the subject, or the subjects that it was squashed from, and each
        breaking change that a footer names. Anything unmarked is a patch.
        """
        squashed = [_entry(found[1]) for line in self._body if (found := _LISTED.match(line))]
        own = () if squashed and not _HEADER.fullmatch(self.subject) else (_entry(self.subject),)
        broken = ((Level.MAJOR, text) for text in _breaking(self._body))
        return (*own, *squashed, *broken)

    @property
    def reverts(self) -> tuple[str, ...]:
        """Return the commits that this one takes back, each by its hash or the start of it."""
        hashes = _REVERTED.findall(self.message)
        if self.subject.startswith("revert"):
            hashes += (h for refs in _REFERRED.findall(self.message) for h in refs.split(", "))
        return tuple(hashes)

    @property
    def releases(self) -> Mapping[str, str]:
        """Return the versions that a release commit settles, by member; none for any other."""
        if not self.subject.startswith(RELEASE_SUBJECT):
            return {}
        found = (_RELEASED.match(line) for line in self._body)
        return {each["name"]: each["version"] for each in found if each}

    @property
    def _body(self) -> list[str]:
        """Return the lines after the first, as git has them: they end in no other way."""
        return [line.rstrip("\r") for line in self.message.split("\n")[1:]]


def _entry(header: str) -> ChangelogEntry:
    parsed = _HEADER.fullmatch(header)
    if parsed is None:
        return Level.PATCH, header
    if parsed["breaking"]:
        return Level.MAJOR, parsed["text"]
    is_feature = parsed["type"].lower() in {"feat", "feature"}
    return Level.MINOR if is_feature else Level.PATCH, parsed["text"]


def _breaking(lines: list[str]) -> Iterator[str]:
    """Find the footers that name a breaking change, each with the lines that it runs over."""
    words: list[str] = []
    for line in lines:
        if words and (not line.strip() or _FOOTER.match(line)):
            yield " ".join(words)
            words = []
        if found := _BREAKING.match(line):
            words = [found["text"]]
        elif words:
            words.append(line.strip())
    if words:
        yield " ".join(words)
