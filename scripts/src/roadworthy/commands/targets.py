"""The targets of a command that writes: the real ones with --execute, else scratch ones."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from ..model.problem import NothingToRelease, Problem
from ..model.workspace.settings import Settings
from ..model.workspace.workspace import Index
from ..ops.git.repository import Repository
from ..report import terminal
from ..stages import preflight
from ..stages.site import Site, preview_site, real_site
from ..stages.work import Work
from .context import Context


@contextmanager
def open_site(
    context: Context, *, execute: bool, index: Index | None = None, uploads: bool = False
) -> Iterator[Site]:
    """Open the real targets for --execute, else a scratch remote; `index` is read in any case.

    Raises `Failure` with all that stands in the way of the real ones. Afterwards the
    checkout follows what was pushed, however far that came, where it loses nothing.
    """
    settings = context.workspace.settings
    if not execute:
        with preview_site(context.tree, settings, index) as site:
            yield site
        return
    preflight.require(context.checkout, settings, context.index if uploads else None)
    branch = preflight.release_branch(context.checkout, settings)
    follow = partial(_follow, context.checkout, settings)
    with ThreadPoolExecutor(1) as beside:  # the scratch clone is removed meanwhile
        with real_site(context.tree, settings, context.index, branch) as site:
            try:
                yield site
            except KeyboardInterrupt:
                raise  # whoever wants an end gets one: the next run follows the remote
            except BaseException:
                beside.submit(follow)
                raise
            following = beside.submit(follow)
        following.result()


def _follow(checkout: Repository, settings: Settings) -> None:
    """Let the checkout follow what was pushed; what stands in the way is a warning."""
    terminal.show_problems(preflight.fast_forward(checkout, settings), kind="warning")


def stop_on_nothing(work: Work) -> None:
    """Raise `NothingToRelease` where there is nothing to release, and nothing to finish."""
    if work.nothing_due:
        hint = "`nox -s plan` says why, for each member"
        raise NothingToRelease(Problem("nothing-to-release", "there is nothing to release", hint))
