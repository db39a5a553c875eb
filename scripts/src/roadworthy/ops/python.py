"""The door to interpreters: one that a range of versions admits, given by its whole path.

uv finds one, too, but stops at programs on the path that only look like an interpreter, such
as those that stand in for versions of others. So each is asked here what it is.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from packaging.specifiers import SpecifierSet

from ..model.problem import Failure, Problem
from . import process, uv

OLDEST, NEWEST = 8, 20
ASK = "import sys; print('.'.join(map(str, sys.version_info[:3])), sys.executable)"
ANSWER_SECONDS = 10.0


@cache
def python_for(range_: str) -> str:
    """Return an interpreter in a range of versions, our own if it fits.

    Raises `Failure` where none is here.
    """
    wanted = SpecifierSet(range_)
    own = ".".join(map(str, sys.version_info[:3]))
    if wanted.contains(own, prereleases=True):
        return sys.executable
    for program in _candidates():
        version, _, path = _said(program).partition(" ")
        if path and wanted.contains(version, prereleases=True):
            return path
    message = f"no Python that `{range_}` admits is here; this is {own}"
    hint = "install one, such as by `uv python install`, or name one with --python"
    raise Failure(Problem("python-missing", message, hint))


@cache
def python_named(name: str) -> tuple[str, str] | None:
    """Return the version and the path of an interpreter: such as 3.12, a program, or a path.

    None where it is not here.
    """
    program = shutil.which(name)
    for candidate in [program] if program else _candidates():
        version, _, path = _said(candidate).partition(" ")
        if path and (program or f"{version}.".startswith(f"{name}.")):
            return version, path
    return None


def _candidates() -> Iterator[str]:
    """Return programs that may be interpreters, the newest first."""
    if named := os.environ.get("UV_PYTHON", ""):
        yield from filter(None, [shutil.which(named)])
    for minor in range(NEWEST, OLDEST - 1, -1):
        yield from filter(None, [shutil.which(f"python3.{minor}")])
    yield from filter(None, [shutil.which("python3")])
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from map(str, sorted(root.glob("3.*/bin/python"), reverse=True))
    yield from uv.managed_pythons()


def _said(program: str) -> str:
    """Return the version and the path that a program says it has; empty for what is none."""
    try:
        command = (program, "-I", "-c", ASK)
        return process.run(command, environment=None, seconds=ANSWER_SECONDS).strip()
    except Failure:
        return ""
