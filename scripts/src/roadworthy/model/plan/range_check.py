"""Checks of a plan's ranges: whether every requirement on a sibling holds after the release."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from packaging.utils import NormalizedName

from ..problem import Problem
from ..workspace.requirement import InternalRequirement, Kind, moved_to, parsed
from ..workspace.workspace import Member
from .draft import Draft
from .facts import Facts


def proposals(
    drafts: Mapping[NormalizedName, Draft], rewrites: Mapping[NormalizedName, Mapping[str, str]]
) -> dict[NormalizedName, dict[str, str]]:
    """Return the requirements that no release mends, with what to write instead."""
    found: dict[NormalizedName, dict[str, str]] = {}
    for name, draft in drafts.items():
        for requirement in draft.member.requirements:
            sibling = drafts.get(requirement.sibling)
            planned = rewrites.get(name, {}).get(requirement.text, requirement.text)
            wrong = sibling and _range_problem(draft.member, requirement, planned, sibling)
            is_ours = requirement.kind is not Kind.GROUP and not requirement.is_dynamic
            if sibling and wrong and is_ours and not draft.is_fixed:
                new = _proposed(requirement, sibling)
                found.setdefault(name, {})[requirement.text] = new
    return found


def range_problems(
    draft: Draft,
    drafts: Mapping[NormalizedName, Draft],
    facts: Facts,
    moved: Mapping[str, str],
) -> Iterator[Problem]:
    """Find what is wrong with the requirements of a member on siblings."""
    for requirement in draft.member.requirements:
        sibling = drafts.get(requirement.sibling)
        if requirement.kind is Kind.GROUP or draft.is_fixed:
            continue
        if sibling is None:
            yield from _unreleased_problems(draft, requirement, facts)
            continue
        planned = moved.get(requirement.text, requirement.text)
        wrong = _range_problem(draft.member, requirement, planned, sibling)
        yield from [wrong] if wrong else _stability_problems(draft, sibling, planned)
        if draft.is_due and facts.index and requirement.kind is Kind.BUILD and requirement.is_local:
            yield _build_problem(draft.member.name, requirement, facts.index)
        if draft.is_due and not sibling.is_due and not _is_released(sibling, facts):
            name, version = draft.member.name, sibling.version
            message = f"{name} requires {requirement.sibling}, whose {version} is not released"
            yield Problem(
                "requires-unreleased", message, f"release {requirement.sibling} with it", name
            )


def _build_problem(name: NormalizedName, requirement: InternalRequirement, index: str) -> Problem:
    """Find an sdist that nobody can build outside of the workspace: uv wants the one around it."""
    sibling = requirement.sibling
    message = f"{name} requires {sibling} to be built, from the workspace: {index} would get an "
    message += "sdist that nobody else can build"
    hint = f'take {sibling} out of its [tool.uv.sources], or release by git alone: `index = ""`'
    return Problem("build-requires-sibling", message, hint, name)


def _is_released(sibling: Draft, facts: Facts) -> bool:
    """Tell whether the version that a sibling has is tagged; some have it from the tag alone."""
    if sibling.member.version is None:
        return sibling.prior is not None
    return facts.tag_at(sibling.member) is not None


def _unreleased_problems(
    draft: Draft, requirement: InternalRequirement, facts: Facts
) -> Iterator[Problem]:
    """Find what an index could not install; one with a version of its own making is left aside."""
    sibling = facts.workspace.members[requirement.sibling]
    if facts.pages and requirement.kind is Kind.REQUIRED and sibling.version is not None:
        name = draft.member.name
        message = f"{name} requires {sibling.name}, which is never released"
        yield Problem(
            "requires-never-released", message, f"{sibling.name}: {sibling.never_released}", name
        )


def _stability_problems(draft: Draft, sibling: Draft, planned: str) -> Iterator[Problem]:
    """Find a final release that would require a pre-release."""
    if not draft.is_due or draft.version.is_prerelease or not sibling.version.is_prerelease:
        return
    if parsed(planned).specifier.prereleases:
        name, required = draft.member.name, sibling.member.name
        message = f"{name} {draft.version} would require {required} {sibling.version}"
        hint = f"a final release can require final releases only: `--promote {required} {name}`"
        yield Problem("requires-pre-release", message, hint, name)


def _range_problem(
    member: Member, requirement: InternalRequirement, planned: str, sibling: Draft
) -> Problem | None:
    name = member.name
    if requirement.requirement.url:
        message = f"{name} requires {requirement.sibling} by a URL, which no index accepts"
        hint = f"{_written(requirement, sibling)}, and a workspace source"
        return Problem("requires-by-url", message, hint, name)
    if requirement.is_dynamic:
        return _dynamic_problem(name, requirement, sibling)
    if requirement.is_bare and requirement.kind is not Kind.BUILD:
        if _is_bounded(member, requirement.sibling):
            return None
        message = f"{name} requires {requirement.sibling} without a range"
        return Problem("range-missing", message, _written(requirement, sibling), name)
    if not replace(requirement, text=planned).admits(sibling.version):
        message = f"{name} requires `{requirement.text}`, which {sibling.version} is not in"
        return Problem("range-excludes-sibling", message, _written(requirement, sibling), name)
    return None


def _dynamic_problem(
    name: NormalizedName, requirement: InternalRequirement, sibling: Draft
) -> Problem | None:
    """Find a range that no release can move: the manifest leaves it to the build backend."""
    if requirement.admits(sibling.version):
        return None
    message = f"{name} requires `{requirement.text}`, which {sibling.version} is not in"
    hint = "its manifest leaves that to the build backend: change it there, and run `uv lock`"
    return Problem("range-dynamic", message, hint, name)


def _is_bounded(member: Member, sibling: NormalizedName) -> bool:
    """Tell whether a member has a range of a sibling that always holds: an extra needs no other."""
    own = (each for each in member.requirements if each.sibling == sibling)
    return any(each.is_unconditional and not each.is_bare for each in own)


def _written(requirement: InternalRequirement, sibling: Draft) -> str:
    """Say what to write instead of a requirement, ready to be pasted."""
    new = _proposed(requirement, sibling)
    pasted = f"'{new}'" if '"' in new else f'"{new}"'
    return f"write {pasted} in {requirement.table}"


def _proposed(requirement: InternalRequirement, sibling: Draft) -> str:
    """Return the requirement with a range that has the sibling's planned version.

    It begins at the version that the sibling has now, if it can: until the release it
    is that one which a consumer gets from git.
    """
    required = requirement.requirement
    extras = f"[{','.join(sorted(required.extras))}]" if required.extras else ""
    marker = f"; {required.marker}" if required.marker else ""
    versions = filter(None, (sibling.member.version, sibling.version))
    texts = [moved_to(f"{required.name}{extras}{marker}", version) for version in versions]
    fitting = (t for t in texts if parsed(t).specifier.contains(sibling.version, prereleases=True))
    return next(fitting, texts[-1])
