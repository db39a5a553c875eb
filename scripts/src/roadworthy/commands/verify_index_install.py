"""The command `verify-index-install`."""

from argparse import Namespace

from ..model.problem import Problem, UsageFailure
from ..stages.steps import Steps
from ..stages.verify.index_install import verify_index_install
from ..stages.verify.interpreter import interpreter
from .answer import Answer, verified
from .context import Context


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Install each member from an index and prove that it works."""
    context = Context.of(arguments)
    if context.index is None:
        hint = "name one with --index, or set `index` in [tool.release]"
        raise UsageFailure(Problem("no index is configured to install from", hint))
    versions = {
        member.name: member.version
        for member in context.workspace.select(context.members)
        if member.version and not member.never_released
    }
    with steps("verify-index-install"):
        found = verify_index_install(
            context.index,
            context.workspace,
            versions,
            python=interpreter(context.workspace, arguments.python),
            seconds=arguments.wait,
        )
    return verified(found)
