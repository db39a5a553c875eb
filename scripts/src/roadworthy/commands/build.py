"""The command `build`."""

from argparse import Namespace
from pathlib import Path

from ..gather import resolve
from ..model.problem import NothingToRelease
from ..ops import git
from ..ops.scratch import scratch_folder
from ..report import terminal
from ..stages.build.build import build
from ..stages.build.dist import DIST, replace_folder
from ..stages.checkout import Tree
from ..stages.steps import Steps
from .context import Answer, Context, open_site
from .due import Built, all_of, due_distributions
from .prepared import prepared


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Build the distributions of members into dist/: as committed at HEAD, or what is due."""
    context = Context.of(arguments)
    target = arguments.workspace.resolve() / DIST
    made = _due if arguments.due else _at_head
    built = all_of(made(context, target, steps))
    data = {"distributions": [d.as_json() for d in built]}
    return Answer(data, lambda: terminal.show_distributions(built))


def _at_head(context: Context, target: Path, steps: Steps) -> Built:
    members = [
        member
        for member in context.workspace.select(context.members)
        if member.installable and not member.never_released
    ]
    commit = resolve(context.checkout, "HEAD")
    with scratch_folder() as folder:
        with steps("build"):
            own = git.borrow(context.checkout, folder / "own.git", "HEAD-of-the-checkout")
            tree = Tree(repository=own, commit=commit, prefix=context.prefix)
            found = build(tree, context.workspace, members, folder / "build")
        built = {commit: found}
        replace_folder(built, target)
    return built


def _due(context: Context, target: Path, steps: Steps) -> Built:
    """Build what a release is due of, from the commit that it is released from.

    With nothing due the folder is emptied all the same: an old build is not what is due.
    """
    with open_site(context, execute=False, with_index=False) as place:
        try:
            with steps("plan"):
                facts, plan = prepared(place, context.index, context.intent, republish=True)
        except NothingToRelease:
            replace_folder({}, target)
            raise
        with steps("build"):
            built = due_distributions(place, facts, plan.releases)
        replace_folder(built, target)
    return built
