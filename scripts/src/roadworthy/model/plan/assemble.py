"""The plan is assembled here: from what is due by itself to all that has to follow it."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from packaging.utils import NormalizedName

from ..version import Level, level_of_step, phase_of
from ..workspace.setting_values import Cascade
from .cause import cause_of
from .draft import Draft, ranges_left
from .facts import Facts
from .graph import reversed_graph
from .intent import Intent
from .past import pasts_of


def assemble(facts: Facts, intent: Intent) -> dict[NormalizedName, Draft]:
    """Return a draft of every member: those that are due by themselves, and those that follow.

    Each turn of the loop takes one member that is due, and lets others follow it: those that
    share its version, and every dependent whose range its new version leaves. What follows,
    or moves further by it, has its turn later: the loop ends when nothing changes any more.
    """
    drafts = {name: Draft(past) for name, past in pasts_of(facts, intent).items()}
    _join(drafts, facts.workspace.groups(drafts))
    for draft in drafts.values():
        if any(intent.includes(mate.member.name) for mate in draft.mates):
            draft.cause = cause_of(draft, facts, intent)
    _finish_together(drafts.values(), facts)
    dependents = reversed_graph(facts.workspace.released_graph)
    following = replace(intent, republish=False)
    todo = deque(draft for draft in drafts.values() if draft.is_due)
    while todo:
        draft = todo.popleft()
        todo += _mates_that_follow(draft, facts, following)
        for name in sorted(dependents.get(draft.member.name, ())):
            dependent = drafts.get(name)
            if dependent and _follows(dependent, draft, facts, following):
                todo += [mate for mate in dependent.mates if mate.is_due]
    return drafts


def _join(drafts: Mapping[NormalizedName, Draft], groups: Iterable[Iterable[str]]) -> None:
    """Tell each member with whom it shares its version."""
    for draft in drafts.values():
        draft.mates = (draft,)
    for group in groups:
        mates = tuple(drafts[NormalizedName(name)] for name in group)
        for mate in mates:
            mate.mates = mates


def _finish_together(drafts: Iterable[Draft], facts: Facts) -> None:
    """Finish all members that share a version from the commit of one that is half released."""
    for draft in drafts:
        if not draft.is_fixed or draft.cause.tagged:
            continue
        for mate in draft.mates:
            same = mate.member.version == draft.member.version
            if same and not mate.is_fixed and facts.tag_at(mate.member) is None:
                mate.cause = replace(
                    mate.cause,
                    reasons=(f"it shares its version with {draft.member.name}",),
                    finished_from=draft.cause.finished_from,
                )


def _mates_that_follow(draft: Draft, facts: Facts, intent: Intent) -> Iterator[Draft]:
    """Let the members that share a version be released together."""
    for mate in draft.mates:
        if not mate.is_due and not draft.is_fixed:
            cause = cause_of(mate, facts, intent)
            shares = f"it shares its version with {draft.member.name}"
            mate.cause = replace(cause, reasons=(*cause.reasons, shares))
            yield mate


def _follows(dependent: Draft, sibling: Draft, facts: Facts, intent: Intent) -> bool:
    """Let a dependent follow where it must; tell whether that changed anything.

    It must where its range is left, unless the settings want it to stay. Where its own
    release is prepared already, it comes along in any case.
    """
    how = facts.workspace.settings.cascade
    left = ranges_left(dependent, sibling)
    stays = bool(left) and how is Cascade.NONE and not dependent.is_due
    if dependent.is_fixed or stays:
        return False
    before = (dependent.is_due, dependent.version)
    if not dependent.is_due and (left or dependent.past.settled):
        dependent.cause = cause_of(dependent, facts, intent)
    if left and not dependent.is_fixed:
        dependent.left.setdefault(sibling.member.name, (sibling, left[0].range))
        _move_with(dependent, sibling, how)
    return (dependent.is_due, dependent.version) != before


def _move_with(dependent: Draft, sibling: Draft, how: Cascade) -> None:
    """Let a dependent move as far as the sibling that leaves its range makes it."""
    cause = dependent.cause
    wanted = _level_of(sibling) if how is Cascade.SAME else Level.PATCH
    dependent.cause = cause = replace(cause, level=max(cause.level, wanted, Level.PATCH))
    says_otherwise = dependent.prior is None or dependent.past.is_ahead
    if sibling.version.is_prerelease and cause.phase is None and not says_otherwise:
        dependent.cause = replace(cause, phase=phase_of(sibling.version))


def _level_of(sibling: Draft) -> Level:
    """Return how far a sibling moves: as its changes say, or as somebody chose its version."""
    before = sibling.past.final or (sibling.prior[0] if sibling.prior else None)
    step = level_of_step(before, sibling.version) if before else Level.NONE
    return max(sibling.cause.level, step)
