"""The command `status`."""

from argparse import Namespace

from ..model.plan.facts import unknown_problems
from ..report import as_json, terminal
from ..stages.status import status
from ..stages.steps import Steps
from .answer import Answer
from .context import Context


def run(arguments: Namespace, _: Steps) -> Answer:
    """Print the three facts and the next step for each member."""
    context = Context.of(arguments)
    facts = context.facts(all_pages=True)
    chosen = {member.name for member in context.workspace.select(context.members)}
    found = [each for each in status(facts) if each.name in chosen]
    return Answer(
        as_json.status(found),
        lambda: terminal.show_status(found),
        warnings=unknown_problems(facts),
    )
