"""The one engine: the steps of a release as values, in their order.

`release` takes all of them in one process. The jobs of a CI take some of them each, by the
commands `prepare`, `build`, `publish` and `tag`. Either can be broken off anywhere: running
it again reads the facts anew and does what is missing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..gather.facts import gather
from ..model.plan.intent import Intent
from ..model.plan.plan import make_plan
from .late import (
    build_due,
    build_to_try,
    compare,
    gate,
    keep,
    publish,
    require_published,
    verify_index,
    verify_tags,
)
from .prepare.prepare import prepare, propose, push, require_prepared
from .site import Site
from .steps import Steps
from .tag.tag import close, tag
from .work import Terms, Work, at_commit, planned


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a release: it takes what is done so far, and returns what is done then.

    Raises `Failure` where nobody may go on. From the uploads on, a member that fails is
    noted, and stops only those that require it.
    """

    name: str
    take: Callable[[Work], Work]


PREPARE = Step("prepare", prepare)
PREPARED = Step("prepared", require_prepared)
PUSH = Step("push", push)
BUILD = Step("build", build_to_try)
GATE = Step("gate", gate)
COMPARE = Step("compare", compare)
PUBLISH = Step("publish", publish)
PUBLISHED = Step("published", require_published)
VERIFY_INDEX = Step("verify-index-install", verify_index)
TAG = Step("tag", tag)
VERIFY_TAGS = Step("verify-git-install", verify_tags)
CLOSE = Step("release-tag", close)


def propose_to(branch: str) -> Step:
    """Return the step that pushes the release commit to a branch of its own."""
    return Step("push", partial(propose, branch=branch))


def build_from(source: Path | None = None, cache: Path | None = None) -> Step:
    """Return the step that builds what is due, or takes it from where it was built."""
    return Step("build", partial(build_due, source=source, cache=cache))


def keep_in(folder: Path) -> Step:
    """Return the step that puts the distributions where people look for them."""

    def put(work: Work) -> Work:
        if work.distributions:
            keep(work, folder)
        return work

    return Step("dist", put)


def take(work: Work, steps: Iterable[Step], progress: Steps) -> Work:
    """Take steps, one after another; tell of each."""
    for step in steps:
        with progress(step.name):
            work = step.take(work)
    return work


def release(
    site: Site, progress: Steps, *, intent: Intent, terms: Terms, folder: Path | None = None
) -> Work:
    """Release what is due at a site; return what was done.

    `folder` is where the distributions are put for people to find.
    Raises `Failure` at the first step that fails before anything has left the machine.
    """
    with progress("plan"):
        work = planned(site, intent, terms)
    return work if work.nothing_due else take(work, _all_steps(work, folder), progress)


def finish(site: Site, progress: Steps, terms: Terms, *, verified: bool = False) -> Work:
    """Verify the tags whose release is not finished yet, and push its release tag.

    It begins nothing: what is due beside them waits for a release. With `verified`,
    nothing is installed: somebody without the right to push has done that.
    """
    facts = gather(site.tree, branch=site.branch)
    plan = replace(make_plan(facts), releases=())
    work = Work(site=site, terms=terms, facts=facts, plan=plan, commit=plan.base)
    steps = (CLOSE,) if verified else (VERIFY_TAGS, CLOSE)
    return take(at_commit(work, plan.base), steps, progress)


def _all_steps(work: Work, folder: Path | None) -> Iterable[Step]:
    yield from (PREPARE, BUILD, GATE, COMPARE, PUSH)
    if folder:
        yield keep_in(folder)
    if work.site.index and work.plan.releases:
        yield from (PUBLISH, VERIFY_INDEX)
    yield from (TAG, VERIFY_TAGS, CLOSE)
