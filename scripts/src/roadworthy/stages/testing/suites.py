"""The test suites of a workspace: one a member, as the working tree has them now."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

from ...model.problem import Problem, UsageFailure, stop_on
from ...model.workspace.workspace import MANIFEST
from ...ops import uv

TESTS, GROUP = "tests", "test"
WHOLE = NormalizedName("workspace")


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """The tests of a member, or of the workspace as a whole; `missing` is why there are none."""

    name: NormalizedName
    folder: Path
    is_whole: bool = False
    missing: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """Return how many files its tests folder has: what takes longest starts first."""
        return sum(1 for path in (self.folder / TESTS).rglob("*") if path.is_file())


def suites(root: Path) -> list[Suite]:
    """Find the suites of a workspace by its own globs, which uv knows.

    Raises `Failure` where uv finds no workspace, and `UsageFailure` where a manifest
    cannot be read.
    """
    found = [_suite(folder, is_whole=folder == root) for folder in uv.member_folders(root)]
    if all(suite.folder != root for suite in found):
        found.append(_suite(root, is_whole=True))
    return sorted(found, key=lambda suite: suite.name)


def select(found: Sequence[Suite], names: Sequence[str]) -> list[Suite]:
    """Return the suites that are named, or all.

    A name is a member's, its folder, or what its name ends with after a dash.
    Raises `UsageFailure` for a name that is none of one suite.
    """
    chosen = {name: _meant(found, name) for name in names}
    stop_on(
        (_problem(found, name, few) for name, few in chosen.items() if len(few) != 1), UsageFailure
    )
    meant = {suite.folder for few in chosen.values() for suite in few}
    return [suite for suite in found if not names or suite.folder in meant]


def _suite(folder: Path, *, is_whole: bool) -> Suite:
    manifest = _manifest(folder / MANIFEST)
    name = manifest.get("project", {}).get("name", WHOLE)
    has_group = GROUP in manifest.get("dependency-groups", {})
    missing = "" if has_group else f"no `{GROUP}` dependency group"
    if not (folder / TESTS).is_dir():
        missing = f"no folder `{TESTS}`"
    return Suite(
        name=canonicalize_name(name),
        folder=folder,
        is_whole=is_whole,
        missing=missing,
        manifest=manifest,
    )


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read: {error}"
        raise UsageFailure(Problem("manifest-unreadable", message, "fix that file")) from None


def _meant(found: Sequence[Suite], name: str) -> list[Suite]:
    folder = Path(name).resolve()
    whole = [s for s in found if s.folder == folder or s.name == canonicalize_name(name)]
    return whole or [s for s in found if s.name.endswith(f"-{canonicalize_name(name)}")]


def _problem(found: Sequence[Suite], name: str, few: Sequence[Suite]) -> Problem:
    if few:
        message = f"`{name}` can be {' or '.join(suite.name for suite in few)}"
        return Problem("test-name-ambiguous", message, "give the whole name")
    hint = f"the members are {', '.join(suite.name for suite in found)}"
    return Problem("member-unknown", f"no member is named `{name}`", hint)
