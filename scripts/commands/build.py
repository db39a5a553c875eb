"""The command `build`."""

from argparse import Namespace

from ..gather import resolve
from ..report import terminal
from ..stages.build import DIST, build, replace_folder
from ..stages.site import scratch_folder
from ..stages.steps import Steps
from .context import Answer, Context


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Build the distributions of members as they are committed, into dist/."""
    context = Context.of(arguments)
    members = [
        member
        for member in context.workspace.select(context.members)
        if member.installable and not member.never_released
    ]
    commit = resolve(context.checkout, "HEAD")
    target = arguments.workspace.resolve() / DIST
    with scratch_folder() as folder:
        with steps("build"):
            built = build(context.checkout, commit, context.prefix, members, folder / "build")
        replace_folder(built, commit, target)
    data = {"distributions": [d.as_json() for d in built]}
    return Answer(data, lambda: terminal.show_distributions(built))
