"""The plan: what is released, to which version and why, computed from the facts alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName
from packaging.version import Version

from .change import Commit
from .check import problems_of
from .draft import Draft, cascade, drafts_of, find_reasons
from .facts import Facts
from .graph import closure, cycle, waves
from .problem import Problem, UsageFailure
from .requirement import Kind, moved_to
from .tag import Tag, release_tag
from .version import Level, level_between
from .workspace import Member, Workspace


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
    commits: tuple[Commit, ...] = ()
    finished_from: str = ""
    tagged: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Unchanged:
    """A member that is not released, and why."""

    name: NormalizedName
    version: Version | None
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All releases in order, and every requirement that is rewritten for them."""

    base: str
    releases: tuple[Release, ...]
    unchanged: tuple[Unchanged, ...]
    rewrites: Mapping[NormalizedName, Mapping[str, str]]
    release_tag: str
    closing: tuple[Tag, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def release_of(self, name: str) -> Release | None:
        """Return the release of a member, if it has one."""
        return next((release for release in self.releases if release.name == name), None)


def make_plan(facts: Facts, only: Iterable[str] = (), *, republish: bool = False) -> Plan:
    """Say what is due, from the facts.

    `only` names the members to release; dependents that must follow come along.
    With `republish`, what is tagged but not on the index is published from its tag.
    Raises `UsageFailure` for a cycle of requirements and for an unknown member.
    """
    workspace = facts.workspace
    _refuse_cycles(workspace)
    chosen = {member.name for member in workspace.select(only)}
    drafts = drafts_of(facts)
    for draft in drafts.values():
        if draft.member.name in chosen:
            find_reasons(draft, facts, republish=republish)
    cascade(drafts, facts)
    order = _order(drafts, workspace)
    rewrites = _rewrites(drafts, workspace)
    releases = tuple(_release(drafts[name], wave, facts, rewrites) for name, wave in order)
    problems, warnings = problems_of(drafts, facts, rewrites)
    return Plan(
        base=facts.base,
        releases=releases,
        unchanged=tuple(_unchanged(facts, drafts)),
        rewrites=rewrites,
        release_tag=release_tag(facts.day, facts.base, facts.tags),
        closing=_closing(facts),
        problems=problems,
        warnings=warnings,
    )


def _refuse_cycles(workspace: Workspace) -> None:
    found = cycle(workspace.always)
    if found:
        message = f"members require each other in a cycle: {' -> '.join(found)}"
        hint = "no order can release them; move what both need into a member of its own"
        raise UsageFailure(Problem(message, hint))


def _order(
    drafts: Mapping[NormalizedName, Draft], workspace: Workspace
) -> list[tuple[NormalizedName, int]]:
    """Return the members that are due with their waves, dependencies first."""
    due = {name for name, draft in drafts.items() if draft.is_due}
    hard = {name: closure(workspace.always, name) & due - {name} for name in due}
    soft = {name: workspace.released_graph[name] & due for name in due}
    grouped = waves(hard, soft)
    return [(name, number) for number, wave in enumerate(grouped, 1) for name in wave]


def _rewrites(
    drafts: Mapping[NormalizedName, Draft], workspace: Workspace
) -> dict[NormalizedName, dict[str, str]]:
    """Return the requirements to rewrite, member by member: old text to new.

    A member that is released starts its ranges at what it is released with. One that
    is never released, such as an umbrella, keeps those that still hold.
    """
    found: dict[NormalizedName, dict[str, str]] = {}
    for name, member in workspace.members.items():
        draft = drafts.get(name)
        if draft is None or (draft.is_due and not draft.is_fixed):
            moved = dict(_moved(member, drafts, only_if_left=draft is None))
            if moved:
                found[name] = moved
    return found


def _moved(
    member: Member, drafts: Mapping[NormalizedName, Draft], *, only_if_left: bool
) -> Iterator[tuple[str, str]]:
    for requirement in member.requirements:
        sibling = drafts.get(requirement.sibling)
        if sibling is None or requirement.is_bare or requirement.requirement.url:
            continue
        keeps = only_if_left or requirement.kind is Kind.GROUP
        if keeps and requirement.admits(sibling.version):
            continue
        new = moved_to(requirement.text, sibling.version)
        if new != requirement.text:
            yield requirement.text, new


def _release(
    draft: Draft,
    wave: int,
    facts: Facts,
    rewrites: Mapping[NormalizedName, Mapping[str, str]],
) -> Release:
    member = draft.member
    assert member.version is not None  # noqa: S101 - drafts are made of such members only
    moved = rewrites.get(member.name, {})
    planned = (
        replace(requirement, text=moved.get(requirement.text, requirement.text))
        for requirement in member.requirements
        if requirement.kind is Kind.REQUIRED
    )
    return Release(
        name=member.name,
        path=member.path,
        initial_version=member.version,
        planned_version=draft.version,
        prior_tag=draft.prior[1].name if draft.prior else None,
        planned_tag=facts.workspace.settings.tag_format.render(member.name, draft.version),
        bump=draft.level or _step(draft),
        reasons=tuple(draft.reasons),
        wave=wave,
        requirements={after.sibling: after.range for after in planned},
        commits=draft.commits,
        finished_from=draft.finished_from,
        tagged=draft.tagged,
    )


def _step(draft: Draft) -> Level:
    """Return the level of the step itself, where no commit of the member's own tells it."""
    return level_between(draft.prior[0], draft.version) if draft.prior else Level.NONE


def _unchanged(facts: Facts, drafts: Mapping[NormalizedName, Draft]) -> Iterator[Unchanged]:
    for name, member in facts.workspace.members.items():
        draft = drafts.get(name)
        if draft is None:
            yield Unchanged(name=name, version=member.version, why=member.never_released)
        elif not draft.is_due:
            since = draft.prior[1].name if draft.prior else "the first commit"
            yield Unchanged(name=name, version=member.version, why=f"unchanged since {since}")


def _closing(facts: Facts) -> tuple[Tag, ...]:
    """Return the member tags whose release tag is still missing."""
    present = {tag.name for tag in facts.tags}
    waiting = (tag for tag in facts.tags if tag.released_with and tag.reachable)
    return tuple(tag for tag in waiting if tag.released_with not in present)
