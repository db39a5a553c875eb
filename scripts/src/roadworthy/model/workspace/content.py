"""What a member is made of: a change of anything else releases nothing.

Its files, but for those that never cause a release; the values of its manifest that its
distributions show, with the version left aside; and what its manifest takes in from elsewhere.
"""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..problem import Problem, UsageFailure
from .glob import matches

# The tables of build backends: what they say goes into a distribution.
BACKENDS = (
    *("hatch", "setuptools", "setuptools_scm", "flit", "pdm", "poetry", "maturin"),
    *("scikit-build", "meson-python", "uv-dynamic-versioning", "versioningit", "cibuildwheel"),
)
# Of a member at the root: what builds it, beside its import packages.
BUILT_BY = (
    *("pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in", "hatch_build.py", "build.py"),
    *("Cargo.toml", "Cargo.lock", "build.rs", "CMakeLists.txt", "meson.build"),
)
# Where nobody can say what lies at the root of it, this at least is no part of it.
NO_PART = (".*/**", ".*", "docs/**", "doc/**", "examples/**", "scripts/**", "uv.lock", "noxfile.py")


@dataclass(frozen=True, slots=True)
class Difference:
    """Whether a member differs from what was released of it, and whether its manifest says so.

    `is_stated` is for a value of `[project]` or `[build-system]`, such as a requirement.
    """

    differs: bool
    is_stated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """The files of a member: `outside` are paths that its manifest takes in from elsewhere.

    `roots` are where the import packages of a member at the root may lie; empty where
    nobody can say that.
    """

    outside: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()

    def has_outside(self, file: str) -> bool:
        """Tell whether a file is, or lies in, what a member takes from elsewhere."""
        return any(file == path or file.startswith(f"{path}/") for path in self.outside)

    def among(self, files: Collection[str]) -> "Content":
        """Return it with those of its roots that are there."""
        there = {file.partition("/")[0] for file in files}
        return replace(self, roots=tuple(root for root in self.roots if root in there))

    def has_at_root(self, file: str) -> bool:
        """Tell whether a member at the root is made of a file."""
        if file in BUILT_BY or self.has_outside(file):
            return True
        if not self.roots:
            return not any(matches(file, pattern) for pattern in NO_PART)
        return any(file == root or file.startswith(f"{root}/") for root in self.roots)


def read_content(path: str, table: Mapping[str, Any]) -> Content:
    """Read from a manifest what a member is made of; raise `UsageFailure` for wrong `sources`."""
    folder = posixpath.dirname(path)
    named = [posixpath.normpath(posixpath.join(folder, each)) for each in _named(path, table)]
    outside = [each for each in named if not (folder and f"{each}/".startswith(f"{folder}/"))]
    roots = () if folder else filter(None, _roots(table))
    return Content(outside=tuple(dict.fromkeys(outside)), roots=tuple(dict.fromkeys(roots)))


def values(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a manifest goes into distributions: the version is left aside."""
    tool = table.get("tool", {})
    uv = tool.get("uv", {})
    own = {name: tool[name] for name in BACKENDS if name in tool}
    if isinstance(own.get("poetry"), dict):
        own["poetry"] = {key: v for key, v in own["poetry"].items() if key != "version"}
    uvs = {key: uv[key] for key in ("sources", "build-backend") if key in uv}
    return {**stated(table), "tool": own, "uv": uvs}


def stated(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a manifest says of the project and its build, but for the version."""
    project = {key: v for key, v in table.get("project", {}).items() if key != "version"}
    return {"project": project, "build-system": table.get("build-system", {})}


def _named(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Return the files and folders that a manifest names, from the member's folder on."""
    project, tool = table.get("project", {}), table.get("tool", {})
    readme = project.get("readme")
    readme = readme.get("file") if isinstance(readme, dict) else readme
    texts = [readme, *_list(project.get("license-files"))]
    if isinstance(project.get("license"), dict):
        texts.append(project["license"].get("file"))
    build = _table(tool, "hatch", "build")
    targets = _table(build, "targets")
    for each in (build, *(_table(targets, name) for name in targets)):
        texts += _table(each, "force-include")
    yield from (_before_glob(text) for text in texts if isinstance(text, str) and text)
    if posixpath.dirname(path):
        yield from _sources(path, tool.get("release", {}))


def _sources(path: str, settings: Mapping[str, Any]) -> tuple[str, ...]:
    found = settings.get("sources", [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        message = f"[tool.release] `sources` in {path} is {found!r}"
        hint = "write a list of paths, from the member's folder, such as ['../../native']"
        raise UsageFailure(Problem("settings-value", message, hint))
    return tuple(found)


def _roots(table: Mapping[str, Any]) -> Iterator[str]:
    """Return where the import packages of a member at the root may lie."""
    name = str(table.get("project", {}).get("name", "")).replace("-", "_").replace(".", "_")
    tool = table.get("tool", {})
    uv = _table(tool, "uv", "build-backend")
    modules = _list(uv.get("module-name", name))
    yield from ("src", name, f"{name}.py", name.lower(), "rust", "crates")
    yield from (_first(uv.get("module-root", "")) or _first(module) for module in modules)
    wheel = _table(tool, "hatch", "build", "targets", "wheel")
    for key in ("packages", "only-include", "include"):
        yield from (_first(each) for each in _list(wheel.get(key)))
    where = _list(_table(tool, "setuptools", "packages", "find").get("where"))
    listed = _table(tool, "setuptools").get("packages", [])
    yield from (_first(each) for each in where + (_list(listed)))
    yield from (_first(each) for each in _table(tool, "setuptools", "package-dir").values())


def _first(path: object) -> str:
    """Return the first folder of a path, or of the name of a module."""
    text = str(path).removeprefix("./").strip("/")
    return text.partition("/")[0] if "/" in text else text.partition(".")[0]


def _before_glob(text: str) -> str:
    """Return the folder in which a glob looks; all else as it is."""
    head = text.partition("*")[0]
    return text if head == text else posixpath.dirname(head) or "."


def _list(found: object) -> list[Any]:
    if isinstance(found, str):
        return [found]
    return found if isinstance(found, list) else []


def _table(table: object, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}
