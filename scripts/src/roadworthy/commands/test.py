"""The command `test`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ..cli.options import Common
from ..cli.values import part_of
from ..gather.change import affected_since
from ..model.problem import Problem, UsageFailure
from ..ops.tree import open_workspace
from ..report import as_json, terminal
from ..stages.steps import Steps
from ..stages.testing.coverage import Coverage, is_measured
from ..stages.testing.imports import modules_of
from ..stages.testing.suites import Suite, select, suites
from ..stages.testing.tested import ENVIRONMENTS, Run, Tested
from .answer import Answer


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `test` takes; `others` are for pytest."""

    hands_on: ClassVar[bool] = True
    affected: bool = False
    base: str | None = None
    shard: str | None = None
    others: Sequence[str] = ()


def run(options: Options, _: Steps) -> Answer:
    """Test the members that are named, or all, each in an environment of its own."""
    root = options.workspace.resolve()
    every = suites(root)
    chosen = _chosen(options, every)
    coverage = Coverage.of(root, ENVIRONMENTS) if is_measured(every) else None
    found = Run(
        root=root,
        options=options.others,
        modules=modules_of(every),
        folders=[suite.folder for suite in every if not suite.is_whole],
        coverage=coverage,
        is_shown=len(chosen) == 1 and not options.json,
    ).test(chosen)
    problems = [each.problem for each in found if each.problem]
    if not chosen:
        return Answer(as_json.tests([]), lambda: terminal.say("There is nothing to test."))
    is_whole = len(chosen) == len(every) and not options.others
    is_enough, report = _measured(coverage, found, is_whole=is_whole)
    if not is_enough:
        hint = "test more, or lower `fail_under` in [tool.coverage.report]"
        problems.append(
            Problem("coverage-low", f"the tests cover {_total(report)}, which is too little", hint)
        )

    show = partial(_show, found, report, is_enough=is_enough)
    return Answer(as_json.tests(found), show, problems=problems, exit_code=1 if problems else 0)


def _chosen(options: Options, every: Sequence[Suite]) -> list[Suite]:
    """Return the suites that are named, of them those that a change concerns, of these a part."""
    if options.base and not options.affected:
        hint = "add --affected"
        raise UsageFailure(Problem("base-alone", "--base works only with --affected", hint))
    chosen = select(every, options.members)
    if options.affected:
        _, workspace, found = affected_since(open_workspace(options.workspace), options.base)
        chosen = _concerned(chosen, {each.name for each in found}, workspace.members)
    return part_of(chosen, options.shard)


def _concerned(
    suites: Sequence[Suite], names: Collection[str], members: Collection[str]
) -> list[Suite]:
    """Return the suites of members that are concerned; then that of the whole is, too."""
    if not names:
        return []
    return [suite for suite in suites if suite.name in names or suite.name not in members]


def _show(found: Sequence[Tested], report: Sequence[str], *, is_enough: bool) -> None:
    for each in found:
        if not each.ok and each.output:
            terminal.say(f"# {each.suite.name}\n\n{each.output.rstrip()}\n")
    terminal.show_tests(found)
    if report:
        detail = [] if is_enough else report
        terminal.say("\n".join(["", *detail, f"coverage: {_total(report)}"]))


def _total(report: Sequence[str]) -> str:
    """Return the last column of the report's total."""
    return next((line.split()[-1] for line in report if line.startswith("TOTAL")), "unknown")


def _measured(
    coverage: Coverage | None, found: Sequence[Tested], *, is_whole: bool
) -> tuple[bool, list[str]]:
    """Return whether enough was tested, and the lines of the report; none where tests failed."""
    if coverage is None or not all(each.ok for each in found):
        return True, []
    pythons = [each.python for each in found if each.python]
    is_enough, text = coverage.report(pythons, is_whole=is_whole)
    return is_enough, text.splitlines()
