"""Publish: upload what is due, member by member, dependencies first, and read it back."""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.facts import Page
from ..model.filename import version_of
from ..model.graph import Graph
from ..model.plan import Release
from ..model.problem import Failure, Problem
from ..model.retry import is_passing, pauses
from ..model.workspace import Index
from ..ops import index as indexes
from ..ops import process, uv
from .build import Distribution
from .contents import same_contents

AT_ONCE = 4
VISIBLE_SECONDS = 300.0
POLL_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Action(StrEnum):
    """What is to be done with a distribution."""

    UPLOAD = "upload"
    SKIP = "skip"
    CONFLICT = "conflict"


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A distribution, and what an index makes us do with it."""

    distribution: Distribution
    action: Action
    problem: Problem | None = None


def plan_uploads(index: Index, built: Sequence[Distribution]) -> tuple[Upload, ...]:
    """Compare distributions with what the index has; nothing is uploaded.

    Raises `Failure` where the index does not say what it has: unknown is not absent.
    """
    pages = indexes.read_pages(index, sorted({d.member for d in built}))
    unknown = {name: page.unknown for name, page in pages.items() if page.unknown}
    if unknown:
        name, why = next(iter(unknown.items()))
        message = f"the index {index.name} does not say what it has of {name}: {why}"
        hint = f"look at {index.shown}, and at {' and '.join(index.variables)}"
        raise Failure(Problem(message, hint, name))
    return tuple(_upload(index, distribution, pages[distribution.member]) for distribution in built)


def publish(
    index: Index,
    uploads: Sequence[Upload],
    releases: Iterable[Release],
    graph: Graph,
    credentials: Mapping[str, str],
) -> dict[NormalizedName, Problem]:
    """Upload wave by wave; return what went wrong, by member.

    A member whose upload failed stops those that require it, and no others.
    """
    failed: dict[NormalizedName, Problem] = {}
    waves: dict[int, list[NormalizedName]] = {}
    for release in releases:
        waves.setdefault(release.wave, []).append(release.name)
    own = {name: [u for u in uploads if u.distribution.member == name] for name in graph}
    for _, names in sorted(waves.items()):
        ready = []
        for name in names:
            missing = sorted(graph[name] & failed.keys())
            if missing:
                message = f"{name} waits for {missing[0]}, which is not on the index"
                failed[name] = Problem(message, "run the same command again", name)
            else:
                ready.append(name)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = pool.map(lambda n: _publish_member(index, n, own[n], credentials), ready)
            failed |= {
                name: problem for name, problem in zip(ready, results, strict=True) if problem
            }
    return failed


def _upload(index: Index, distribution: Distribution, page: Page) -> Upload:
    version = version_of(distribution.filename)
    listed = page.files.get(version or Version("0"), {}).get(distribution.filename)
    if listed is None:
        return Upload(distribution=distribution, action=Action.UPLOAD)
    if listed == distribution.sha256 or _same_as_on_index(index, distribution):
        return Upload(distribution=distribution, action=Action.SKIP)
    message = (
        f"the index {index.name} has {distribution.filename} with other content: "
        f"sha256 {listed[:12]}, built here {distribution.sha256[:12]}"
    )
    hint = (
        f"what is published is never replaced: give {distribution.member} a higher version, "
        "or, if what is there is right, tag the commit that it was built from"
    )
    problem = Problem(message, hint, distribution.member)
    return Upload(distribution=distribution, action=Action.CONFLICT, problem=problem)


def _same_as_on_index(index: Index, distribution: Distribution) -> bool:
    """Tell whether the other bytes on the index differ in nothing but who built them."""
    content = indexes.download(index, distribution.filename, distribution.member)
    with TemporaryDirectory(prefix="release-") as folder:
        other = Path(folder) / distribution.filename
        other.write_bytes(content)
        return same_contents(distribution.path, other)


def _publish_member(
    index: Index, name: NormalizedName, uploads: Sequence[Upload], credentials: Mapping[str, str]
) -> Problem | None:
    due = [u.distribution for u in uploads if u.action is Action.UPLOAD]
    try:
        if due:
            _send(index, due, {**process.own_environment(), **credentials})
            _wait_until_listed(index, name, {d.filename: d.sha256 for d in due})
    except Failure as failure:
        problem = failure.problems[0]
        hint = problem.hint or f"look at the credentials for {index.name} (UV_PUBLISH_TOKEN)"
        return Problem(f"{name} is not published: {problem.message}", hint, name)
    return None


def _send(index: Index, due: Sequence[Distribution], environment: Mapping[str, str]) -> None:
    """Upload files; what arrived although its answer was lost is not sent again.

    An index that is overloaded or broken for a moment is asked again, a few times.
    """
    left = list(due)
    waits = pauses(iter(random.random, None))
    while left:
        try:
            uv.publish([d.path for d in left], index.publish_url or index.url, environment)
        except process.CommandFailure as failure:
            missing = [d for d in left if not _is_listed(index, d.member, {d.filename: d.sha256})]
            if missing == left:  # nothing arrived: is it worth another try?
                pause = next(waits, None) if is_passing(failure.output) else None
                if pause is None:
                    raise
                time.sleep(pause)
            left = missing
        else:
            return


def _wait_until_listed(index: Index, name: NormalizedName, wanted: Mapping[str, str]) -> None:
    """Poll until the index lists just what was uploaded; whatever uv said, this decides."""
    for pause in _pauses(VISIBLE_SECONDS):
        if _is_listed(index, name, wanted):
            return
        time.sleep(pause)
    message = f"the index {index.name} does not list {name} after {VISIBLE_SECONDS:.0f} s"
    raise Failure(Problem(message, "run the same command again: it goes on from there", name))


def _is_listed(index: Index, name: NormalizedName, wanted: Mapping[str, str]) -> bool:
    """Tell whether an index lists files; raise `Failure` for one with another hash."""
    files = indexes.read_page(index, name).files
    listed = {file: sha for of_version in files.values() for file, sha in of_version.items()}
    for file, sha in wanted.items():
        if listed.get(file, sha) != sha:
            message = f"the index {index.name} lists {file} with another hash"
            raise Failure(Problem(message, "something changed it on the way: look there", name))
    return wanted.keys() <= listed.keys()


def _pauses(limit: float) -> Iterator[float]:
    waited = 0.0
    steps = iter(POLL_SECONDS)
    while waited < limit:
        pause = next(steps, POLL_SECONDS[-1])
        yield pause
        waited += pause
