"""Where a dynamic version comes from: from a tag, from a file, or from nobody knows where.

https://packaging.python.org/en/latest/guides/single-sourcing-package-version/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..version import read_version

# https://hatch.pypa.io/latest/plugins/version-source/regex/
_ASSIGNED = r"""(?i)^(__version__|VERSION)(?: ?\: ?str)? *= *(['"])v?(?P<version>.+?)\2"""
_TAG_REQUIREMENTS = ("setuptools-scm", "poetry-dynamic-versioning", "flit-scm")


@dataclass(frozen=True, slots=True)
class FromTag:
    """A tool derives it from a git tag."""

    tool: str


@dataclass(frozen=True, slots=True)
class FromFile:
    """It lies in the first of these files that is there; without a pattern it is all of it."""

    paths: tuple[str, ...]
    pattern: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It cannot be known, and why."""

    why: str


VersionSource = FromTag | FromFile | Unknown


def version_source(table: Mapping[str, Any]) -> VersionSource:
    """Say where the dynamic version of a manifest comes from."""
    backend = _text(_table(table, "build-system"), "build-backend")
    readers = {
        "hatchling.build": _hatch,
        "pdm.backend": _pdm,
        "flit_core.buildapi": _flit,
        "setuptools.build_meta": _setuptools,
    }
    tool = _tag_tool(table)
    if tool:
        return FromTag(tool)
    found = readers[backend](table) if backend in readers else None
    why = f"its version is dynamic, and its manifest does not say where `{backend}` takes it from"
    return found or Unknown(why)


def version_in(text: str, source: FromFile) -> Version | None:
    """Read the version; None where it is not there or is none."""
    return read_version(text[slice(*_span(text, source))])


def with_version(text: str, source: FromFile, version: Version) -> str:
    """Put another version in the place of the one that is there; all else stays."""
    start, end = _span(text, source)
    return text[:start] + str(version) + text[end:] if start < end else text


def _span(text: str, source: FromFile) -> tuple[int, int]:
    if not source.pattern:
        start = len(text) - len(text.lstrip())
        return start, max(start, len(text.rstrip()))
    found = re.search(source.pattern, text, re.MULTILINE)
    return found.span("version") if found else (0, 0)


def _table(table: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Return a table within tables; empty where there is none."""
    found: object = table
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _text(table: Mapping[str, Any], key: str, default: str = "") -> str:
    """Return a text of a table; empty where it is something else."""
    found = table.get(key, default)
    return found if isinstance(found, str) else ""


def _tag_tool(table: Mapping[str, Any]) -> str:
    """Return the tool that derives the version from a tag, if one does."""
    tool = _table(table, "tool")
    source = _text(_table(tool, "hatch", "version"), "source")
    if source in {"vcs", "uv-dynamic-versioning", "versioningit"}:
        return "hatch-vcs" if source == "vcs" else source
    if _table(tool, "pdm", "version").get("source") == "scm":
        return "pdm-backend"
    for name in ("setuptools_scm", "versioningit"):
        if name in tool:
            return name.replace("_", "-")
    names = set(map(_name, _table(table, "build-system").get("requires", ())))
    return next((name for name in _TAG_REQUIREMENTS if name in names), "")


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""


def _hatch(table: Mapping[str, Any]) -> FromFile | None:
    version = _table(table, "tool", "hatch", "version")
    path, pattern = version.get("path"), version.get("pattern", _ASSIGNED)
    if _text(version, "source", "regex") not in {"regex", "code"} or not isinstance(path, str):
        return None
    pattern = _ASSIGNED if pattern is True else pattern
    try:
        named = "version" in re.compile(pattern).groupindex
    except (re.error, TypeError, OverflowError, RecursionError):
        return None
    return FromFile((path,), pattern) if named else None


def _pdm(table: Mapping[str, Any]) -> FromFile | None:
    path = _table(table, "tool", "pdm", "version").get("path")
    return FromFile((path,), _ASSIGNED) if isinstance(path, str) else None


def _flit(table: Mapping[str, Any]) -> FromFile:
    project = _table(table, "project").get("name", "")
    name = str(_table(table, "tool", "flit", "module").get("name", project))
    return FromFile(_modules(name.replace("-", "_"), ("src/", "")), _ASSIGNED)


def _setuptools(table: Mapping[str, Any]) -> FromFile | None:
    version = _table(table, "tool", "setuptools", "dynamic", "version")
    file, attribute = version.get("file"), version.get("attr")
    path = file[0] if isinstance(file, list) and len(file) == 1 else file
    if isinstance(path, str):
        return FromFile((path,), "")
    if not isinstance(attribute, str):
        return None
    module, _, variable = attribute.rpartition(".")
    assigned = rf"""^{re.escape(variable)}(?: ?: ?str)? *= *(['"])(?P<version>.+?)\1"""
    return FromFile(_modules(module, _roots(table)), assigned)


def _roots(table: Mapping[str, Any]) -> tuple[str, ...]:
    where = _table(table, "tool", "setuptools", "packages", "find").get("where")
    listed = where if isinstance(where, list) else []
    named = [_table(table, "tool", "setuptools", "package-dir").get(""), *listed]
    return (*(f"{root}/" for root in named if isinstance(root, str)), "src/", "")


def _modules(name: str, roots: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files that a module may lie in."""
    path = name.replace(".", "/")
    return tuple(f"{root}{path}{end}" for root in roots for end in ("/__init__.py", ".py"))
