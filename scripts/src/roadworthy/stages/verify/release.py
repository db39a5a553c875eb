"""Verify a release: at the gate before anything leaves the machine, at the index, at the remote."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from ...model.history.tag import Tag
from ...model.problem import stop_on
from ...model.result import Result, failed_members, failures
from ...model.workspace.home import is_never_released
from ...ops.git import making
from ...ops.git.repository import Repository
from ...ops.git.writing import create_tags
from ..build.sdists import contents_of
from ..work import Batch, Work
from .git_install import folder_of, verify_git_install
from .index_install import verify_index_install
from .mirror import Mirror
from .prove import prove
from .routes import pylock_name
from .scope import Scope, Target
from .wheels import verify_wheels

# The lock files of a release are written, and tried, by this route at the gate.
LOCKED = (("pylock", "uv"),)
GATE, TAGS = "gate", "tags"


def gate(work: Work) -> Work:
    """Install everything involved from the wheels and from git; nothing has left the machine.

    Both at once: pip builds one member after another, and leaves the other cores alone.
    Raises `Failure` where a member does not work.
    """
    mirror = making.mirror(str(work.site.scratch.path), work.site.folder / "gate.git")
    create_tags(mirror, work.member_tags)
    targets = [target for batch in work.batches for target in _targets(batch)]
    with ThreadPoolExecutor(2) as pool:
        from_git = pool.submit(_verify_git, work, mirror, targets, GATE)
        from_wheels = pool.submit(_verify_wheels, work)
        results = (*from_wheels.result(), *from_git.result())
    stop_on(failures(results))  # what does not install need not be tested
    results = (*results, *prove(work))
    stop_on(failures(results))
    return replace(work, results=results, locks=tuple(_locks(work)))


def verify_index(work: Work) -> Work:
    """Install what was published from the index; what fails is not tagged.

    What is finished from an older commit need not go together with what is newer.
    """
    for batch in work.batches:
        work = _with_results(work, _verify_index(work, batch))
    return work


def verify_tags(work: Work) -> Work:
    """Install every tag whose release is not finished, from what the remote has now."""
    targets = [target for tag in work.closing for target in _tagged(work, tag)]
    if not targets:
        return work
    site = work.site
    mirror = making.mirror(site.remote, site.folder / "remote.mirror", site.scratch.environment)
    return _with_results(work, _verify_git(work, mirror, targets, TAGS))


def verify_commit(work: Work, names: Sequence[str]) -> Work:
    """Install members, or all, as they are at the commit planned from: nothing is due."""
    workspace, commit = work.workspace, work.commit
    targets = [
        Target(member=member, ref=commit, commit=commit, workspace=workspace)
        for member in workspace.select(names)
        if member.installable
    ]
    mirror = making.mirror(work.site.remote, work.site.folder / "head.git")
    return _with_results(work, _verify_git(work, mirror, targets, "head"))


def _with_results(work: Work, results: Sequence[Result]) -> Work:
    failed = {**work.failed, **failed_members(results)}
    return replace(work, results=(*work.results, *results), failed=failed)


def _targets(batch: Batch) -> Iterator[Target]:
    """Return what a batch has tried: its releases by their tags, the others by their commit."""
    tags = {release.name: release.planned_tag for release in batch.releases}
    contents = contents_of(batch.built)
    for name in batch.involved:
        yield Target(
            member=batch.workspace.members[name],
            ref=tags.get(name, batch.commit),
            commit=batch.commit,
            workspace=batch.workspace,
            contents=contents,
            also=LOCKED if name in tags else (),
        )


def _tagged(work: Work, tag: Tag) -> Iterator[Target]:
    workspace = work.workspaces[tag.commit]
    parsed = workspace.settings.parse_tag(tag.name, workspace.members)
    for name in parsed[0] if parsed else ():
        member = workspace.members[name]
        if not is_never_released(member):
            yield Target(member=member, ref=tag.name, commit=tag.commit, workspace=workspace)


def _verify_git(
    work: Work, repository: Repository, targets: Sequence[Target], what: str
) -> Sequence[Result]:
    site = work.site
    mirror = Mirror.of(repository, site.url, site.tree.prefix)
    scope = Scope(installers=work.terms.installers)
    return verify_git_install(
        mirror, targets, scope=scope, folder=_folder(work, what), python=work.python
    )


def _verify_wheels(work: Work) -> list[Result]:
    return [
        result
        for batch in work.batches
        for result in verify_wheels(
            batch.built,
            [batch.workspace.members[name] for name in batch.involved],
            batch.workspace,
            python=work.python,
        )
    ]


def _verify_index(work: Work, batch: Batch) -> Sequence[Result]:
    index = work.site.index
    versions = {r.name: r.planned_version for r in batch.releases if r.name not in work.failed}
    if index is None:
        return ()
    return verify_index_install(
        index, batch.workspace, versions, python=work.python, seconds=work.terms.seconds
    )


def _locks(work: Work) -> Iterator[Path]:
    """Return the lock file of each member that is released, as it was tried at the gate."""
    ((route, installer),) = LOCKED
    for batch in work.batches:
        folder = folder_of(_folder(work, GATE), route, installer, batch.commit)
        yield from (folder / r.name / pylock_name(r.name) for r in batch.releases)


def _folder(work: Work, what: str) -> Path:
    return work.site.folder / f"git-{what}"
