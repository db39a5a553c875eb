"""The command `doctor`."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..cli.options import WithIndex
from ..model.problem import Failure, Problem
from ..ops.tree import open_workspace
from ..report import as_json, terminal
from ..stages.doctor import Finding, Mark, at_desk, examine, wrong
from ..stages.steps import Steps
from .answer import Answer
from .context import Context


@dataclass(frozen=True, kw_only=True)
class Options(WithIndex):
    """What `doctor` takes."""


def run(options: Options, steps: Steps) -> Answer:
    """Look at all that a release relies on, and say the way out of what is wrong."""
    with steps("examine"):
        found = tuple(_examined(options))
    problems = [_problem(finding) for finding in found if finding.mark is Mark.WRONG]
    doubts = [_problem(finding) for finding in found if finding.mark is Mark.DOUBT]
    return Answer(
        as_json.findings(found),
        lambda: terminal.show_findings(found),
        problems=problems,
        warnings=doubts,
        exit_code=1 if problems else 0,
    )


def _examined(options: Options) -> Iterator[Finding]:
    """Look at the working tree, then at all else; what HEAD has wrong may be said already."""
    here = tuple(at_desk(open_workspace(options.workspace)))
    yield from here
    try:
        context = Context.of(options)
        facts = context.facts()
    except Failure as failure:
        said = {finding.found for finding in here}
        new = (problem for problem in failure.problems if problem.message not in said)
        yield from (wrong("workspace", problem) for problem in new)
        return
    yield from examine(context.checkout, facts, context.workspace.settings, context.index)


def _problem(finding: Finding) -> Problem:
    return Problem("doctor", f"{finding.what}: {finding.found}", finding.hint)
