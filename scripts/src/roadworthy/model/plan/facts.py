"""The three facts of each member, and the history: all that a plan is made from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from packaging.utils import NormalizedName
from packaging.version import Version

from ..history.change import Commit
from ..history.inferred import Inferred
from ..history.tag import Tag
from ..history.tagged import Tagged, read_tags
from ..problem import Problem
from ..workspace.content import Difference
from ..workspace.workspace import Member, Workspace


class Presence(StrEnum):
    """What an index has of one version."""

    ABSENT = "absent"
    PARTIAL = "partial"
    PRESENT = "present"
    UNKNOWN = "unknown"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What an index lists of one member: files by version, with their sha256.

    `yanked` are versions that installers pass over: https://peps.python.org/pep-0592/
    `unknown` says why nothing is known, and `way_out` what may help. `begun` is when the
    first file of a version came, and `asked` when this was answered, both by the index's
    own clock, where it says so.
    """

    files: Mapping[Version, Mapping[str, str]] = field(default_factory=dict)
    unknown: str = ""
    way_out: str = ""
    begun: Mapping[Version, datetime] = field(default_factory=dict)
    asked: datetime | None = None
    yanked: frozenset[Version] = frozenset()

    def days_open(self, version: Version) -> float:
        """Return for how many days a version has been there; 0 where nobody says."""
        begun = self.begun.get(version)
        return (self.asked - begun) / timedelta(days=1) if self.asked and begun else 0.0

    def presence(self, version: Version) -> Presence:
        """Tell what is there of a version: whole means a wheel and an sdist."""
        names = tuple(self.files.get(version, {}))
        if self.unknown:
            return Presence.UNKNOWN
        if not names:
            return Presence.ABSENT
        kinds = {name.endswith(".whl") for name in names}
        return Presence.PRESENT if kinds == {True, False} else Presence.PARTIAL


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A workspace at a commit, its tags, its history and what an index has of it.

    `version_set_at` has the commit of each version that is prepared or published, and untagged.
    `differs` tells of members whether their content is another than at their prior tag, as
    far as that is known. `tagged` has what tags of any shape say, and `inferred` the settings
    that fit them, where nobody wrote any. `branch` is the maintenance branch that is planned
    for, empty for the first of all, and `index` the name of the index that was asked.
    `only_here` are tags that the remote does not have.

    Tags are read once: there are more of them than of anything else.
    """

    base: str
    day: date
    workspace: Workspace
    tags: tuple[Tag, ...] = ()
    branches: frozenset[str] = frozenset()
    commits: tuple[Commit, ...] = ()
    pages: Mapping[NormalizedName, Page] = field(default_factory=dict)
    version_set_at: Mapping[NormalizedName, str] = field(default_factory=dict)
    differs: Mapping[NormalizedName, Difference] = field(default_factory=dict)
    branch: str = ""
    index: str = ""
    tagged: Tagged | None = None
    only_here: tuple[str, ...] = ()
    inferred: Inferred | None = None

    @property
    def unknown(self) -> Mapping[NormalizedName, str]:
        """Return the members of which an index does not say what it has, and why."""
        return {name: page.unknown for name, page in self.pages.items() if page.unknown}

    def priors(self) -> Mapping[NormalizedName, tuple[Version, Tag]]:
        """Return the highest version of each member whose tag is behind this commit."""
        return self._priors

    @cached_property
    def _priors(self) -> Mapping[NormalizedName, tuple[Version, Tag]]:
        highest = {name: max(self.reachable_versions(name), default=None) for name in self._names}
        return {name: (v, self.member_tags[name][v]) for name, v in highest.items() if v}

    def finals(self) -> Mapping[NormalizedName, Version]:
        """Return the highest version of each member that is tagged and no pre-release."""
        found = {
            name: [v for v in self.reachable_versions(name) if not v.is_prerelease]
            for name in self._names
        }
        return {name: max(versions) for name, versions in found.items() if versions}

    def reachable_versions(self, name: NormalizedName) -> list[Version]:
        """Return the versions of a member whose tags are behind this commit."""
        tags = self.member_tags.get(name, {})
        return [version for version, tag in tags.items() if tag.reachable]

    @property
    def _names(self) -> Collection[NormalizedName]:
        return self.member_tags.keys()

    @cached_property
    def member_tags(self) -> Mapping[NormalizedName, Mapping[Version, Tag]]:
        """Return all tags that name a release of a member, in whatever shape."""
        found = read_tags(self.tags, self.workspace) if self.tagged is None else self.tagged
        return found.releases

    @cached_property
    def tag_names(self) -> frozenset[str]:
        """Return the names of all tags."""
        return frozenset(tag.name for tag in self.tags)

    @cached_property
    def tag_folders(self) -> Mapping[str, str]:
        """Return every folder that a name of a tag is in, with that name."""
        found: dict[str, str] = {}
        for name in self.tag_names:
            folder = name.rpartition("/")[0]
            while folder and folder not in found:
                found[folder] = name
                folder = folder.rpartition("/")[0]
        return found

    def tag_at(self, member: Member) -> Tag | None:
        """Return the tag of the version in a member's manifest, if it is behind this commit."""
        tag = self.member_tags.get(member.name, {}).get(member.version or Version("0"))
        return tag if tag and tag.reachable else None

    def presence(self, member: Member) -> Presence:
        """Tell what the index has of the version in a member's manifest."""
        page = self.pages.get(member.name)
        if page is None or member.version is None:
            return Presence.NONE
        return page.presence(member.version)


def unknown_problems(facts: Facts) -> list[Problem]:
    """Say once, for all members, that an index does not answer."""
    unknown = facts.unknown
    if not unknown:
        return []
    why = next(iter(unknown.values()))
    message = f"the index gives no clear answer about {', '.join(unknown)}: {why}"
    hint = "a real release would stop here; check the URL of the index, and the network"
    return [Problem("index-unclear", message, hint)]
