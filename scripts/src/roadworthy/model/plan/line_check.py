"""Checks of a plan against the line of its branch: a maintenance branch has versions of its own."""

from collections.abc import Iterable, Iterator

from packaging.version import Version

from ..problem import Problem
from ..version import Level, level_of_step, raised
from .draft import Draft
from .facts import Facts


def versions_of_line(draft: Draft, versions: Iterable[Version], facts: Facts) -> list[Version]:
    """Return the versions that a new one is compared with: on the first branch, all of them.

    On another they are those that are tagged behind it, and those in its line.
    """
    if not facts.branch:
        return list(versions)
    line = facts.workspace.settings.branch_lines.get(facts.branch)
    own = set(facts.reachable_versions(draft.member.name))
    return [v for v in versions if v in own or (line and line.contains(v, prereleases=True))]


def line_problems(draft: Draft, facts: Facts) -> Iterator[Problem]:
    """Find a version that its branch may not release."""
    if not draft.is_due or draft.is_fixed:
        return
    settings, name = facts.workspace.settings, draft.member.name
    branch = facts.branch or settings.branch[0]
    line, limit = settings.branch_lines.get(branch), settings.max_bump.get(branch)
    if line is not None and not line.contains(draft.version, prereleases=True):
        message = f"{name} would be {draft.version}, and the branch {branch} releases {line}"
        yield Problem("version-outside-line", message, _way_out(draft, facts), name)
    elif limit is not None and draft.prior and _step(draft) > limit:
        message = (
            f"{name} {draft.prior[0]} -> {draft.version} is a step of level {_step(draft)}, and "
            f"the branch {branch} takes {limit} at most"
        )
        yield Problem("bump-too-far", message, _way_out(draft, facts), name)


def next_free(draft: Draft, facts: Facts) -> Version:
    """Return the next version, by the smallest step, that no tag names."""
    tags = facts.member_tags.get(draft.member.name, {})
    version = raised(draft.prior[0] if draft.prior else draft.version, Level.PATCH)
    while version in tags:
        version = raised(version, Level.PATCH)
    return version


def _step(draft: Draft) -> Level:
    assert draft.prior is not None  # noqa: S101 - the caller asked
    return level_of_step(draft.prior[0], draft.version)


def _way_out(draft: Draft, facts: Facts) -> str:
    free = next_free(draft, facts)
    first = facts.workspace.settings.branch[0]
    return (
        f"release it from {first}; here the next free version is {free}: "
        f"`--version {draft.member.name}={free}`"
    )
