"""Drafts: one member while the plan is made, and the version that follows for it."""

from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from ..history.message import ChangelogEntry
from ..history.note import Note
from ..history.tag import Tag
from ..text import in_markdown
from ..version import Level, Standing
from ..workspace.requirement import InternalRequirement, Kind
from ..workspace.workspace import Member
from .past import Past


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Why a member is released, how far its version moves, and as what.

    Without reasons it is not released. `version` and `phase` are what people ask for.
    `finished_from` is the commit of a release that is half done, and `tagged` tells whether
    that one lacks its files alone.
    """

    reasons: tuple[str, ...] = ()
    level: Level = Level.NONE
    phase: str | None = None
    version: Version | None = None
    finished_from: str = ""
    tagged: bool = False


@dataclass(slots=True, eq=False)
class Draft:
    """One member while the plan is made: its past, why it is released, and with whom.

    `mates` share its version, itself included. `left` has each sibling that leaves a range,
    with that range.
    """

    past: Past
    cause: Cause = field(default_factory=Cause)
    mates: tuple["Draft", ...] = ()
    left: dict[NormalizedName, tuple["Draft", str]] = field(default_factory=dict)

    @property
    def member(self) -> Member:
        """Return the member."""
        return self.past.member

    @property
    def prior(self) -> tuple[Version, Tag] | None:
        """Return the highest version that was released, with its tag."""
        return self.past.prior

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why it is released, in words for people."""
        follows = (
            f"{name} {sibling.version} is outside of its range {range_}"
            for name, (sibling, range_) in self.left.items()
        )
        return (*self.cause.reasons, *follows)

    @property
    def is_due(self) -> bool:
        """Tell whether there is a reason to release it."""
        return bool(self.cause.reasons or self.left)

    @property
    def is_fixed(self) -> bool:
        """Tell whether its content is settled: it is only finished, never edited."""
        return bool(self.cause.finished_from)

    @property
    def version(self) -> Version:
        """Return the version that it is planned to have; its mates have the same."""
        released = self.prior[0] if self.prior else self.cause.version
        current = self.member.version or released
        assert current is not None  # noqa: S101 - drafts are made of such members only
        if self.is_fixed or not self.is_due:
            return current
        requested = [mate.cause.version for mate in self.mates if mate.cause.version]
        return max(requested) if requested else self.next_by(self.cause)

    def next_by(self, cause: Cause) -> Version:
        """Return what follows from where it stands, together with its mates, for a cause."""
        pasts = [mate.past for mate in self.mates]
        causes = [
            cause if mate is self else mate.cause
            for mate in self.mates
            if mate.is_due or mate is self
        ]
        return Standing(
            manifest=max((p.member.version for p in pasts if p.member.version), default=None),
            prior=max((past.prior[0] for past in pasts if past.prior), default=None),
            final=max((past.final for past in pasts if past.final), default=None),
            level=max(each.level for each in causes),
            phase=next((each.phase for each in causes if each.phase is not None), None),
            settled=any(past.settled for past in pasts),
            feature=self.past.settings.feature_level,
        ).next

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return its change notes."""
        return self.member.notes

    @property
    def entries(self) -> tuple[ChangelogEntry, ...]:
        """Return what its changelog tells: its notes, or its commits where it has none."""
        if self.notes:
            return tuple((note.level, note.text) for note in self.notes if note.level)
        return tuple(
            (level, f"{in_markdown(text)} ({commit.hash[:7]})")
            for commit in self.past.unsettled
            for level, text in commit.entries(self.past.settings.ignore_types)
        )


def ranges_left(dependent: Draft, sibling: Draft) -> list[InternalRequirement]:
    """Return what a member requires of a sibling that the planned version is not in."""
    return [
        requirement
        for requirement in dependent.member.requirements
        if requirement.sibling == sibling.member.name
        and requirement.kind is not Kind.GROUP
        and not requirement.admits(sibling.version)
    ]
