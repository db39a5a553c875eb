"""Publish: upload what is due, member by member, dependencies first, and read it back."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from packaging.utils import NormalizedName

from ...model.plan.graph import Graph
from ...model.plan.plan import Release
from ...model.problem import Failure, Problem, stop_on
from ...model.workspace.workspace import Index
from ...ops.uv_publish import given_to
from ..distribution import Distribution
from .send import AGAIN, send
from .uploads import Action, Upload, plan_uploads

AT_ONCE = 4
VISIBLE_SECONDS = 300.0


def publish(
    index: Index,
    uploads: Sequence[Upload],
    releases: Iterable[Release],
    graph: Graph,
    credentials: Mapping[str, str],
    *,
    seconds: float | None = None,
) -> dict[NormalizedName, Problem]:
    """Upload wave by wave; return what went wrong, by member.

    A member whose upload failed stops those that require it, and no others. `seconds`
    bounds how long the index may take to show a file. Without `credentials` of its own,
    as a rehearsal has them, an upload takes those of our environment.
    """
    given = credentials or given_to(index)
    limit = VISIBLE_SECONDS if seconds is None else seconds
    own = {name: [u for u in uploads if u.distribution.member == name] for name in graph}
    failed: dict[NormalizedName, Problem] = {}
    for names in _waves(releases):
        waiting = {name: _waits(name, graph, failed) for name in names}
        failed |= {name: problem for name, problem in waiting.items() if problem}
        ready = [name for name in names if name not in failed]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = pool.map(lambda n: _publish_member(index, own[n], given, limit), ready)
            failed |= {
                name: problem for name, problem in zip(ready, results, strict=True) if problem
            }
    return failed


def _waves(releases: Iterable[Release]) -> Iterable[Sequence[NormalizedName]]:
    waves: dict[int, list[NormalizedName]] = {}
    for release in releases:
        waves.setdefault(release.wave, []).append(release.name)
    return [names for _, names in sorted(waves.items())]


def _waits(
    name: NormalizedName, graph: Graph, failed: Mapping[NormalizedName, Problem]
) -> Problem | None:
    missing = sorted(graph[name] & failed.keys())
    if not missing:
        return None
    return Problem(f"{name} waits for {missing[0]}, which is not on the index", AGAIN, name)


def _publish_member(
    index: Index, uploads: Sequence[Upload], given: Mapping[str, str], seconds: float
) -> Problem | None:
    try:
        due = _still_due(index, uploads)
        if due:
            send(index, due, given, seconds)
    except Failure as failure:
        problem, name = failure.problems[0], uploads[0].distribution.member
        return Problem(f"{name} is not published: {problem.message}", problem.hint, name)
    return None


def _still_due(index: Index, uploads: Sequence[Upload]) -> list[Distribution]:
    """Look once more just before: somebody else may have uploaded a file since the gate."""
    due = [u.distribution for u in uploads if u.action is Action.UPLOAD]
    found = plan_uploads(index, due) if due else ()
    stop_on(upload.problem for upload in found if upload.problem)
    return [upload.distribution for upload in found if upload.action is Action.UPLOAD]
