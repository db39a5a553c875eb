"""The ranges of internal requirements that a release moves."""

from collections.abc import Iterator, Mapping

from packaging.utils import NormalizedName

from ..workspace.requirement import InternalRequirement, Kind, moved_to
from ..workspace.setting_values import Floors
from ..workspace.workspace import Member, Workspace
from .draft import Draft


def rewrites_of(
    drafts: Mapping[NormalizedName, Draft], workspace: Workspace
) -> dict[NormalizedName, dict[str, str]]:
    """Return the requirements to rewrite, member by member: old text to new.

    A member that is released starts its ranges at what is released with it. One that
    is never released, such as an umbrella, keeps those that still hold, and so does all where
    `floors` is to keep them.
    """
    found: dict[NormalizedName, dict[str, str]] = {}
    for name, member in workspace.members.items():
        draft = drafts.get(name)
        if draft is None or (draft.is_due and not draft.is_fixed):
            moved = dict(_moved(member, draft, drafts))
            if moved:
                found[name] = moved
    return found


def _moved(
    member: Member, draft: Draft | None, drafts: Mapping[NormalizedName, Draft]
) -> Iterator[tuple[str, str]]:
    for requirement in member.requirements:
        sibling = drafts.get(requirement.sibling)
        is_fixed = requirement.is_bare or requirement.requirement.url or requirement.is_dynamic
        if sibling is None or is_fixed:
            continue
        if requirement.admits(sibling.version) and _keeps(draft, requirement, sibling):
            continue
        new = moved_to(requirement.text, sibling.version)
        if new != requirement.text:
            yield requirement.text, new


def _keeps(draft: Draft | None, requirement: InternalRequirement, sibling: Draft) -> bool:
    """Tell whether a range that holds stays as it is."""
    if draft is None or not sibling.is_due or requirement.kind is Kind.GROUP:
        return True
    return sibling.past.settings.floors is Floors.KEEP or _is_steadier(draft, sibling)


def _is_steadier(draft: Draft, sibling: Draft) -> bool:
    """Tell whether a final release would come to require a pre-release."""
    return sibling.version.is_prerelease and not draft.version.is_prerelease
