"""Members' own tests as the proof: against what is about to be released, not against the source.

An import proves little. `wheel` runs the tests of each planned member against its built wheel;
`floor` does so with the lowest version of each of its own requirements; `dependents` runs the
tests of each released dependent, from its tag, against the new wheel of what it requires.
"""

import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from ...gather.workspace import workspace_at
from ...model.history.tag import Tag
from ...model.problem import Failure
from ...model.result import Result
from ...model.workspace.requirement import InternalRequirement, Kind
from ...model.workspace.setting_values import Proof
from ...model.workspace.workspace import MANIFEST, Member, Workspace
from ...ops import process, uv
from ...ops.tree import Tree
from ..build.contents import metadata_of, parsed_all, wheel_files
from ..checkout import own_source
from ..job import Job, job, shared_cache
from ..steps import expect, tell
from ..testing.suites import GROUP, TESTS
from ..testing.tested import FINE, NOTHING_COLLECTED
from ..work import Batch, Work

# Where the requirements of tests stand, by custom; the first that is there is taken.
GROUPS, PYTEST = (GROUP, "tests", "testing", "dev"), "pytest"
LOWEST = ("--resolution", "lowest-direct")
WORDS_KEPT = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """Tests to run: those of a member at a commit, with what is installed for them.

    `proves` is the planned member that fails where they do. `sources` are siblings that are
    taken as they are at commits: of each, where it lies there.
    """

    proof: Proof
    proves: NormalizedName
    member: Member
    tree: Tree
    requirements: Sequence[str]
    options: Sequence[str] = ()
    sources: Sequence[tuple[Member, Tree]] = ()
    own: Sequence[str] = ()

    @property
    def label(self) -> str:
        """Return what is tried, in a word or two."""
        who = f" by {self.member.name}" if self.member.name != self.proves else ""
        return f"{self.proves}{who} · prove-{self.proof}"


def prove(work: Work) -> list[Result]:
    """Run the tests that somebody asked for, side by side."""
    trials = [trial for batch in work.batches for trial in _trials(work, batch)]
    if not trials:
        return []
    expect(len(trials))
    with job() as shared, ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(partial(_tried, work.python, shared_cache(shared)), trials))


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


def _tried(python: str, cache: Mapping[str, str], trial: Trial) -> Result:
    tell(trial.label)
    with job() as own:
        try:
            problem, note = _tested(python, own.given(cache), trial)
        except Failure as failure:
            problem, note = failure.problems[0].message, ""
    if problem and trial.member.name != trial.proves:
        problem = f"the tests of {trial.member.name}, as released, fail with it: {problem}"
        problem += f"\nit breaks who requires it: `--bump {trial.proves}=major` says so"
    return Result(
        member=trial.proves,
        route=f"prove-{trial.proof}",
        installer="uv",
        requirement=", ".join(Path(each).name for each in trial.requirements) or trial.proves,
        commit=trial.tree.commit,
        problem=problem,
        note=note,
    )


def _tested(python: str, own: Job, trial: Trial) -> tuple[str, str]:
    """Run the tests in an environment of their own; return what is wrong, or what is missing."""
    source = own_source(trial.tree, own.folder / "source", with_history=False)
    folder = source.path / trial.tree.path(trial.member.path)
    if not (folder / TESTS).is_dir():
        return "", f"{trial.member.name} has no folder `{TESTS}`: prove-{trial.proof} tried nothing"
    installed = uv.make_environment(own.folder / "env", own.environment, python)
    folders = [_laid_out(own, place, *each) for place, each in enumerate(trial.sources)]
    # Siblings come from where they are named here, not from the workspace around them.
    options = ("--no-sources", *trial.options)
    uv.install(installed, [*options, *trial.requirements, *map(str, folders)], own.environment)
    for manifest, group in _groups(folder, source.path / trial.tree.prefix):
        uv.install(installed, ["--group", f"{manifest}:{group}"], own.environment)
    if not uv.has(installed, PYTEST):
        return (
            "",
            f"{trial.member.name} has no group with {PYTEST}: prove-{trial.proof} tried nothing",
        )
    for top in trial.own:  # else the source would be imported, not what was installed
        for place in (folder / "src" / top, folder / top):
            _remove(place)
    command = (str(installed), "-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS)
    code, output = process.watched(command, folder, own.imports, is_shown=False)
    lines = [line for line in output.splitlines() if line.strip()][-WORDS_KEPT:]
    if code in {FINE, NOTHING_COLLECTED}:
        return "", ""
    return "\n".join(["its tests fail", *lines]), ""


def _groups(folder: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """Return the group that tests need: the member's own, else that of the whole workspace."""
    for manifest in (folder / MANIFEST, root / MANIFEST):
        groups = tomllib.loads(manifest.read_text("utf-8")).get("dependency-groups", {})
        for name in GROUPS:
            if name in groups:
                yield manifest, name
                return


def _laid_out(own: Job, place: int, member: Member, tree: Tree) -> Path:
    """Check out a member as it is at a commit, to be installed from there."""
    source = own_source(tree, own.folder / f"sibling-{place}", with_history=False)
    return source.path / tree.path(member.path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
