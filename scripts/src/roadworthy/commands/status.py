"""The command `status`."""

from dataclasses import dataclass
from typing import ClassVar

from ..cli.options import WithIndex
from ..model.plan.facts import unknown_problems
from ..report import as_json, terminal
from ..stages.status import status
from ..stages.steps import Steps
from .answer import Answer
from .context import Context


@dataclass(frozen=True, kw_only=True)
class Options(WithIndex):
    """What `status` takes."""

    needs_uv: ClassVar[bool] = False


def run(options: Options, _: Steps) -> Answer:
    """Print the three facts and the next step for each member."""
    context = Context.of(options)
    facts = context.facts(all_pages=True)
    chosen = {member.name for member in context.workspace.select(context.members)}
    found = [each for each in status(facts) if each.name in chosen]
    return Answer(
        as_json.status(found),
        lambda: terminal.show_status(found),
        warnings=[*context.silence, *unknown_problems(facts)],
    )
