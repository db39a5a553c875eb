"""What is uploaded must find on the index the siblings that it requires."""

from collections.abc import Iterator

from packaging.utils import NormalizedName

from ...model.plan.facts import Page
from ...model.problem import Problem
from ...model.workspace.requirement import InternalRequirement, Kind
from ...model.workspace.workspace import Index, Member
from ...ops import index as indexes
from ..work import Batch, Work


def sibling_problems(work: Work, index: Index) -> Iterator[Problem]:
    """Find requirements on siblings that are not in this release, and that the index cannot meet.

    An index may lack a sibling, or have only yanked versions of it, which installers pass over.
    """
    wanted = [each for batch in work.batches for each in _elsewhere(work, batch)]
    names = sorted({requirement.sibling for _, requirement in wanted})
    pages = indexes.read_pages(index, names) if names else {}
    for member, requirement in wanted:
        yield from _problem(member.name, requirement, pages[requirement.sibling], index)


def _elsewhere(work: Work, batch: Batch) -> Iterator[tuple[Member, InternalRequirement]]:
    """Return what a batch requires of siblings that are not released with it."""
    released = {release.name for release in work.plan.releases}
    for name in sorted(batch.names):
        member = batch.workspace.members[name]
        for requirement in member.requirements:
            if requirement.kind is Kind.REQUIRED and requirement.sibling not in released:
                yield member, requirement


def _problem(
    name: NormalizedName, requirement: InternalRequirement, page: Page, index: Index
) -> Iterator[Problem]:
    sibling = requirement.sibling
    if page.unknown:
        message = f"the index {index.name} gives no clear answer about {sibling}: {page.unknown}"
        hint = page.way_out or f"look at {index.shown}, and at {' and '.join(index.variables)}"
        yield Problem("index-unclear", message, hint, name)
        return
    fitting = [version for version in page.files if requirement.admits(version)]
    if set(fitting) - page.yanked:
        return
    if fitting:
        message = f"{name} requires {sibling}, and {index.name} has only yanked versions that fit"
        hint = f"release {sibling} with it, such as by `--bump {sibling}=patch`"
        yield Problem("requires-yanked", message, hint, name)
        return
    message = f"{name} requires `{requirement.text}`, and {index.name} has no version that fits"
    hint = f"`--index {index.name}` uploads released siblings that it lacks, from their tags"
    yield Problem("requires-absent", message, hint, name)
