"""The command `verify-index-install`."""

from dataclasses import dataclass

from ..cli.options import WithIndex
from ..model.problem import Problem, UsageFailure
from ..stages.steps import Steps
from ..stages.verify.index_install import verify_index_install
from ..stages.verify.interpreter import interpreter
from .answer import Answer, verified
from .context import Context


@dataclass(frozen=True, kw_only=True)
class Options(WithIndex):
    """What `verify-index-install` takes."""

    python: str | None = None
    wait: float | None = None


def run(options: Options, steps: Steps) -> Answer:
    """Install each member from an index and prove that it works."""
    context = Context.of(options)
    if context.index is None:
        hint = "name one with --index, or set `index` in [tool.release]"
        raise UsageFailure(Problem("index-missing", "no index is configured to install from", hint))
    chosen = [
        member
        for member in context.workspace.select(context.members)
        if member.version and not member.never_released
    ]
    versions = {member.name: member.version for member in chosen if member.version}
    with steps("verify-index-install"):
        found = verify_index_install(
            context.index,
            context.workspace,
            versions,
            python=interpreter(chosen, options.python),
            seconds=options.wait,
        )
    return verified(found)
