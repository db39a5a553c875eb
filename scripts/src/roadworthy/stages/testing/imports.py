"""Look at what members import, in the files that they have now."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.utils import NormalizedName

from ...model.workspace.imports import Undeclared, declared_by, undeclared
from .suites import TESTS, Suite

SOURCE, PACKAGE = "src", "__init__.py"
# Folders beside the code of a member that has no `src`, and how deep namespaces are.
NO_CODE = frozenset({TESTS, "test", "docs", "examples", "scripts", "build", "dist", "changes"})
DEEPEST = 3


def modules_of(suites: Sequence[Suite]) -> dict[str, NormalizedName]:
    """Map the outermost import packages and modules of members to them."""
    found: dict[str, NormalizedName] = {}
    for suite in suites:
        if not suite.is_whole:
            found |= dict.fromkeys(_modules_in(_code(suite)), suite.name)
    return found


def outermost(folder: Path) -> set[str]:
    """Return the packages and modules that lie in the folder of a member without `src`."""
    return {module.partition(".")[0] for module in _modules_in(folder)}


def undeclared_in(
    suite: Suite, modules: Mapping[str, NormalizedName], others: Sequence[Path] = ()
) -> list[Undeclared]:
    """Find the imports of siblings that a member does not declare, in its code and its tests.

    `others` are the folders of the other members: one may lie within another.
    """
    dynamic = {"dependencies", "optional-dependencies"}
    if suite.is_whole or dynamic & set(suite.manifest.get("project", {}).get("dynamic", [])):
        return []  # what is beside the members may use all of them; a backend may say more
    siblings = {module: name for module, name in modules.items() if name != suite.name}
    own = declared_by(suite.manifest, groups=False) | {suite.name}
    for_tests = own | declared_by(suite.manifest, groups=True)
    tests = suite.folder / TESTS
    within = [folder for folder in others if folder.is_relative_to(suite.folder)]
    left_out = [folder for folder in within if folder != suite.folder]
    code = undeclared(_texts(suite, _code(suite), but=[*left_out, tests]), siblings, own)
    return [*code, *undeclared(_texts(suite, tests, but=left_out), siblings, for_tests)]


def _code(suite: Suite) -> Path:
    source = suite.folder / SOURCE
    return source if source.is_dir() else suite.folder


def _modules_in(folder: Path, above: str = "") -> Iterator[str]:
    """Find packages and modules; a folder without an `__init__.py` may be a namespace."""
    for path in sorted(folder.iterdir()):
        if path.name in {*NO_CODE, PACKAGE} or not path.stem.isidentifier():
            continue
        if path.suffix == ".py" and (above or folder.name == SOURCE):
            yield above + path.stem
        elif (path / PACKAGE).is_file():
            yield above + path.name
        elif path.is_dir() and above.count(".") < DEEPEST:
            yield from _modules_in(path, f"{above}{path.name}.")


def _texts(suite: Suite, folder: Path, but: Sequence[Path]) -> dict[str, str]:
    """Read the modules below a folder, by their paths from the member's own."""
    files = (f for f in sorted(folder.rglob("*.py")) if not any(map(f.is_relative_to, but)))
    return {
        file.relative_to(suite.folder).as_posix(): file.read_text("utf-8", "replace")
        for file in files
    }
