"""Run test suites side by side, each in an environment of its own below `.nox`."""

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import NormalizedName

from ...model.problem import Failure, Problem
from ...model.workspace.imports import Undeclared
from ...ops import process
from .coverage import Coverage
from .environments import Variant
from .imports import undeclared_in
from .suites import GROUP, Suite

# https://docs.pytest.org/en/stable/reference/exit-codes.html
FINE, NOTHING_COLLECTED = 0, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """What came of a suite: what it printed, and a line that says it all.

    `problem` says why it failed; `python` is the interpreter of its environment, and `label`
    its version, where somebody named it.
    """

    suite: Suite
    line: str
    label: str = ""
    problem: Problem | None = None
    output: str = ""
    seconds: float = 0.0
    python: Path | None = None

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.problem is None

    @property
    def title(self) -> str:
        """Return the name of the suite, and the interpreter that somebody named."""
        return f"{self.suite.name} ({self.label})" if self.label else self.suite.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What a run of suites has in common: the workspace, pytest's options, what siblings bring.

    What `is_shown` is printed as it comes: of one suite, and not of several at once.
    """

    root: Path
    options: Sequence[str]
    modules: Mapping[str, NormalizedName]
    folders: Sequence[Path] = ()
    coverage: Coverage | None = None
    is_shown: bool = False

    def test(self, chosen: Sequence[Suite], variants: Sequence[Variant]) -> list[Tested]:
        """Run suites in each variant, as many at once as there are cores.

        What takes longest starts first.
        """
        ordered = sorted(chosen, key=lambda suite: suite.size, reverse=True)
        pairs = [(suite, variant) for suite in ordered for variant in variants]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda pair: self._tested(*pair), pairs)
            return sorted(found, key=lambda each: each.suite.name)

    def _tested(self, suite: Suite, variant: Variant) -> Tested:
        strange = undeclared_in(suite, self.modules, self.folders)
        if strange:
            return _undeclared(suite, strange)
        missing = variant.misses(suite)
        if missing:
            return Tested(suite=suite, line=missing, label=variant.label)
        started = time.perf_counter()
        try:
            python = variant.environment(self.root, suite, {*self.modules.values()})
            done = self._by_pytest(suite, variant, python)
        except Failure as failure:
            line = "no environment"
            problem = _failed(suite, variant, line)
            done = Tested(suite=suite, line=line, problem=problem, output=str(failure))
        seconds = round(time.perf_counter() - started, 1)
        return replace(done, seconds=seconds, label=variant.label)

    def _by_pytest(self, suite: Suite, variant: Variant, python: Path) -> Tested:
        start: tuple[str, ...] = (str(python), "-m", "pytest")
        if self.coverage:
            start = self.coverage.command(suite, python)
        environment = process.without(os.environ, "VIRTUAL_ENV")
        command = (*start, *variant.options, *self.options)
        folder = variant.folder(self.root, suite)
        code, output = process.watched(command, folder, environment, is_shown=self.is_shown)
        line = _last_line(output) or _ended(code)
        problem = None if code in {FINE, NOTHING_COLLECTED} else _failed(suite, variant, line)
        return Tested(suite=suite, line=line, problem=problem, output=output, python=python)


def _failed(suite: Suite, variant: Variant, line: str) -> Problem:
    typed = " ".join([suite.name, *variant.typed])
    hint = f"run them alone: `nox -s tests -- {typed}`"
    message = f"the tests of {suite.name} failed: {line}"
    if variant.label:
        message = f"the tests of {suite.name} failed with Python {variant.label}: {line}"
    return Problem("tests-failed", message, hint, suite.name)


def _undeclared(suite: Suite, strange: Sequence[Undeclared]) -> Tested:
    """Say what a member imports and does not declare; it would fail where it is alone."""
    siblings = ", ".join(dict.fromkeys(each.sibling for each in strange))
    lines = "\n".join(f"{each.path}:{each.line} imports {each.module}" for each in strange)
    line = f"it does not declare {siblings}"
    hint = f"add {siblings} to its `dependencies`, with a range; for its tests alone, to `{GROUP}`"
    message = f"{suite.name} imports what it does not declare:\n{lines}"
    problem = Problem("import-undeclared", message, hint, suite.name)
    return Tested(suite=suite, line=line, problem=problem)


def _ended(code: int | None) -> str:
    if code is None:
        return process.how_it_ended(code, process.TESTING)
    return {FINE: "passed", NOTHING_COLLECTED: "nothing was collected"}.get(
        code, f"exit code {code}"
    )


def _last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1].strip("= ") if lines else ""
