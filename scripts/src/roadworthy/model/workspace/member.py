"""Reading a member from the table of its manifest.

https://packaging.python.org/en/latest/specifications/pyproject-toml/
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..problem import Problem, UsageFailure
from ..text import brief, short
from ..version import read_version
from .build_system import read_build_system
from .content import read_content
from .proof import Proof, read_proof
from .requirement import InternalRequirement, Kind, internal_requirement, is_range
from .version_source import Unknown, VersionSource, version_source
from .workspace import MANIFEST, Member

PRIVATE = "Private :: Do Not Upload"


def read_member(
    path: str,
    table: Mapping[str, Any],
    names: frozenset[NormalizedName],
    root: Mapping[str, Any],
) -> Member:
    """Read a member; `names` are those of all members, and `root` is the root's table.

    Raises `UsageFailure` for a version, a range or a requirement that cannot be read.
    """
    project = table["project"]
    name = canonicalize_name(project["name"])
    version = _version(path, name, project)
    source = version_source(table) if version is None else None
    return Member(
        name=name,
        path=str(PurePosixPath(path).parent),
        version=version,
        requires_python=_requires_python(path, name, project),
        requirements=tuple(_requirements(path, name, table, names)),
        never_released=_never_released(table, source),
        installable="build-system" in table and _is_package(table),
        source=source,
        stated=_stated(project),
        commands=tuple(sorted({*project.get("scripts", {}), *project.get("gui-scripts", {})})),
        build=read_build_system(path, table, root),
        repository=_repository(project),
        content=read_content(path, table),
        proof=read_proof(path, table) if path != MANIFEST else Proof(),
    )


def _repository(project: Mapping[str, Any]) -> str:
    """Return the URL of its repository: https://peps.python.org/pep-0753/#well-known-labels."""
    urls = {label.lower(): url for label, url in project.get("urls", {}).items()}
    return str(urls.get("repository", ""))


def _stated(project: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return all that its distributions must require; None where the backend decides."""
    if {"dependencies", "optional-dependencies"} & set(project.get("dynamic", [])):
        return None
    optional = project.get("optional-dependencies", {}).values()
    return (*project.get("dependencies", []), *(text for texts in optional for text in texts))


def _version(path: str, name: NormalizedName, project: Mapping[str, Any]) -> Version | None:
    if "version" not in project and "version" in project.get("dynamic", []):
        return None
    if "version" not in project:
        hint = f'add `version = "0.1.0"` to the [project] of {path}'
        raise UsageFailure(Problem("version-missing", f"{name} has no version", hint, name))
    version = read_version(project["version"])
    if version is None:
        message = f"{name} has the version {brief(project['version'])}, which is not one"
        hint = f"write a PEP 440 version such as 0.1.0 in {path}"
        raise UsageFailure(Problem("version-invalid", message, hint, name))
    return version


def _requires_python(path: str, name: NormalizedName, project: Mapping[str, Any]) -> str:
    text: str = project.get("requires-python", "")
    if not is_range(text):
        message = f"{name} has the requires-python {brief(text)}, which is not a range"
        raise UsageFailure(
            Problem("python-range-invalid", message, f'write one such as ">=3.11" in {path}', name)
        )
    return text


def _never_released(table: Mapping[str, Any], source: VersionSource | None) -> str:
    if PRIVATE in table["project"].get("classifiers", []):
        return f"it has the classifier `{PRIVATE}`"
    if not _is_package(table):
        return "it has `package = false`"
    if "build-system" not in table:
        return "it has no [build-system]"
    return source.why if isinstance(source, Unknown) else ""


def _is_package(table: Mapping[str, Any]) -> bool:
    return table.get("tool", {}).get("uv", {}).get("package", True) is not False


def _requirements(
    path: str, name: NormalizedName, table: Mapping[str, Any], names: frozenset[NormalizedName]
) -> Iterator[InternalRequirement]:
    for kind, extra, text in _requirement_texts(table):
        try:
            found = internal_requirement(text, kind, names, extra)
        except InvalidRequirement as error:
            message = f"{name} has a requirement that cannot be read, `{short(text)}`: {error}"
            raise UsageFailure(
                Problem("requirement-invalid", message, f"fix it in {path}", name)
            ) from None
        if found and found.sibling != name:
            yield replace(found, is_local=found.sibling in _from_workspace(table))


def _from_workspace(table: Mapping[str, Any]) -> frozenset[NormalizedName]:
    """Return what a manifest takes from the workspace around it."""
    sources = table.get("tool", {}).get("uv", {}).get("sources", {})
    tables = sources.items() if isinstance(sources, dict) else ()
    return frozenset(
        canonicalize_name(name)
        for name, source in tables
        if isinstance(source, dict) and source.get("workspace") is True
    )


def _requirement_texts(table: Mapping[str, Any]) -> Iterator[tuple[Kind, str, str]]:
    """Return each requirement with its kind, and the extra or the group that it stands under."""
    project = table["project"]
    sections = (
        (Kind.REQUIRED, {"": project.get("dependencies", [])}),
        (Kind.EXTRA, project.get("optional-dependencies", {})),
        (Kind.GROUP, table.get("dependency-groups", {})),
        (Kind.BUILD, {"": table.get("build-system", {}).get("requires", [])}),
    )
    for kind, lists in sections:
        for extra, texts in lists.items():
            yield from ((kind, extra, text) for text in texts if isinstance(text, str))
