"""The environment that a member is tested in: from the lock file, at its floors, or built.

One that is as the lock file says stays from run to run; the others are made anew.
"""

import os
import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from ...model.workspace.imports import declared_by
from ...model.workspace.lockfile import pins_of
from ...model.workspace.workspace import LOCK, MANIFEST
from ...ops import uv
from .imports import SOURCE, outermost
from .suites import GROUP, Suite

ENVIRONMENTS = ".nox"
LOWEST, BUILT = "lowest-direct", "built"
LEFT_BEHIND = ("__pycache__", ".venv", ".nox", ".git", "dist", "build", "*.egg-info")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """How members are tested: with which interpreter, and with what installed.

    `label` and `version` are those of an interpreter that somebody named. With `is_lowest`, a
    member has the lowest version of each of its own requirements, and the latest of all
    others; with `is_built`, the wheels of members and not their sources.
    """

    label: str = ""
    version: str = ""
    python: str = ""
    is_lowest: bool = False
    is_built: bool = False

    @property
    def mark(self) -> str:
        """Return the label as it stands in the name of a folder: it may be a path."""
        return re.sub(r"[^\w.-]+", "-", self.label).strip("-")

    @property
    def is_plain(self) -> bool:
        """Tell whether members are tested as the lock file has them, and as they are written."""
        return self == Variant()

    @property
    def options(self) -> tuple[str, ...]:
        """Return what pytest is given: nothing that would have it import the source."""
        return ("--override-ini=pythonpath=",) if self.is_built else ()

    @property
    def typed(self) -> tuple[str, ...]:
        """Return the options that somebody types for it."""
        python = ("--python", self.label) if self.label else ()
        lowest = ("--resolution", LOWEST) if self.is_lowest else ()
        return (*python, *lowest, *(("--built",) if self.is_built else ()))

    def misses(self, suite: Suite) -> str:
        """Say why a suite is not run so; empty where it is."""
        if suite.missing:
            return suite.missing
        admitted = SpecifierSet(suite.manifest.get("project", {}).get("requires-python", ""))
        if self.version and not admitted.contains(Version(self.version), prereleases=True):
            return f"needs Python {admitted}"
        return "has no floors of its own" if self.is_lowest and suite.is_whole else ""

    def environment(self, root: Path, suite: Suite, members: Collection[NormalizedName]) -> Path:
        """Make the environment of a suite; return its interpreter.

        `members` are all of the workspace. Raises `Failure` where uv cannot.
        """
        marks = (self.mark, LOWEST * self.is_lowest, BUILT * self.is_built)
        place = root / ENVIRONMENTS / "-".join(filter(None, ("test", suite.name, *marks)))
        python = self.python or uv.interpreter()
        if self.is_lowest:
            return _at_floors(root, place, suite, python)
        selection = ("--all-packages",) if suite.is_whole else (f"--package={suite.name}",)
        options = [*selection, f"--group={GROUP}"]
        if self.is_built:  # anew: uv takes a wheel for up to date whose manifest is
            options += ["--no-editable", *(f"--reinstall-package={m}" for m in sorted(members))]
        return uv.sync_tests(root, place, *options, python=python)

    def folder(self, root: Path, suite: Suite) -> Path:
        """Return the folder to run tests in: where the source would be imported, one without it."""
        if not self.is_built or suite.is_whole or (suite.folder / SOURCE).is_dir():
            return suite.folder
        copy = root / ENVIRONMENTS / "-".join(filter(None, (BUILT, suite.name, self.mark)))
        shutil.rmtree(copy, ignore_errors=True)
        left = shutil.ignore_patterns(*LEFT_BEHIND, *outermost(suite.folder))
        shutil.copytree(suite.folder, copy, symlinks=True, ignore=left)
        return copy


def _at_floors(root: Path, place: Path, suite: Suite, python: str) -> Path:
    """Take the lowest of what a member requires; of what its tests need, what the lock has.

    A floor that the member shares with its tests is lowest, too.
    """
    shutil.rmtree(place, ignore_errors=True)
    installed = uv.make_environment(place, os.environ, python)
    pins = pins_of((root / LOCK).read_text("utf-8"), suite.name, GROUP)
    own = declared_by(suite.manifest, groups=False)
    constraints = place / "constraints.txt"
    lines = (f"{pin}\n" for name, pin in pins.items() if name not in own)
    constraints.write_text("".join(lines), "utf-8")
    group = ("--group", f"{suite.folder / MANIFEST}:{GROUP}")
    options = (f"--resolution={LOWEST}", f"--constraints={constraints}", *group)
    uv.install(installed, [*options, "--editable", str(suite.folder)], os.environ, cwd=root)
    return installed
