"""Drafts: what is due for each member by itself, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from ..history.change import Commit, Entry
from ..history.history import Behind, commits_of_members, without_reverted
from ..history.note import Note
from ..history.tag import Tag
from ..text import in_markdown
from ..version import Level, Standing, kind_of
from ..workspace.workspace import Member
from .facts import Facts, Presence
from .intent import Intent


@dataclass(slots=True, eq=False)
class Draft:
    """What is known of one member while the plan is made.

    `commits` are those since its prior tag, `unsettled` those of them that no release
    commit has settled yet; `moved_on` says whether anything but release commits came
    after the tag, wherever it is. `mates` share its version, itself included. `left` has each
    sibling that leaves a range, with that range.
    """

    member: Member
    prior: tuple[Version, Tag] | None
    final: Version | None
    commits: tuple[Commit, ...] = ()
    unsettled: tuple[Commit, ...] = ()
    settled: bool = False
    moved_on: bool = False
    level: Level = Level.NONE
    kind: str | None = None
    asked: Version | None = None
    own_reasons: list[str] = field(default_factory=list)
    left: dict[NormalizedName, tuple["Draft", str]] = field(default_factory=dict)
    mates: tuple["Draft", ...] = ()
    finished_from: str = ""
    tagged: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why it is released, in words for people."""
        follows = (
            f"{name} {sibling.version} is outside of its range {range_}"
            for name, (sibling, range_) in self.left.items()
        )
        return (*self.own_reasons, *follows)

    @property
    def is_due(self) -> bool:
        """Tell whether there is a reason to release it."""
        return bool(self.own_reasons or self.left)

    @property
    def is_fixed(self) -> bool:
        """Tell whether its content is settled: it is only finished, never edited."""
        return bool(self.finished_from)

    @property
    def is_ahead(self) -> bool:
        """Tell whether its manifest has a version above the highest that was released."""
        manifest = self.member.version
        return manifest is not None and self.prior is not None and manifest > self.prior[0]

    @property
    def version(self) -> Version:
        """Return the version that it is planned to have; its mates have the same."""
        current = self.member.version or (self.prior[0] if self.prior else self.asked)
        assert current is not None  # noqa: S101 - drafts are made of such members only
        if self.is_fixed or not self.is_due:
            return current
        asked = [mate.asked for mate in self.mates if mate.asked]
        return max(asked) if asked else self.next

    @property
    def next(self) -> Version:
        """Return what follows from where it stands, together with its mates."""
        mates = [mate for mate in self.mates if mate.is_due or mate is self]
        manifests = [m.member.version for m in self.mates if m.member.version]
        return Standing(
            manifest=max(manifests, default=None),
            prior=max((m.prior[0] for m in self.mates if m.prior), default=None),
            final=max((m.final for m in self.mates if m.final), default=None),
            level=max(mate.level for mate in mates),
            kind=next((mate.kind for mate in mates if mate.kind is not None), None),
            settled=any(mate.settled for mate in self.mates),
        ).next

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return its change notes."""
        return self.member.notes

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return what its changelog tells: its notes, or its commits where it has none."""
        if self.notes:
            return tuple((note.level, note.text) for note in self.notes if note.level)
        return tuple(
            (level, f"{in_markdown(text)} ({commit.hash[:7]})")
            for commit in self.unsettled
            for level, text in commit.entries
        )


def drafts_of(facts: Facts, intent: Intent) -> dict[NormalizedName, Draft]:
    """Return a draft of every member that is ever released, with the commits it has gained."""
    workspace = facts.workspace
    priors, finals = facts.priors(), facts.finals()
    drafts = {
        name: Draft(member, priors.get(name), finals.get(name))
        for name, member in workspace.members.items()
        if not member.never_released
        and (member.version or name in priors or name in intent.versions)
    }
    touching = commits_of_members(
        facts.commits, workspace.members.values(), workspace.settings.ignore
    )
    settling = {name: _settling(draft.member, touching[name]) for name, draft in drafts.items()}
    ends = (*(tag.commit for _, tag in priors.values()), *filter(None, settling.values()))
    behind = Behind(facts.commits, ends)
    for name, draft in drafts.items():
        _take_commits(draft, touching[name], settling[name], behind)
        if draft.prior and name in intent.levels:
            tagged = draft.prior[1].commit
            draft.moved_on = any(not c.releases and not behind(c, tagged) for c in facts.commits)
    _join(drafts, workspace.groups(drafts))
    return drafts


