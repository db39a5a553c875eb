"""Compare what an index has of a version with the commit that is to be tagged for it.

A release in one go compares what it builds with what is there. One that is made in jobs,
each on its own, would tag what the facts say: this looks whether it was built from that.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from ...model.plan.facts import Facts
from ...model.plan.plan import Release
from ...model.problem import Problem
from ...model.workspace.workspace import Index
from ...ops import index as indexes
from ..build.as_committed import Committed, committed_at, differences
from ..checkout import Tree
from ..site import Site


def unlike(
    index: Index, releases: Sequence[Release], facts: Facts, site: Site
) -> Iterator[Problem]:
    """Find the releases whose files on the index are not what their commit has."""
    for commit in sorted({release.finished_from or facts.base for release in releases}):
        own = [r for r in releases if (r.finished_from or facts.base) == commit]
        members = [facts.workspace.members[release.name] for release in own]
        folder = site.folder / f"published-{commit}"
        tree = Tree(repository=site.scratch, commit=commit, prefix=site.prefix)
        committed = committed_at(tree, members, folder / "source")
        compare = partial(_unlike, index, facts, folder)
        with ThreadPoolExecutor(indexes.AT_ONCE) as pool:
            found = list(pool.map(compare, own, committed))
        yield from (_problem(problem, commit) for problems in found for problem in problems)


def _unlike(
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
    return Problem(message, hint, found.member)
