"""Send the distributions of one member, and read back that the index has just those."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence

from ...model.distribution import Distribution
from ...model.index.retry import Refusal, pauses
from ...model.plan.facts import Page
from ...model.problem import Failure, Problem, stop_on
from ...model.workspace.workspace import Index
from ...ops import index as indexes
from ...ops.uv_publish import UploadFailure, publish
from ..distribution import described

POLL_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
AGAIN = "run the same command again; it resumes where it stopped"


def send(
    index: Index,
    due: Sequence[Distribution],
    given: Mapping[str, str],
    seconds: float,
) -> None:
    """Upload distributions of a member, and wait until the index lists them.

    `given` are the variables that have the credentials. `seconds` bounds the wait. What
    arrived although its answer was lost is not sent again; an index that is overloaded or
    broken for a moment is asked a few times more.
    Raises `Failure` where a file was changed since it was checked, the index refuses
    one, does not list it in time, or lists it with another hash.
    """
    stop_on(problem for d in due if (problem := _changed(d)))
    left = list(due)
    waits = pauses(iter(random.random, None))
    while left:
        try:
            publish([d.path for d in left], index, given)
        except UploadFailure as failure:
            missing = _missing(_page(index, left), index, left)
            if missing == left:  # nothing arrived
                _wait_for_another_try(index, failure, waits)
            left = missing
        else:
            break
    _wait_until_listed(index, due, seconds)


def _changed(distribution: Distribution) -> Problem | None:
    """Compare a file with what was built and checked."""
    name = distribution.member
    if described(name, distribution.path) == distribution:
        return None
    message = f"{distribution.filename} was changed after it was checked"
    return Problem(
        "distribution-changed",
        message,
        "find out what writes there, then run the same command again: it builds anew",
        name,
    )


def _wait_for_another_try(index: Index, failure: UploadFailure, waits: Iterator[float]) -> None:
    """Wait as long as the plan, or the index, says; raise `Failure` where no try is left."""
    planned = next(waits, None) if failure.refusal.is_passing else None
    if planned is None:
        said = failure.problems[0].message
        raise Failure(Problem("upload-refused", said, _way_out(index, failure.refusal))) from None
    time.sleep(failure.refusal.pause(planned))


def _way_out(index: Index, refusal: Refusal) -> str:
    match refusal.status:
        case 401 | 403:
            return f"look at the credentials for {index.name} (UV_PUBLISH_TOKEN)"
        case 429:
            pause = refusal.retry_after
            later = f" in {pause:.0f} s" if pause else " later"
            return f"{index.name} takes no more for now: run the same command again{later}"
        case 400 | 409:
            return f"{index.name} says why; what is there is never replaced"
        case _:
            return AGAIN


def _wait_until_listed(index: Index, due: Sequence[Distribution], seconds: float) -> None:
    """Poll until the index lists just what was uploaded; whatever uv said, this decides."""
    name = due[0].member
    for pause in _poll(seconds):
        page = indexes.read_page(index, name)
        if not page.unknown and not _missing(page, index, due):
            return
        time.sleep(pause)
    message = f"the index {index.name} does not list {name} after {seconds:.0f} s"
    raise Failure(Problem("upload-not-listed", message, AGAIN, name))


def _page(index: Index, due: Sequence[Distribution]) -> Page:
    """Read what is there after a failure; raise `Failure` for an index that does not say."""
    name = due[0].member
    page = indexes.read_page(index, name)
    if page.unknown:
        message = f"the index {index.name} gives no clear answer about {name}: {page.unknown}"
        raise Failure(Problem("index-unclear", message, AGAIN, name))
    return page


def _missing(page: Page, index: Index, due: Sequence[Distribution]) -> list[Distribution]:
    """Return what a page does not list; raise `Failure` for a file with another hash."""
    listed = {file: sha for of_version in page.files.values() for file, sha in of_version.items()}
    stop_on(_other_hash(index, d) for d in due if listed.get(d.filename, d.sha256) != d.sha256)
    return [d for d in due if d.filename not in listed]


def _other_hash(index: Index, distribution: Distribution) -> Problem:
    message = f"the index {index.name} lists {distribution.filename} with another hash"
    return Problem(
        "upload-changed",
        message,
        "something changed it on its way to the index",
        distribution.member,
    )


def _poll(limit: float) -> Iterator[float]:
    """Return the pauses between looks, ever longer, until they add up to a limit."""
    waited = 0.0
    steps = iter(POLL_SECONDS)
    while waited < limit:
        pause = min(next(steps, POLL_SECONDS[-1]), limit - waited)
        yield pause
        waited += pause
