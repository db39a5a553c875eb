"""What is installed in an environment, read from its files: none of its code runs here.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PackagePath
from pathlib import Path

from packaging.utils import NormalizedName

NOT_OWN = (".dist-info", ".data", "..")
MAIN = "__main__"
COMMANDS = ("console_scripts", "gui_scripts")


def installed(python: Path, names: Iterable[NormalizedName]) -> dict[NormalizedName, Distribution]:
    """Find distributions by their names in the environment of an interpreter."""
    environment = python.parents[1]
    places = [*environment.glob("lib*/python*/site-packages"), environment / "Lib/site-packages"]
    path = [str(place) for place in places if place.is_dir() and not place.parents[1].is_symlink()]
    found = {name: next(iter(Distribution.discover(name=name, path=path)), None) for name in names}
    return {name: distribution for name, distribution in found.items() if distribution}


def direct_url(distribution: Distribution) -> Mapping[str, object]:
    """Return the record of where it came from; empty for an index."""
    found = json.loads(distribution.read_text("direct_url.json") or "{}")
    return found if isinstance(found, dict) else {}


def hashes(distribution: Distribution) -> dict[str, str]:
    """Return its files that are there to be imported, or lie beside them, with their hashes."""
    return {
        file.as_posix(): f"{file.hash.mode}={file.hash.value}" if file.hash else ""
        for file in _own(distribution)
    }


def commands(distribution: Distribution) -> Iterator[tuple[str, str]]:
    """Return the commands of a distribution, and what each calls, as the probe reads it."""
    for entry in distribution.entry_points:
        if entry.group in COMMANDS:
            yield entry.name, f"{entry.module} {entry.attr}"


def importable(distribution: Distribution) -> list[str]:
    """Return the outermost packages and modules of a distribution, as import names."""
    files = [file.parts for file in _own(distribution)]
    packages = {parts[:-1] for parts in files if parts[-1] == "__init__.py"}
    outermost = {
        package
        for package in packages
        if not any(package[:length] in packages for length in range(len(package)))
    }
    modules = {
        (*parts[:-1], parts[-1].partition(".")[0])
        for parts in files
        if parts[-1].endswith((".py", ".so", ".pyd"))
        and not any(parts[:length] in packages for length in range(len(parts)))
    }
    # What is run is not imported: it may end the interpreter, and is meant to.
    names = {parts for parts in outermost | modules if parts and parts[-1] != MAIN}
    return sorted(".".join(parts) for parts in names if all(map(str.isidentifier, parts)))


def has_code(distribution: Distribution) -> bool:
    """Tell whether there is anything that could be imported."""
    return any(file.suffix == ".py" for file in _own(distribution))


def _own(distribution: Distribution) -> Iterator[PackagePath]:
    for file in distribution.files or ():
        is_own = not file.parts[0].endswith(NOT_OWN) and "__pycache__" not in file.parts
        if is_own and not file.is_absolute():
            yield file
