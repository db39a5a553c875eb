"""The command `doctor`."""

from dataclasses import dataclass

from ..cli.options import WithIndex
from ..model.problem import Problem
from ..report import as_json, terminal
from ..stages.doctor import Mark, examine
from ..stages.steps import Steps
from .answer import Answer
from .context import Context


@dataclass(frozen=True, kw_only=True)
class Options(WithIndex):
    """What `doctor` takes."""


def run(options: Options, steps: Steps) -> Answer:
    """Look at all that a release relies on, and say the way out of what is wrong."""
    context = Context.of(options)
    with steps("examine"):
        settings = context.workspace.settings
        found = tuple(examine(context.checkout, context.facts(), settings, context.index))
    wrong = [
        Problem("doctor", f"{f.what}: {f.found}", f.hint) for f in found if f.mark is Mark.WRONG
    ]
    doubts = [
        Problem("doctor", f"{f.what}: {f.found}", f.hint) for f in found if f.mark is Mark.DOUBT
    ]
    return Answer(
        as_json.findings(found),
        lambda: terminal.show_findings(found),
        problems=wrong,
        warnings=doubts,
        exit_code=1 if wrong else 0,
    )
