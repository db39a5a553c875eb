"""The command `build`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..cli.options import WithIndex
from ..model.distribution import Distribution
from ..model.problem import NothingToRelease
from ..ops.git import making
from ..ops.scratch import scratch_folder
from ..report import as_json, terminal
from ..stages.build.build import build
from ..stages.build.dist import DIST, replace_folder
from ..stages.release import PREPARED, build_from, keep_in, take
from ..stages.steps import Steps
from ..stages.work import Terms, planned
from .answer import Answer
from .context import Context
from .targets import open_site, stop_on_nothing

OWN_BRANCH = "HEAD-of-the-checkout"


@dataclass(frozen=True, kw_only=True)
class Options(WithIndex):
    """What `build` takes."""

    due: bool = False


def run(options: Options, steps: Steps) -> Answer:
    """Build the distributions of members into dist/: as committed at HEAD, or what is due."""
    context = Context.of(options)
    target = options.workspace.resolve() / DIST
    made = _due if options.due else _at_head
    built = made(context, target, steps)
    data = {"distributions": as_json.distributions(built)}
    return Answer(data, lambda: terminal.show_distributions(built))


def _at_head(context: Context, target: Path, steps: Steps) -> Sequence[Distribution]:
    members = [
        member
        for member in context.workspace.select(context.members)
        if member.installable and not member.never_released
    ]
    commit = context.tree.commit
    with scratch_folder() as folder:
        with steps("build"):
            own = making.borrow(context.checkout, folder / "own.git", OWN_BRANCH)
            tree = replace(context.tree, repository=own)
            found = build(tree, context.workspace, members, folder / "build")
        replace_folder({commit: found}, target)
    return found


def _due(context: Context, target: Path, steps: Steps) -> Sequence[Distribution]:
    """Build what a release is due of, from the commit that it is released from.

    With nothing due the folder is emptied all the same: an old build is not what is due.
    """
    with open_site(context, execute=False, index=context.index) as site:
        try:
            with steps("plan"):
                work = planned(site, context.intent, Terms())
                stop_on_nothing(work)
        except NothingToRelease:
            replace_folder({}, target)
            raise
        return take(work, (PREPARED, build_from(), keep_in(target)), steps).distributions
