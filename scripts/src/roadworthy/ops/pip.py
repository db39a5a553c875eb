"""The door to pip: our own pip, told which environment to install into.

https://pip.pypa.io/en/stable/cli/
"""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from threading import Lock

from ..model.problem import Failure
from . import process

# Build requirements are installed by the same pip instead of a new one for each
# URL: what is installed is the same, at under half of the time.
FASTER_BUILDS = "--use-feature=inprocess-build-deps"
_compiling = Lock()


def install(python: Path, requirements: Sequence[str], environment: Mapping[str, str]) -> None:
    """Install requirements into the environment of an interpreter."""
    _run(python, ("install", "--quiet", FASTER_BUILDS, *requirements), environment)


def check(python: Path, environment: Mapping[str, str]) -> None:
    """Raise `Failure` where what is installed does not fit together."""
    _run(python, ("check",), environment)


def is_compiled(folder: Path) -> bool:
    """Tell whether every module in a folder has its bytecode beside it."""
    return all(Path(cache_from_source(str(path))).exists() for path in folder.rglob("*.py"))


def _run(python: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    with _compiling:
        _compile()
    command = (sys.executable, "-m", "pip", "--python", str(python), *arguments)
    process.run(command, environment=environment, seconds=process.INSTALLING, leaves_nothing=True)


@cache
def _compile() -> None:
    """Compile our own pip, once for all: uv does not, and each start of it takes twice as long.

    It could not do so itself: what runs code of others writes no bytecode.
    """
    found = find_spec("pip")
    folder = Path(found.origin).parent if found and found.origin else None
    if folder and os.access(folder, os.W_OK) and not is_compiled(folder):
        command = (sys.executable, "-m", "compileall", "-q", "-j", "0", str(folder))
        with suppress(Failure):  # pip works without
            process.run(command)
