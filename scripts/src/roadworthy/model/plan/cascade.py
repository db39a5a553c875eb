"""The cascade: which members must follow, because of a range or of a shared version."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from packaging.utils import NormalizedName

from ..version import Level, kind_of, level_of_step
from ..workspace.requirement import InternalRequirement, Kind
from ..workspace.settings import Cascade
from .draft import Draft, find_reasons
from .facts import Facts
from .graph import reversed_graph
from .intent import Intent


def finish_together(drafts: Iterable[Draft], facts: Facts) -> None:
    """Finish all members that share a version from the commit of one that is half released."""
    for draft in drafts:
        if not draft.is_fixed or draft.tagged:
            continue
        for mate in draft.mates:
            same = mate.member.version == draft.member.version
            if same and not mate.is_fixed and facts.tag_at(mate.member) is None:
                mate.finished_from = draft.finished_from
                mate.own_reasons = [f"it shares its version with {draft.member.name}"]


def spread(drafts: Mapping[NormalizedName, Draft], facts: Facts, intent: Intent) -> None:
    """Release every dependent whose range a new version leaves, until none is left.

    One that was not asked for comes along, too, where its release is prepared already,
    and so do all members that share a version with one that is released.
    """
    dependents = reversed_graph(facts.workspace.released_graph)
    intent = replace(intent, republish=False)
    todo = deque(name for name, draft in drafts.items() if draft.is_due)
    while todo:
        draft = drafts[todo.popleft()]
        todo += _mates_that_join(draft, facts, intent)
        for name in sorted(dependents.get(draft.member.name, ())):
            dependent = drafts.get(name)
            if dependent and not dependent.is_fixed and _follows(dependent, draft, facts, intent):
                todo += [mate.member.name for mate in dependent.mates if mate.is_due]


def _mates_that_join(draft: Draft, facts: Facts, intent: Intent) -> Iterator[NormalizedName]:
    """Let the members that share a version be released together."""
    for mate in draft.mates:
        if not mate.is_due and not draft.is_fixed:
            find_reasons(mate, facts, intent)
            mate.own_reasons.append(f"it shares its version with {draft.member.name}")
            yield mate.member.name


def _follows(dependent: Draft, sibling: Draft, facts: Facts, intent: Intent) -> bool:
    """Let a dependent follow where it must; tell whether that changed anything."""
    how = facts.workspace.settings.cascade
    left = ranges_left(dependent, sibling)
    before = (dependent.is_due, dependent.version)
    if left and how is Cascade.NONE and not dependent.is_due:
        return False
    if not dependent.is_due and (left or dependent.settled):
        find_reasons(dependent, facts, intent)
    if left and not dependent.is_fixed:
        dependent.left.setdefault(sibling.member.name, (sibling, left[0].range))
        wanted = _level_of(sibling) if how is Cascade.SAME else Level.PATCH
        dependent.level = max(dependent.level, wanted, Level.PATCH)
        says_otherwise = dependent.prior is None or dependent.is_ahead
        if sibling.version.is_prerelease and dependent.kind is None and not says_otherwise:
            dependent.kind = kind_of(sibling.version)
    return (dependent.is_due, dependent.version) != before


def _level_of(sibling: Draft) -> Level:
    """Return how far a sibling moves: as its changes say, or as somebody chose its version."""
    before = sibling.final or (sibling.prior[0] if sibling.prior else None)
    step = level_of_step(before, sibling.version) if before else Level.NONE
    return max(sibling.level, step)


def ranges_left(dependent: Draft, sibling: Draft) -> list[InternalRequirement]:
    """Return what a member requires of a sibling that the planned version is not in."""
    return [
        requirement
        for requirement in dependent.member.requirements
        if requirement.sibling == sibling.member.name
        and requirement.kind is not Kind.GROUP
        and not requirement.admits(sibling.version)
    ]
