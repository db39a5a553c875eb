"""The command `build`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..cli.options import WithIndex
from ..model.distribution import Distribution
from ..model.problem import NothingToRelease, Problem
from ..model.workspace.workspace import Member
from ..ops.git import making
from ..ops.scratch import scratch_folder
from ..report import as_json, terminal
from ..stages.build.archive import record_warnings
from ..stages.build.build import attempt
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
    if options.due:
        return _answer(_due(context, target, steps), [], {}, target)
    members = context.workspace.select(context.members)
    left_out = {str(m.name): why for m in members if (why := _why_not(m))}
    chosen = [member for member in members if member.name not in left_out]
    built, problems = _at_head(context, chosen, target, steps)
    return _answer(built, problems, left_out, target)


def _why_not(member: Member) -> str:
    """Return why a member has no distributions; empty where it has."""
    return member.never_released or ("" if member.installable else "it is no package")


def _answer(
    built: Sequence[Distribution],
    problems: Sequence[Problem],
    left_out: Mapping[str, str],
    target: Path,
) -> Answer:
    data = {"distributions": as_json.distributions(built), "left_out": dict(left_out)}

    def show() -> None:
        terminal.show_distributions(built)
        for name, why in left_out.items():
            terminal.say(f"{name} was left out: {why}")

    warnings = list(record_warnings(replace(d, path=target / d.filename) for d in built))
    return Answer(data, show, problems=problems, warnings=warnings, exit_code=1 if problems else 0)


def _at_head(
    context: Context, members: Sequence[Member], target: Path, steps: Steps
) -> tuple[Sequence[Distribution], Sequence[Problem]]:
    """Build members as they are committed; those that can be built lie in the folder afterwards."""
    commit = context.tree.commit
    with scratch_folder() as folder:
        with steps("build"):
            own = making.borrow(context.checkout, folder / "own.git", OWN_BRANCH)
            tree = replace(context.tree, repository=own)
            found, problems = attempt(tree, context.workspace, members, folder / "build")
        missing = sorted({str(problem.member) for problem in problems})
        if found or not problems:  # where nothing can be built, what is there stays
            replace_folder({commit: found}, target, missing=missing)
    return found, problems


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
