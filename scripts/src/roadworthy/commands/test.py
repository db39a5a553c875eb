"""The command `test`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from ..cli.options import Common
from ..cli.values import part_of
from ..gather.change import affected_since
from ..model.problem import Failure, Problem, UsageFailure
from ..ops.python import python_named
from ..ops.tree import open_workspace
from ..report import as_json, terminal
from ..stages.steps import Steps
from ..stages.testing.coverage import Coverage, is_measured
from ..stages.testing.environments import ENVIRONMENTS, LOWEST, Variant
from ..stages.testing.imports import modules_of
from ..stages.testing.suites import Suite, select, suites
from ..stages.testing.tested import Run, Tested
from .answer import Answer


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `test` takes; `others` are for pytest."""

    hands_on: ClassVar[bool] = True
    own_flags: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "--python": {
            "nargs": "+",
            "action": "extend",
            "default": [],
            "metavar": "PYTHON",
            "help": "test with these, such as 3.12 3.13 (default: the one that runs this)",
        },
    }

    python: Sequence[str] = ()
    resolution: str | None = None
    built: bool = False
    affected: bool = False
    base: str | None = None
    shard: str | None = None
    others: Sequence[str] = ()


def run(options: Options, _: Steps) -> Answer:
    """Test the members that are named, or all, each in an environment of its own."""
    root = options.workspace.resolve()
    every = suites(root)
    chosen = _chosen(options, every)
    variants, warnings = _variants(options)
    is_plain = all(variant.is_plain for variant in variants)
    coverage = Coverage.of(root, ENVIRONMENTS) if is_plain and is_measured(every) else None
    found = Run(
        root=root,
        options=options.others,
        modules=modules_of(every),
        folders=[suite.folder for suite in every if not suite.is_whole],
        coverage=coverage,
        is_shown=len(chosen) * len(variants) == 1 and not options.json,
    ).test(chosen, variants)
    if not chosen:
        nothing = partial(terminal.say, "There is nothing to test.")
        return Answer(as_json.tests([]), nothing, warnings=warnings)
    is_whole = len(chosen) == len(every) and not options.others
    is_enough, report = _measured(coverage, found, is_whole=is_whole)
    return _answer(found, report, warnings, is_enough=is_enough)


def _answer(
    found: Sequence[Tested], report: Sequence[str], warnings: Sequence[Problem], *, is_enough: bool
) -> Answer:
    problems = [each.problem for each in found if each.problem]
    if not is_enough:
        hint = "test more, or lower `fail_under` in [tool.coverage.report]"
        message = f"the tests cover {_total(report)}, which is too little"
        problems.append(Problem("coverage-low", message, hint))
    show = partial(_show, found, report, is_enough=is_enough)
    return Answer(
        as_json.tests(found),
        show,
        problems=problems,
        warnings=warnings,
        exit_code=1 if problems else 0,
    )


def _variants(options: Options) -> tuple[list[Variant], list[Problem]]:
    """Return how members are tested, and say which interpreters are not here.

    Raises `Failure` where none of those that are named is.
    """
    plain = Variant(is_lowest=options.resolution == LOWEST, is_built=options.built)
    if plain.is_lowest and plain.is_built:
        hint = "run them one after the other"
        message = "--built and --resolution do not go together"
        raise UsageFailure(Problem("options-apart", message, hint))
    if not options.python:
        return [plain], []
    names = list(dict.fromkeys(options.python))
    here = {name: python_named(name) for name in names}
    missing = [_not_here(name) for name, python in here.items() if python is None]
    found = [
        replace(plain, label=name, version=python[0], python=python[1])
        for name, python in here.items()
        if python
    ]
    if not found:
        raise Failure(*missing)
    return found, missing


def _not_here(name: str) -> Problem:
    hint = f"install it, such as by `uv python install {name}`"
    return Problem("python-missing", f"Python {name} is not here", hint)


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
            terminal.say(f"# {each.title}\n\n{each.output.rstrip()}\n")
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
