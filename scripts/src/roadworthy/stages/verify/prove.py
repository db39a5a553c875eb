"""Members' own tests as the proof: against what is about to be released, not against the source.

An import proves little. `wheel` runs the tests of each planned member against its built wheel;
`floor` does so with the lowest version of each of its own requirements; `dependents` runs the
tests of each released dependent, from its tag, against the new wheel of what it requires.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from ...gather.workspace import workspace_at
from ...model.history.tag import Tag
from ...model.result import Result
from ...model.workspace.requirement import InternalRequirement, Kind
from ...model.workspace.setting_values import Proof
from ...model.workspace.workspace import Member, Workspace
from ...ops.tree import Tree
from ..build.contents import metadata_of, parsed_all, wheel_files
from ..job import job, shared_cache
from ..steps import expect
from ..work import Batch, Work
from .trial import Trial, tried

LOWEST = ("--resolution", "lowest-direct")


def prove(work: Work) -> list[Result]:
    """Run the tests that somebody asked for, side by side."""
    trials = [trial for batch in work.batches for trial in _trials(work, batch)]
    if not trials:
        return []
    expect(len(trials))
    with job() as shared, ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(partial(tried, work.python, shared_cache(shared)), trials))


def _trials(work: Work, batch: Batch) -> Iterator[Trial]:
    wanted = work.terms.prove or work.facts.workspace.settings.prove
    wheels = {d.member: d.path for d in batch.built if d.path.suffix == ".whl"}
    for name in sorted(batch.names):
        if Proof.WHEEL in wanted:
            yield _of_wheel(batch, name, wheels)
        if Proof.FLOOR in wanted:
            yield _of_floor(work, batch, name, wheels)
    if Proof.DEPENDENTS in wanted:
        yield from _of_dependents(work, batch, wheels)


def _of_wheel(batch: Batch, name: NormalizedName, wheels: Mapping[NormalizedName, Path]) -> Trial:
    needed = sorted(batch.workspace.needed(name))
    return Trial(
        proof=Proof.WHEEL,
        proves=name,
        member=batch.workspace.members[name],
        tree=batch.tree,
        requirements=[wheels[each].as_uri() for each in needed],
        own=_tops(wheels[name]),
    )


def _of_floor(
    work: Work, batch: Batch, name: NormalizedName, wheels: Mapping[NormalizedName, Path]
) -> Trial:
    """Take the lowest of each requirement: of a sibling, the oldest release that its range has."""
    member = batch.workspace.members[name]
    siblings = {r.sibling: r for r in member.requirements if r.kind is Kind.REQUIRED}
    oldest = {each: _oldest(work, requirement) for each, requirement in siblings.items()}
    older = {each: tag for each, tag in oldest.items() if tag}
    sources = [pair for each, tag in older.items() for pair in _at_tag(work, each, tag)]
    taken = {source.name for source, _ in sources}
    rest = sorted(batch.workspace.needed(name) - taken)
    stated = parsed_all(metadata_of(wheels[name]).get("requires_dist", ()))
    others = [str(each) for each in stated if _is_of_others(each, batch.workspace)]
    return Trial(
        proof=Proof.FLOOR,
        proves=name,
        member=member,
        tree=batch.tree,
        requirements=[*others, *(wheels[each].as_uri() for each in rest)],
        options=LOWEST,
        sources=sources,
        own=_tops(wheels[name]),
    )


def _of_dependents(
    work: Work, batch: Batch, wheels: Mapping[NormalizedName, Path]
) -> Iterator[Trial]:
    """Try each dependent as it was last released, where its range admits what is planned."""
    planned = {release.name: release.planned_version for release in batch.releases}
    for name, (_, tag) in sorted(work.facts.priors().items()):
        tree = work.site.tree.at(tag.commit)
        then = workspace_at(tree)
        member = then.members.get(name)
        if member is None or not set(planned) & then.needed(name) - {name}:
            continue
        required = [r for r in member.requirements if r.kind is Kind.REQUIRED]
        taken = {r.sibling: r for r in required if r.sibling in planned}
        admitted = [n for n, r in taken.items() if r.admits(planned[n])]
        others = then.needed(name) - set(planned)
        sources = [(then.members[each], _released_at(work, each, tree)) for each in sorted(others)]
        for sibling in admitted:
            yield Trial(
                proof=Proof.DEPENDENTS,
                proves=sibling,
                member=member,
                tree=tree,
                requirements=[wheels[each].as_uri() for each in sorted(admitted)],
                sources=[(member, tree), *(pair for pair in sources if pair[0].name != name)],
                own=_named(member),
            )


def _oldest(work: Work, requirement: InternalRequirement) -> Tag | None:
    """Return the tag of the oldest release that a range has; None where that is the planned one."""
    name = requirement.sibling
    versions = work.facts.reachable_versions(name)
    fitting = sorted(version for version in versions if requirement.admits(version))
    return work.facts.member_tags[name][fitting[0]] if fitting else None


def _at_tag(work: Work, name: NormalizedName, tag: Tag) -> Iterator[tuple[Member, Tree]]:
    """Return a sibling as it was at a tag, with those that it required then."""
    tree = work.site.tree.at(tag.commit)
    then = workspace_at(tree)
    for each in sorted(then.needed(name)) if name in then.members else ():
        yield then.members[each], tree


def _released_at(work: Work, name: NormalizedName, otherwise: Tree) -> Tree:
    prior = work.facts.priors().get(name)
    return work.site.tree.at(prior[1].commit) if prior else otherwise


def _is_of_others(requirement: Requirement, workspace: Workspace) -> bool:
    """Tell whether a requirement holds without an extra, and is on no sibling."""
    is_own = requirement.name.lower().replace("_", "-") in workspace.members
    return not is_own and (not requirement.marker or requirement.marker.evaluate({"extra": ""}))


def _tops(wheel: Path) -> list[str]:
    """Return what a wheel installs at the top of site-packages."""
    return sorted({name.partition("/")[0] for name in wheel_files(wheel)})


def _named(member: Member) -> list[str]:
    """Return what a member is imported as by its name, where no wheel of it is at hand."""
    return [member.name.replace("-", "_")]
