"""Look at what members import, in the files that they have now."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.utils import NormalizedName

from ...model.workspace.imports import Undeclared, declared_by, undeclared
from .suites import TESTS, Suite

SOURCE, PACKAGE = "src", "__init__.py"


def modules_of(suites: Sequence[Suite]) -> dict[str, NormalizedName]:
    """Map the outermost import packages and modules of members to them."""
    found: dict[str, NormalizedName] = {}
    for suite in suites:
        if not suite.is_whole:
            found |= dict.fromkeys(_modules_in(_code(suite)), suite.name)
    return found


def undeclared_in(suite: Suite, modules: Mapping[str, NormalizedName]) -> list[Undeclared]:
    """Find the imports of siblings that a member does not declare, in its code and its tests."""
    if suite.is_whole:
        return []  # what is beside the members may use all of them
    siblings = {module: name for module, name in modules.items() if name != suite.name}
    own = declared_by(suite.manifest, groups=False) | {suite.name}
    for_tests = own | declared_by(suite.manifest, groups=True)
    tests = suite.folder / TESTS
    code = undeclared(_texts(suite, _code(suite), but=tests), siblings, own)
    return [*code, *undeclared(_texts(suite, tests), siblings, for_tests)]


def _code(suite: Suite) -> Path:
    source = suite.folder / SOURCE
    return source if source.is_dir() else suite.folder


def _modules_in(folder: Path, above: str = "") -> Iterator[str]:
    """Find packages and modules; a folder without an `__init__.py` may be a namespace."""
    for path in sorted(folder.iterdir()):
        if path.name in {TESTS, PACKAGE} or not path.stem.isidentifier():
            continue
        if path.suffix == ".py":
            yield above + path.stem
        elif (path / PACKAGE).is_file():
            yield above + path.name
        elif path.is_dir() and not above and folder.name == SOURCE:
            yield from _modules_in(path, f"{path.name}.")


def _texts(suite: Suite, folder: Path, but: Path | None = None) -> dict[str, str]:
    """Read the modules below a folder, by their paths from the member's own."""
    files = (f for f in sorted(folder.rglob("*.py")) if not (but and f.is_relative_to(but)))
    return {
        file.relative_to(suite.folder).as_posix(): file.read_text("utf-8", "replace")
        for file in files
    }
