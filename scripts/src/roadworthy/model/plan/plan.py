"""The plan: what is released, to which version and why, computed from the facts alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName
from packaging.version import Version

from ..history.message import ChangelogEntry
from ..history.tag import Tag, is_release_tag, release_tag
from ..problem import Problem, UsageFailure
from ..version import Level, base_of, level_between, raised
from ..workspace.requirement import Kind
from ..workspace.version_source import FromTag
from ..workspace.workspace import Member, Workspace
from .assemble import assemble
from .check import plan_problems
from .draft import Draft
from .facts import Facts
from .graph import closure, cycle, waves
from .intent import Intent
from .range_check import proposals
from .rewrite import rewrites_of

NOTHING_ASKED = Intent()


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One member at one version, and how it gets there."""

    name: NormalizedName
    path: str
    initial_version: Version
    planned_version: Version
    prior_tag: str | None
    planned_tag: str
    bump: Level
    reasons: tuple[str, ...]
    wave: int
    requirements: Mapping[str, str]
    entries: tuple[ChangelogEntry, ...] = ()
    notes: tuple[str, ...] = ()
    finished_from: str = ""
    tagged: bool = False

    def made_from(self, newest: str) -> str:
        """Return the commit that it is made from: its own, or that of the newest releases."""
        return self.finished_from or newest


