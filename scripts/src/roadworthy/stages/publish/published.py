"""Compare what an index has of a version with the commit that is to be tagged for it.

A release in one go compares what it builds with what is there. One that is made in jobs,
each on its own, would tag what the facts say: this looks whether it was built from that.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from ...model.plan.facts import Facts, Presence
from ...model.plan.plan import Release
from ...model.problem import Problem, stop_on
from ...model.workspace.workspace import Index
from ...ops import index as indexes
from ..build.as_committed import Committed, committed_at, differences
from ..work import Batch, Work


def require_published(work: Work, index: Index) -> Work:
    """Raise `Failure` where the index lacks a release, or has what its commit has not."""
    stop_on(_incomplete(work))
    stop_on(p for batch in work.batches for p in _unlike(index, work, batch))
    return work


def _incomplete(work: Work) -> Iterator[Problem]:
    facts = work.facts
    for each in work.plan.releases:
        if facts.presence(facts.workspace.members[each.name]) is not Presence.PRESENT:
            message = f"some files of {each.name} {each.planned_version} are missing on the index"
            yield Problem(
                "publish-incomplete",
                message,
                "publish it first: a tag says that a release is published",
                each.name,
            )


def _unlike(index: Index, work: Work, batch: Batch) -> Iterator[Problem]:
    members = [batch.workspace.members[release.name] for release in batch.releases]
    folder = work.site.folder / f"published-{batch.commit}"
    committed = committed_at(batch.tree, members, folder / "source")
    compare = partial(_differences, index, work.facts, folder)
    with ThreadPoolExecutor(indexes.AT_ONCE) as pool:
        found = list(pool.map(compare, batch.releases, committed))
    yield from (_problem(problem, batch.commit) for problems in found for problem in problems)


def _differences(
    index: Index, facts: Facts, folder: Path, release: Release, committed: Committed
) -> list[Problem]:
    own = folder / release.name
    own.mkdir()
    page = facts.pages.get(release.name)
    names = page.files.get(release.planned_version, {}) if page else {}
    paths = [indexes.download(index, name, release.name, own) for name in names]
    return list(differences(committed, paths))


def _problem(found: Problem, commit: str) -> Problem:
    message = f"on the index, {found.message}; {commit[:12]} would be tagged for it"
    hint = (
        "find the commit that it was built from, and tag that by hand; "
        f"or give {found.member} a higher version"
    )
    return Problem("not-as-committed-on-index", message, hint, found.member)
