"""Measure how much of the members their tests run: one report over all, with the project's bound.

A member is measured where its `test` group has coverage.py, and the root manifest has
`[tool.coverage]`. https://coverage.readthedocs.io/en/latest/config.html
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...model.workspace.workspace import MANIFEST
from ...ops import process
from .imports import SOURCE
from .suites import Suite

DATA = "coverage"
# What `coverage report` ends with where the bound is not met.
# https://coverage.readthedocs.io/en/latest/commands/cmd_report.html
BELOW = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """A measurement: where its data lie. None is made where the project has no settings for it."""

    root: Path
    folder: Path

    @classmethod
    def of(cls, root: Path, environments: str) -> "Coverage":
        """Begin anew: what was measured before is gone."""
        folder = root / environments / DATA
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return cls(root=root, folder=folder)

    def command(self, suite: Suite, python: Path) -> tuple[str, ...]:
        """Return what runs pytest, measured where that can be."""
        if suite.is_whole or not is_there(python):
            return (str(python), "-m", "pytest")
        source = suite.folder / SOURCE
        measured = source if source.is_dir() else suite.folder
        options = (f"--data-file={self.folder / str(suite.name)}", f"--source={measured}")
        return (str(python), "-m", "coverage", "run", self._settings, *options, "-m", "pytest")

    def report(self, pythons: Sequence[Path], *, is_whole: bool) -> tuple[bool, str]:
        """Put the parts together; return whether the bound is met, and the report.

        The bound is for all members: of some of them nothing is asked.
        """
        able = next((python for python in pythons if is_there(python)), None)
        parts = sorted(map(str, self.folder.iterdir()))
        if able is None or not parts:
            return True, ""
        data = f"--data-file={self.folder / 'all'}"
        start = (str(able), "-m", "coverage")
        self._run((*start, "combine", "--quiet", self._settings, data, *parts))
        bound = () if is_whole else ("--fail-under=0",)
        code, text = self._run((*start, "report", self._settings, data, *bound))
        return code != BELOW, text.strip()

    @property
    def _settings(self) -> str:
        return f"--rcfile={self.root / MANIFEST}"

    def _run(self, command: Sequence[str]) -> tuple[int | None, str]:
        return process.watched(command, self.root, os.environ, is_shown=False)


def is_measured(suites: Sequence[Suite]) -> bool:
    """Tell whether the project has settings for coverage."""
    return any(s.is_whole and "coverage" in s.manifest.get("tool", {}) for s in suites)


def is_there(python: Path) -> bool:
    """Tell whether an environment has coverage.py."""
    places = ("lib/python*/site-packages/coverage", "Lib/site-packages/coverage")
    return any(any(python.parents[1].glob(place)) for place in places)