@dataclass(frozen=True, kw_only=True, slots=True)
class Unchanged:
    """A member that is not released, and why; it may have changed all the same."""

    name: NormalizedName
    version: Version | None
    why: str
    changed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All releases in order, and every requirement that is rewritten for them.

    `left_out` are members that are due and not asked for, `closing` the tags whose
    release is not whole yet, `proposals` the requirements that a person should mend, and
    `gone` the last release of each member that is no more.
    """

    base: str
    releases: tuple[Release, ...]
    unchanged: tuple[Unchanged, ...]
    rewrites: Mapping[NormalizedName, Mapping[str, str]]
    release_tag: str
    closing: tuple[Tag, ...] = ()
    left_out: tuple[NormalizedName, ...] = ()
    proposals: Mapping[NormalizedName, Mapping[str, str]] = field(default_factory=dict)
    gone: Mapping[NormalizedName, tuple[Version, Tag]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def by_commit(self, newest: str) -> Mapping[str, tuple[Release, ...]]:
        """Return the releases of each commit that some are made from."""
        groups: dict[str, list[Release]] = {}
        for release in self.releases:
            groups.setdefault(release.made_from(newest), []).append(release)
        return {commit: tuple(releases) for commit, releases in groups.items()}

    def release_of(self, name: str) -> Release | None:
        """Return the release of a member, if it has one."""
        return next((release for release in self.releases if release.name == name), None)


def make_plan(facts: Facts, intent: Intent = NOTHING_ASKED) -> Plan:
    """Say what is due, from the facts and from what people ask for.

    Where some members alone are asked for, dependents that must follow come along.
    Raises `UsageFailure` for a cycle of requirements.
    """
    workspace = facts.workspace
    _refuse_cycles(workspace)
    drafts = assemble(facts, intent)
    order = _order(drafts, workspace)
    rewrites = rewrites_of(drafts, workspace)
    releases = tuple(_release(drafts[name], wave, facts, rewrites) for name, wave in order)
    problems, warnings = plan_problems(drafts, facts, rewrites)
    return Plan(
        base=facts.base,
        releases=releases,
        unchanged=tuple(_unchanged(facts, drafts)),
        rewrites=rewrites,
        release_tag=_release_tag(facts, releases),
        closing=_closing(facts),
        left_out=_left_out(facts, intent, drafts),
        proposals=proposals(drafts, rewrites),
        gone=facts.tagged.gone if facts.tagged else {},
        problems=problems,
        warnings=warnings,
    )


def _left_out(
    facts: Facts, intent: Intent, drafts: Mapping[NormalizedName, Draft]
) -> tuple[NormalizedName, ...]:
    """Return the members that are due, too, and that nobody asked for."""
    if not intent.only:
        return ()
    everyone = assemble(facts, replace(intent, only=frozenset(), republish=False))
    return tuple(n for n, draft in everyone.items() if draft.is_due and not drafts[n].is_due)


def _release_tag(facts: Facts, releases: Sequence[Release]) -> str:
    """Name the tag of the whole release; in lockstep it is the tag of all members."""
    if facts.workspace.settings.is_lockstep and releases:
        return releases[0].planned_tag
    return release_tag(facts.day, facts.base, facts.tags, facts.branch)


def _refuse_cycles(workspace: Workspace) -> None:
    found = cycle(workspace.always)
    if found:
        message = f"members require each other in a cycle: {' -> '.join(found)}"
        hint = "they cannot be released in any order; move what they share into a member of its own"
        raise UsageFailure(Problem("cycle", message, hint))


def _order(
    drafts: Mapping[NormalizedName, Draft], workspace: Workspace
) -> list[tuple[NormalizedName, int]]:
    """Return the members that are due with their waves, dependencies first."""
    due = {name for name, draft in drafts.items() if draft.is_due}
    hard = {name: closure(workspace.always, name) & due - {name} for name in due}
    soft = {name: workspace.released_graph[name] & due for name in due}
    grouped = waves(hard, soft)
    return [(name, number) for number, wave in enumerate(grouped, 1) for name in wave]


def _release(
    draft: Draft,
    wave: int,
    facts: Facts,
    rewrites: Mapping[NormalizedName, Mapping[str, str]],
) -> Release:
    member, version = draft.member, draft.version
    moved = rewrites.get(member.name, {})
    planned = (
        replace(requirement, text=moved.get(requirement.text, requirement.text))
        for requirement in member.requirements
        if requirement.kind is Kind.REQUIRED
    )
    return Release(
        name=member.name,
        path=member.path,
        initial_version=member.version or (draft.prior[0] if draft.prior else version),
        planned_version=version,
        prior_tag=draft.prior[1].name if draft.prior else None,
        planned_tag=facts.workspace.settings.tag_for(member.name, version),
        bump=_bump(draft),
        reasons=draft.reasons,
        wave=wave,
        requirements={after.sibling: after.range for after in planned},
        entries=draft.entries,
        notes=() if draft.is_fixed else tuple(note.path for note in draft.notes),
        finished_from=draft.cause.finished_from,
        tagged=draft.cause.tagged,
    )


def _bump(draft: Draft) -> Level:
    """Return the level that people gave; else that of the step itself."""
    past = draft.past
    if draft.cause.level or draft.prior is None:
        return draft.cause.level
    if draft.is_fixed:
        return level_between(draft.prior[0], draft.version)
    level, final = past.level(past.commits), past.final
    feature = past.settings.feature_level
    if level and final and base_of(draft.version) == raised(final, level, feature):
        return level
    return level_between(draft.prior[0], draft.version)


def _unchanged(facts: Facts, drafts: Mapping[NormalizedName, Draft]) -> Iterator[Unchanged]:
    for name, member in facts.workspace.members.items():
        draft = drafts.get(name)
        if draft is None:
            yield Unchanged(name=name, version=member.version, why=_never(member))
        elif not draft.is_due:
            version = member.version or (draft.prior[0] if draft.prior else None)
            changed = bool(draft.past.commits or draft.past.differs_anyway)
            yield Unchanged(name=name, version=version, why=_stays(draft), changed=changed)


def _stays(draft: Draft) -> str:
    """Say why a member is not released that could be."""
    past = draft.past
    since = draft.prior[1].name if draft.prior else "the first commit"
    count = past.cancelled or len(past.commits)
    commits = f"{count} commit{'s' * (count > 1)}"
    if past.cancelled:
        return f"unchanged since {since}: {commits}, whose changes cancel out"
    if draft.notes and not draft.entries:
        return f"changed since {since}, by notes that are for nobody else"
    if past.commits:
        return f"changed since {since} by {commits} of types that release nothing"
    return f"unchanged since {since}"


def _never(member: Member) -> str:
    if isinstance(member.source, FromTag) and not member.never_released:
        return (
            f"{member.source.tool} takes its version from its tag, and it has none yet: "
            f"give the first with `--version {member.name}=0.1.0`"
        )
    return member.never_released


def _closing(facts: Facts) -> tuple[Tag, ...]:
    """Return the member tags whose commit still lacks the release tag that they promise."""
    closed = {tag.commit for tag in facts.tags if is_release_tag(tag.name)}
    waiting = (tag for tag in facts.tags if tag.released_with and tag.reachable)
    return tuple(tag for tag in waiting if tag.commit not in closed)
