"""Build what is due: each release from the commit that it is made from."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from ...model.distribution import Distribution
from ...model.problem import stop_on
from ...model.workspace.workspace import Member
from ..work import Batch, Work, at_commit
from .as_committed import committed_at
from .build import build, problems_of
from .dist import built_elsewhere, recorded, replace_folder


def build_due(work: Work, *, source: Path | None = None, cache: Path | None = None) -> Work:
    """Take what is due from the folder `source`, or from an earlier build, or build it.

    Raises `Failure` where `source` does not have it, or what is there is not sound; what a
    `cache` does not have as it is to be is built.
    """
    batches = (_with_releases(work, batch, source, cache) for batch in work.batches)
    return replace(work, batches=tuple(batches))


def build_to_try(work: Work) -> Work:
    """Build what is due, and all that is needed to try it and those that depend on it."""
    work = at_commit(work, work.commit)
    return replace(work, batches=tuple(_with_everything(work, batch) for batch in work.batches))


def keep(work: Work, folder: Path) -> None:
    """Put what is due where people and other jobs look for it, with its lock files."""
    replace_folder({b.commit: b.distributions for b in work.batches}, folder, work.locks)


def _with_releases(work: Work, batch: Batch, source: Path | None, cache: Path | None) -> Batch:
    versions = {release.name: release.planned_version for release in batch.releases}
    found = _found(batch, versions, source, cache)
    if found:
        members = _members(batch, versions)
        stop_on(problems_of(found, committed_at(batch.tree, members, _folder(work, batch))))
        return replace(batch, built=found)
    return _built(work, batch, list(versions))


def _found(
    batch: Batch,
    versions: Mapping[NormalizedName, Version],
    source: Path | None,
    cache: Path | None,
) -> tuple[Distribution, ...]:
    if source:
        return built_elsewhere(source, batch.commit, versions)
    return recorded(cache, batch.commit, versions) if cache else ()


def _with_everything(work: Work, batch: Batch) -> Batch:
    needed = batch.workspace.needed
    names = {name for involved in batch.involved for name in needed(involved)}
    made = _built(work, batch, sorted(names))
    if work.site.stock:
        # The index of a rehearsal has what the real one has already.
        for distribution in made.built:
            if distribution.member not in batch.names:
                shutil.copy2(distribution.path, work.site.stock)
    return made


def _built(work: Work, batch: Batch, names: Sequence[NormalizedName]) -> Batch:
    members, folder = _members(batch, names), _folder(work, batch)
    found = build(
        batch.tree, batch.workspace, members, folder, released=batch.names, tags=batch.tags
    )
    return replace(batch, built=found)


def _members(batch: Batch, names: Iterable[NormalizedName]) -> list[Member]:
    return [batch.workspace.members[name] for name in names]


def _folder(work: Work, batch: Batch) -> Path:
    return work.site.folder / f"build-{batch.commit}"