def _take_commits(draft: Draft, touching: Iterable[Commit], settled: str, behind: Behind) -> None:
    """Give a draft the commits since its tag, and tell which a release commit has settled."""
    if draft.prior is None:
        draft.settled = bool(settled)
        return
    tagged = draft.prior[1].commit
    since = [commit for commit in touching if not behind(commit, tagged)]
    draft.settled = any(commit.hash == settled for commit in since)
    draft.commits = without_reverted([commit for commit in since if not commit.releases])
    draft.unsettled = tuple(c for c in draft.commits if not (draft.settled and behind(c, settled)))


def find_reasons(draft: Draft, facts: Facts, intent: Intent) -> None:
    """Decide whether a member is due by itself, before its siblings are looked at."""
    name, manifest = draft.member.name, draft.member.version
    tag, presence = facts.tag_at(draft.member), facts.presence(draft.member)
    draft.asked, draft.kind = intent.versions.get(name), intent.kind(name)
    published = presence in {Presence.PARTIAL, Presence.PRESENT}
    prepared = name in facts.version_set_at
    if tag is None and (published or prepared) and not _moves_on(draft):
        draft.finished_from = facts.version_set_at.get(name, facts.base)
        where = "on the index but not tagged" if published else "prepared but not released"
        draft.own_reasons.append(f"{manifest} is {where}: this release finishes it")
    elif draft.asked is not None:
        if draft.asked not in facts.reachable_versions(name):
            draft.own_reasons.append(f"{draft.asked} was requested")
    elif draft.prior is None:
        draft.own_reasons.append(_first(draft))
    else:
        _reasons_of_change(draft, intent)
    lacking = presence not in {Presence.PRESENT, Presence.NONE}
    if intent.republish and tag and not draft.is_due and lacking:
        draft.tagged, draft.finished_from = True, tag.commit
        draft.own_reasons.append(f"{manifest} is tagged, but is not on the index")


def _settling(member: Member, commits: Iterable[Commit]) -> str:
    """Return the newest release commit that settled a member's version; empty for none."""
    for commit in commits:
        if commit.releases.get(member.name) == str(member.version):
            return commit.hash
    return ""


def _join(drafts: Mapping[NormalizedName, Draft], groups: Iterable[Iterable[str]]) -> None:
    for draft in drafts.values():
        draft.mates = (draft,)
    for group in groups:
        mates = tuple(drafts[NormalizedName(name)] for name in group)
        for mate in mates:
            mate.mates = mates


def _moves_on(draft: Draft) -> bool:
    """Tell whether another version is asked for than the one that is half released."""
    return draft.asked is not None and draft.asked != draft.member.version


def _first(draft: Draft) -> str:
    if draft.member.version is None:
        return "it was never released: this is its first release, at the requested version"
    if draft.member.version.is_devrelease and draft.next != draft.member.version:
        return f"it was never released: its manifest has a development version of {draft.next}"
    return "it was never released: this is its first release, at the version in its manifest"


def _reasons_of_change(draft: Draft, intent: Intent) -> None:
    assert draft.prior is not None  # noqa: S101 - the caller asked
    name, manifest = draft.member.name, draft.member.version
    if draft.notes:
        draft.own_reasons += [note.text.partition("\n")[0] for note in draft.notes if note.level]
        draft.level = max(note.level for note in draft.notes)
    else:
        draft.own_reasons += [commit.subject for commit in draft.commits]
        draft.level = max((commit.level for commit in draft.unsettled), default=Level.NONE)
    if name in intent.levels:
        draft.level = intent.levels[name]
        if draft.moved_on:  # what is its release already is not released again
            draft.own_reasons.append(f"a {draft.level} release was requested")
    if intent.promotes(name) and kind_of(draft.prior[0]):
        draft.own_reasons.append(f"{draft.prior[0]} is made final")
    if manifest and draft.is_ahead:
        _reason_of_manifest(draft, manifest)


def _reason_of_manifest(draft: Draft, manifest: Version) -> None:
    """Say that the manifest is ahead of the tags, unless something else moves it further."""
    planned = draft.next
    if manifest == planned:
        draft.own_reasons.append(f"its manifest says {manifest}, which has no tag")
    elif manifest.is_devrelease:
        draft.own_reasons.append(
            f"its manifest says {manifest}, a development version of {planned}"
        )
