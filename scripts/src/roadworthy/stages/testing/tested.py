"""Run test suites side by side, each in an environment of its own below `.nox`."""

import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ...model.problem import Failure, Problem
from ...ops import process, uv
from .suites import GROUP, Suite

ENVIRONMENTS = ".nox"
# https://docs.pytest.org/en/stable/reference/exit-codes.html
FINE, NOTHING_COLLECTED = 0, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """What came of a suite: what it printed, and a line that says it all."""

    suite: Suite
    ok: bool
    line: str
    output: str = ""
    seconds: float = 0.0


def test(
    root: Path, chosen: Sequence[Suite], options: Sequence[str], *, is_shown: bool
) -> list[Tested]:
    """Run suites, as many at once as there are cores; what takes longest starts first.

    What `is_shown` is printed as it comes: of one suite, and not of several at once.
    """
    ordered = sorted(chosen, key=lambda suite: suite.size, reverse=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda suite: _tested(root, suite, options, is_shown=is_shown), ordered)
        return sorted(found, key=lambda each: each.suite.name)


def problems_of(found: Iterable[Tested]) -> list[Problem]:
    """Return the suites that failed."""
    return [
        Problem(
            "tests-failed",
            f"the tests of {each.suite.name} failed: {each.line}",
            f"run them alone: `nox -s tests -- {each.suite.name}`",
            each.suite.name,
        )
        for each in found
        if not each.ok
    ]


def _tested(root: Path, suite: Suite, options: Sequence[str], *, is_shown: bool) -> Tested:
    if suite.missing:
        return Tested(suite=suite, ok=True, line=suite.missing)
    started = time.perf_counter()
    place = root / ENVIRONMENTS / f"test-{suite.name}"
    selection = ("--all-packages",) if suite.is_whole else (f"--package={suite.name}",)
    environment = process.without(os.environ, "VIRTUAL_ENV")
    try:
        python = uv.sync_tests(root, place, *selection, f"--group={GROUP}")
        command = (str(python), "-m", "pytest", *options)
        code, output = process.watched(command, suite.folder, environment, is_shown=is_shown)
    except Failure as failure:
        return Tested(suite=suite, ok=False, line="no environment", output=str(failure))
    return Tested(
        suite=suite,
        ok=code in {FINE, NOTHING_COLLECTED},
        line=_last_line(output) or _ended(code),
        output=output,
        seconds=round(time.perf_counter() - started, 1),
    )


def _ended(code: int | None) -> str:
    if code is None:
        return process.how_it_ended(code, process.TESTING)
    return {FINE: "passed", NOTHING_COLLECTED: "nothing was collected"}.get(
        code, f"exit code {code}"
    )


def _last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1].strip("= ") if lines else ""
