"""Publish: upload what is due, member by member, dependencies first, and read it back."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName

from ...model.distribution import Distribution
from ...model.plan.graph import Graph
from ...model.plan.plan import Release
from ...model.problem import Failure, Problem, stop_on
from ...model.upload import Action, Upload
from ...model.workspace.workspace import Index
from ...ops.uv_publish import given_to
from ..steps import expect, tell
from ..work import Work
from .refusals import refusals
from .send import AGAIN, send
from .siblings import sibling_problems
from .uploads import plan_uploads

AT_ONCE = 4
VISIBLE_SECONDS = 300.0


def compare(work: Work) -> Work:
    """Compare what is due with what the index has, and with what it is known to take.

    Raises `Failure` for what it would refuse, and for a file that is there with other content.
    """
    site = work.site
    if site.index is None or site.destination is None:
        return work
    stop_on(refusals(site.destination, work.distributions))
    if site.is_real:
        stop_on(sibling_problems(work, site.index))
    uploads = plan_uploads(site.index, work.distributions)
    stop_on(upload.problem for upload in uploads if upload.problem)
    return replace(work, uploads=uploads)


def publish(work: Work) -> Work:
    """Upload wave by wave; a member whose upload failed stops those that require it, and no others.

    Without credentials of the site's own, as a rehearsal has them, an upload takes those of
    our environment.
    """
    site, graph = work.site, work.workspace.graph
    if site.index is None:
        return work
    upload = _Upload(
        index=site.index,
        given=site.credentials or given_to(site.index),
        seconds=VISIBLE_SECONDS if work.terms.seconds is None else work.terms.seconds,
    )
    failed = dict(work.failed)
    for names in _waves(work.plan.releases):
        waiting = {name: _waits(name, graph, failed) for name in names}
        failed |= {name: problem for name, problem in waiting.items() if problem}
        ready = [name for name in names if name not in failed]
        own = [[u for u in work.uploads if u.distribution.member == name] for name in ready]
        expect(len(ready))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = pool.map(upload.of_a_member, own)
            failed |= {
                name: problem for name, problem in zip(ready, results, strict=True) if problem
            }
    published = (r.name for r in work.plan.releases if r.name not in failed)
    return replace(work, failed=failed, published=tuple(published))


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
    return Problem(
        "publish-waits", f"{name} waits for {missing[0]}, which is not on the index", AGAIN, name
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Upload:
    """How members are uploaded: `seconds` bounds how long the index may take to show a file."""

    index: Index
    given: Mapping[str, str] = field(repr=False)
    seconds: float

    def of_a_member(self, uploads: Sequence[Upload]) -> Problem | None:
        """Upload what a member still lacks; return what went wrong."""
        tell(uploads[0].distribution.member if uploads else "nothing")
        try:
            due = _still_due(self.index, uploads)
            if due:
                send(self.index, due, self.given, self.seconds)
        except Failure as failure:
            problem, name = failure.problems[0], uploads[0].distribution.member
            return Problem(
                "publish-failed", f"{name} was not published: {problem.message}", problem.hint, name
            )
        return None


def _still_due(index: Index, uploads: Sequence[Upload]) -> list[Distribution]:
    """Look once more just before: somebody else may have uploaded a file since the gate."""
    due = [u.distribution for u in uploads if u.action is Action.UPLOAD]
    found = plan_uploads(index, due) if due else ()
    stop_on(upload.problem for upload in found if upload.problem)
    return [upload.distribution for upload in found if upload.action is Action.UPLOAD]
