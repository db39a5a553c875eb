"""Checks of a plan: what would make a release wrong, said before it is made."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from packaging.utils import NormalizedName
from packaging.version import Version

from .draft import Draft
from .facts import Facts, Page
from .problem import Problem
from .requirement import InternalRequirement, Kind, moved_to
from .tag import Tag


def problems_of(
    drafts: Mapping[NormalizedName, Draft],
    facts: Facts,
    rewrites: Mapping[NormalizedName, Mapping[str, str]],
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the problems of members that are due, and those of the others."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    member_tags = facts.member_tags
    for name, draft in drafts.items():
        found = [
            *_range_problems(draft, drafts, facts, rewrites.get(name, {})),
            *_tag_problems(draft, member_tags.get(name, {}), facts),
            *_index_problems(draft, facts.pages.get(name)),
        ]
        (problems if draft.is_due else warnings).extend(found)
    return tuple(problems), tuple(warnings)


def _range_problems(
    draft: Draft,
    drafts: Mapping[NormalizedName, Draft],
    facts: Facts,
    moved: Mapping[str, str],
) -> Iterator[Problem]:
    for requirement in draft.member.requirements:
        sibling = drafts.get(requirement.sibling)
        if requirement.kind is Kind.GROUP or draft.is_fixed:
            continue
        if sibling is None:
            yield from _unreleased_problems(draft, requirement, facts)
            continue
        planned = moved.get(requirement.text, requirement.text)
        yield from _range_problem(draft.member.name, requirement, planned, sibling.version)
        if draft.is_due and not sibling.is_due and facts.tag_at(sibling.member) is None:
            name, version = draft.member.name, sibling.version
            message = f"{name} requires {requirement.sibling}, whose {version} is not released"
            yield Problem(message, f"release {requirement.sibling} with it", name)


def _unreleased_problems(
    draft: Draft, requirement: InternalRequirement, facts: Facts
) -> Iterator[Problem]:
    """Find what an index could not install; one with a version of its own making is left aside."""
    sibling = facts.workspace.members[requirement.sibling]
    if facts.pages and requirement.kind is Kind.REQUIRED and sibling.version is not None:
        name = draft.member.name
        message = f"{name} requires {sibling.name}, which is never released"
        yield Problem(message, f"{sibling.name}: {sibling.never_released}", name)


def _range_problem(
    name: NormalizedName, requirement: InternalRequirement, planned: str, version: Version
) -> Iterator[Problem]:
    hint = f"write {_suggested(requirement, version)} in {requirement.kind}"
    if requirement.requirement.url:
        message = f"{name} requires {requirement.sibling} by a URL, which no index accepts"
        yield Problem(message, f"{hint}, and a workspace source", name)
    elif requirement.is_bare and requirement.kind is not Kind.BUILD:
        yield Problem(f"{name} requires {requirement.sibling} without a range", hint, name)
    elif not replace(requirement, text=planned).admits(version):
        message = f"{name} requires `{requirement.text}`, which {version} is not in"
        yield Problem(message, hint, name)


def _suggested(requirement: InternalRequirement, version: Version) -> str:
    """Return the requirement as TOML that can be pasted."""
    parsed = requirement.requirement
    extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
    marker = f"; {parsed.marker}" if parsed.marker else ""
    text = moved_to(f"{parsed.name}{extras}{marker}", version)
    return f"'{text}'" if '"' in text else f'"{text}"'


def _tag_problems(draft: Draft, tags: Mapping[Version, Tag], facts: Facts) -> Iterator[Problem]:
    name = draft.member.name
    planned_tag = facts.workspace.settings.tag_format.render(name, draft.version)
    existing = tags.get(draft.version)
    if existing and not existing.reachable:
        message = f"the tag {planned_tag} is at {existing.commit[:12]}, which is not in the history"
        hint = f"a tag is never moved: give {name} a higher version than {draft.version}"
        yield Problem(message, hint, name)
    if planned_tag in facts.branches:
        message = f"a branch is named {planned_tag}: it wins over the tag in every git URL"
        yield Problem(message, "rename or delete the branch, here and at the remote", name)


def _index_problems(draft: Draft, page: Page | None) -> Iterator[Problem]:
    if page is None:
        return
    name = draft.member.name
    if page.unknown:
        hint = "nothing is assumed of an index that does not answer; try again when it does"
        yield Problem(f"the index does not say what it has of {name}: {page.unknown}", hint, name)
    highest = max(page.files, default=draft.version)
    if draft.is_due and highest > draft.version:
        message = f"the index has {name} {highest} already, above {draft.version}"
        yield Problem(message, f"give {name} a version above {highest} in its manifest", name)
