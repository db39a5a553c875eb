"""Shapes of tags: how a tag of any origin may be read, as a member and a version.

Every tool and every team names its tags in its own way: `v1.2.0`, `core-v1.2.0`,
`core@1.2.0`, `core==1.2.0`, `python/core/v1.2.0-rc.1`. A tag may be read in several ways; which
of them holds is told by the manifests at its commit.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..version import read_version

NAME, VERSION = "{name}", "{version}"
# What may stand before a version, and between it and a name.
_SEPARATORS = "/@=_-"
# Where a version may begin: at the start, or behind a separator.
_START = re.compile(rf"(?:^|(?<=[{_SEPARATORS}]))[vV]?(?=\d)")
# Words that stand before the version of a tag that names no member.
_WORDS = frozenset({"release", "releases", "rel", "version", "ver"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a tag: its shape, the name in it (empty for none), and its version."""

    shape: str
    name: str
    version: Version


def readings(tag: str) -> Iterator[Reading]:
    """Return every way to read a tag, the longest version first."""
    for start in _START.finditer(tag):
        version = read_version(tag[start.end() :])
        if version is not None:
            head, mark = tag[: start.start()], start.group()
            yield from _of_head(head, mark + VERSION, version)


def _of_head(head: str, end: str, version: Version) -> Iterator[Reading]:
    name = head.rstrip(_SEPARATORS)
    between = head[len(name) :]
    if not name or name.lower() in _WORDS:
        yield Reading(head + end, "", version)
        return
    places = [0, *(found.end() for found in re.finditer("/", name))]
    for place in places:
        yield Reading(f"{name[:place]}{NAME}{between}{end}", name[place:], version)


@dataclass(frozen=True)
class Names:
    """The names by which tags may call members.

    Those that somebody wrote count alone; else it is the member's name in any spelling, its
    folder, the folder's last part, or the name without what all members begin with. What two
    members could be called is the name of neither.
    """

    by_name: Mapping[str, NormalizedName]

    @classmethod
    def of(
        cls, paths: Mapping[NormalizedName, str], written: Mapping[NormalizedName, str]
    ) -> "Names":
        """Return the names of members, each with its folder."""
        common = _words_in_common(list(paths))
        pairs = [(n, name) for name, path in paths.items() for n in _names(name, path, common)]
        counted = Counter(alias for alias, _ in pairs)
        own = {str(name) for name in paths}
        found = {
            alias: name
            for alias, name in pairs
            if name not in written and counted[alias] == 1 and alias not in own
        }
        found |= {str(name): name for name in paths if name not in written}
        return cls(found | {_plain(text): name for name, text in written.items()})

    def member(self, text: str) -> NormalizedName | None:
        """Return the member that a tag calls so; None where none is, or two could be."""
        return self.by_name.get(text) or self.by_name.get(_plain(text))


def _words_in_common(names: Sequence[str]) -> int:
    """Return how many words all names begin with, up to dashes."""
    words = [name.split("-") for name in names]
    equal = (len(set(column)) == 1 for column in zip(*words, strict=False))
    return sum(1 for _ in takewhile(bool, equal)) if len(words) > 1 else 0


def _names(name: NormalizedName, path: str, common: int) -> Iterator[str]:
    """Return what else a member may be called; all names have so many words in common."""
    last, own = path.rpartition("/")[2], "-".join(name.split("-")[common:])
    yield from {path, _plain(last), own} - {"", ".", str(name)}


def _plain(text: str) -> str:
    return canonicalize_name(text)
