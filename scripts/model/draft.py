"""Drafts: what is due for each member by itself, and which dependents must follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from .change import Commit, ancestors, commits_of_members
from .facts import Facts, Presence
from .graph import reversed_graph
from .requirement import InternalRequirement, Kind
from .tag import Tag
from .version import Level, raised
from .workspace import Member


@dataclass(slots=True)
class Draft:
    """What is known of one member while the plan is made."""

    member: Member
    version: Version
    prior: tuple[Version, Tag] | None
    commits: tuple[Commit, ...]
    level: Level = Level.NONE
    reasons: list[str] = field(default_factory=list)
    finished_from: str = ""
    tagged: bool = False
    is_prepared: bool = False

    @property
    def is_due(self) -> bool:
        """Tell whether there is a reason to release it."""
        return bool(self.reasons)

    @property
    def is_ahead(self) -> bool:
        """Tell whether its manifest has a version above the highest that was released."""
        manifest = self.member.version
        return self.prior is not None and manifest is not None and manifest > self.prior[0]

    @property
    def is_fixed(self) -> bool:
        """Tell whether its content is settled: it is only finished, never edited."""
        return bool(self.finished_from)


def drafts_of(facts: Facts) -> dict[NormalizedName, Draft]:
    """Return a draft of every member that is ever released, with the commits it has gained."""
    workspace = facts.workspace
    touching = commits_of_members(
        facts.commits, workspace.members.values(), workspace.settings.ignore
    )
    priors = facts.priors()
    included: dict[str, frozenset[str]] = {}
    drafts = {}
    for name, member in workspace.members.items():
        if member.version is None or member.never_released:
            continue
        prior = priors.get(name)
        commits: tuple[Commit, ...] = ()
        if prior:
            commit = prior[1].commit
            if commit not in included:
                included[commit] = ancestors(facts.commits, commit)
            commits = tuple(c for c in touching[name] if c.hash not in included[commit])
        draft = drafts[name] = Draft(member, member.version, prior, commits)
        released_now = any(commit.is_release for commit in touching[name])
        draft.is_prepared = draft.is_ahead or (prior is None and released_now)
    return drafts


def find_reasons(draft: Draft, facts: Facts, *, republish: bool) -> None:
    """Decide whether a member is due by itself, before its siblings are looked at."""
    manifest = draft.member.version
    tag = facts.tag_at(draft.member)
    presence = facts.presence(draft.member)
    if tag is None and presence in {Presence.PARTIAL, Presence.PRESENT}:
        draft.finished_from = facts.version_set_at.get(draft.member.name, facts.base)
        draft.reasons.append(f"{manifest} is on the index but not tagged: it is finished")
    elif draft.prior is None:
        draft.reasons.append("it was never released: it goes out at the version it has")
    else:
        _reasons_of_change(draft, draft.prior[0])
    lacking = presence not in {Presence.PRESENT, Presence.NONE}
    if republish and tag and not draft.is_due and lacking:
        draft.tagged, draft.finished_from = True, tag.commit
        draft.reasons.append(f"{manifest} is tagged, and the index lacks it")


def _reasons_of_change(draft: Draft, prior: Version) -> None:
    telling = [commit for commit in draft.commits if not commit.is_release]
    level = max((commit.level for commit in telling), default=Level.NONE)
    wanted = raised(prior, level)
    if telling:
        draft.reasons += [commit.subject for commit in telling]
        draft.level = level
    if draft.is_ahead and draft.version >= wanted:
        draft.reasons.append(f"its manifest says {draft.version}, which has no tag")
    draft.version = max(draft.version, wanted) if draft.reasons else draft.version


def cascade(drafts: Mapping[NormalizedName, Draft], facts: Facts) -> None:
    """Release every dependent whose range a new version leaves, until none is left.

    One that was not asked for comes along, too, where its release is prepared already.
    """
    dependents = reversed_graph(facts.workspace.released_graph)
    todo = [name for name, draft in drafts.items() if draft.is_due]
    while todo:
        sibling = drafts[todo.pop()]
        for name in sorted(dependents.get(sibling.member.name, ())):
            dependent = drafts.get(name)
            if dependent is None or dependent.is_fixed:
                continue
            left = _ranges_left(dependent.member, sibling.member.name, sibling.version)
            before = (dependent.is_due, dependent.version)
            if not dependent.is_due and (left or dependent.is_prepared):
                find_reasons(dependent, facts, republish=False)
            if left and not dependent.is_fixed:
                _follow(dependent, left[0], sibling)
            if (dependent.is_due, dependent.version) != before:
                todo.append(name)


def _ranges_left(
    member: Member, sibling: NormalizedName, version: Version
) -> list[InternalRequirement]:
    return [
        requirement
        for requirement in member.requirements
        if requirement.sibling == sibling
        and requirement.kind is not Kind.GROUP
        and not requirement.admits(version)
    ]


def _follow(dependent: Draft, left: InternalRequirement, sibling: Draft) -> None:
    """Note that a dependent must follow, by a patch if nothing else moves its version."""
    reason = f"{sibling.member.name} {sibling.version} leaves its range {left.range}"
    if reason not in dependent.reasons:
        dependent.reasons.append(reason)
    if dependent.level is Level.NONE and dependent.prior:
        dependent.level = Level.PATCH
        dependent.version = max(dependent.version, raised(dependent.prior[0], Level.PATCH))
