"""A uv workspace: its members, read from the texts of their manifests.

https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from .glob import matches
from .graph import Graph
from .problem import Failure, Problem, UsageFailure, stop_on
from .requirement import InternalRequirement, Kind, internal_requirement
from .settings import Settings
from .shape import shape_problems

MANIFEST = "pyproject.toml"
PRIVATE = "Private :: Do Not Upload"


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A folder with a manifest of its own; the root's is a member at `.`."""

    name: NormalizedName
    path: str
    version: Version | None
    requires_python: str = ""
    requirements: tuple[InternalRequirement, ...] = ()
    never_released: str = ""
    installable: bool = True

    def file(self, name: str) -> str:
        """Return the path of one of its files, from the workspace's root."""
        return name if self.path == "." else f"{self.path}/{name}"

    def requirement_on(self, sibling: NormalizedName) -> InternalRequirement | None:
        """Return what it always requires of a sibling, if anything."""
        found = (r for r in self.requirements if r.kind is Kind.REQUIRED and r.sibling == sibling)
        return next(found, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """A package index: where distributions are read from and uploaded to."""

    name: str
    url: str
    publish_url: str = ""

    @property
    def shown(self) -> str:
        """Return the URL that it is read at, as anybody may see it."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """All members by name, and how they are released; its graphs are made once."""

    members: Mapping[NormalizedName, Member]
    settings: Settings
    indexes: tuple[Index, ...] = ()
    uv_required: str = ""

    @cached_property
    def always(self) -> Graph:
        """Return what every member requires of its siblings everywhere and always."""
        return self._edges(lambda requirement: requirement.is_unconditional)

    @cached_property
    def graph(self) -> Graph:
        """Return what an installation may need of the siblings, extras left aside."""
        return self._edges(lambda requirement: requirement.kind is Kind.REQUIRED)

    @cached_property
    def released_graph(self) -> Graph:
        """Return every requirement that goes into a distribution or its build."""
        return self._edges(lambda requirement: requirement.kind is not Kind.GROUP)

    @property
    def requires_python(self) -> SpecifierSet:
        """Return what all members ask of an interpreter, together."""
        ranges = (member.requires_python for member in self.members.values())
        return SpecifierSet(",".join(text for text in ranges if text))

    def select(self, names: Iterable[str]) -> tuple[Member, ...]:
        """Return members by any spelling of their names; all for none.

        Raises `UsageFailure` for a name that no member has.
        """
        wanted = [canonicalize_name(name) for name in names]
        unknown = [name for name in wanted if name not in self.members]
        hint = f"the members are {', '.join(self.members)}"
        stop_on((Problem(f"no member is named `{name}`", hint) for name in unknown), UsageFailure)
        return tuple(self.members[name] for name in wanted or self.members)

    def index(self, name: str) -> Index | None:
        """Return a configured index; None for the empty name, which is git alone.

        Raises `UsageFailure` for a name that no `[[tool.uv.index]]` has.
        """
        if not name:
            return None
        for index in self.indexes:
            if index.name == name:
                return index
        names = ", ".join(index.name for index in self.indexes) or "none"
        message = f"no [[tool.uv.index]] is named `{name}`"
        raise UsageFailure(Problem(message, f"configured in the root {MANIFEST}: {names}"))

    def _edges(self, holds: Callable[[InternalRequirement], bool]) -> Graph:
        return {
            name: {r.sibling for r in member.requirements if holds(r)}
            for name, member in self.members.items()
        }


def manifest_paths(root_text: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return the manifests of a workspace, of the files that it has.

    Raises `UsageFailure` where there is no workspace, or a member has no manifest.
    """
    root = _toml(MANIFEST, root_text)
    stop_on(shape_problems(MANIFEST, root), UsageFailure)
    table = _workspace_table(root)
    folders = _folders(files)
    members = sorted(_matched(table.get("members", []), folders))
    left_out = _matched(table.get("exclude", []), folders)
    paths, problems = [MANIFEST], []
    for folder in members:
        if folder in left_out or folder.rpartition("/")[2].startswith("."):
            continue
        if MANIFEST in folders[folder]:
            paths.append(f"{folder}/{MANIFEST}")
        else:
            message = f"workspace member `{folder}` has no {MANIFEST}"
            problems.append(Problem(message, f"add one, or list it under `exclude` in {MANIFEST}"))
    stop_on(problems, UsageFailure)
    return tuple(paths)


def read_workspace(manifests: Mapping[str, str]) -> Workspace:
    """Read the workspace from the texts of its manifests, the root's first.

    Raises `UsageFailure` with all problems that make it unreadable.
    """
    tables = {path: _toml(path, text) for path, text in manifests.items()}
    stop_on(
        (p for path, table in tables.items() for p in shape_problems(path, table)), UsageFailure
    )
    uv = tables[MANIFEST].get("tool", {}).get("uv", {})
    managed = {path: table for path, table in tables.items() if _is_managed(path, table)}
    stop_on(_name_problems(managed), UsageFailure)
    named = {path: table for path, table in managed.items() if "project" in table}
    problems = list(_naming_problems(named))
    names = frozenset(canonicalize_name(table["project"]["name"]) for table in named.values())
    members = []
    for path, table in named.items():
        try:
            members.append(_member(path, table, names))
        except Failure as failure:
            problems.extend(failure.problems)
    if not problems and not [member for member in members if member.path != "."]:
        hint = "add a folder with a pyproject.toml, as `uv init --package packages/NAME` does"
        problems.append(Problem("the workspace has no member", hint))
    stop_on(problems, UsageFailure)
    return Workspace(
        members={member.name: member for member in sorted(members, key=lambda m: m.name)},
        settings=Settings.read(tables[MANIFEST].get("tool", {}).get("release", {})),
        indexes=tuple(_indexes(uv)),
        uv_required=uv.get("required-version", ""),
    )


def _toml(path: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{path} is not TOML: {error}"
        raise UsageFailure(Problem(message, "mend the line that it names")) from None


def _workspace_table(root: Mapping[str, Any]) -> Mapping[str, Any]:
    table = root.get("tool", {}).get("uv", {}).get("workspace")
    if table is None:
        hint = 'the root needs [tool.uv.workspace] with `members = ["packages/*"]`'
        raise UsageFailure(Problem(f"{MANIFEST} is not the root of a uv workspace", hint))
    return dict(table)


def _folders(files: Iterable[str]) -> dict[str, set[str]]:
    """Map each folder to the names of what lies in it."""
    folders: dict[str, set[str]] = {}
    for file in files:
        path = file
        while path:
            folder, _, name = path.rpartition("/")
            known = folder in folders
            folders.setdefault(folder, set()).add(name)
            path = "" if known else folder
    return folders


def _matched(patterns: Iterable[str], folders: Iterable[str]) -> set[str]:
    wanted = [str(PurePosixPath(pattern)) for pattern in patterns]
    return {f for f in folders if f and any(matches(f, pattern) for pattern in wanted)}


def _is_managed(path: str, table: Mapping[str, Any]) -> bool:
    """Tell whether uv counts it as a member; the root need not be a project."""
    uv = table.get("tool", {}).get("uv", {})
    return path == MANIFEST or uv.get("managed", True) is not False


def _name_problems(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for path, table in tables.items():
        if path == MANIFEST and "project" not in table:
            continue
        name = table.get("project", {}).get("name", "")
        try:
            canonicalize_name(name, validate=True)
        except InvalidName:
            message = f"{path} has no project name" if not name else f"{path}: {name!r} is no name"
            yield Problem(
                message, 'give it a [project] with `name = "..."`, or list it under `exclude`'
            )


def _naming_problems(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    seen: dict[NormalizedName, str] = {}
    for path, table in tables.items():
        member = canonicalize_name(table["project"]["name"])
        if member in seen:
            message = f"two members are both named `{member}`: {seen[member]} and {path}"
            yield Problem(message, "rename one: names are compared as PEP 503 normalises them")
        seen[member] = path


def _member(path: str, table: Mapping[str, Any], names: frozenset[NormalizedName]) -> Member:
    project = table["project"]
    name = canonicalize_name(project["name"])
    version = _version(path, name, project)
    return Member(
        name=name,
        path=str(PurePosixPath(path).parent),
        version=version,
        requires_python=_requires_python(path, name, project),
        requirements=tuple(_requirements(path, name, table, names)),
        never_released=_never_released(table, version),
        installable="build-system" in table and _is_package(table),
    )


def _version(path: str, name: NormalizedName, project: Mapping[str, Any]) -> Version | None:
    if "version" not in project and "version" in project.get("dynamic", []):
        return None
    if "version" not in project:
        hint = f'add `version = "0.1.0"` to the [project] of {path}'
        raise UsageFailure(Problem(f"{name} has no version", hint, name))
    try:
        return Version(project["version"])
    except (InvalidVersion, TypeError):
        message = f"{name} has the version {project['version']!r}, which is not one"
        hint = f"write a PEP 440 version such as 0.1.0 in {path}"
        raise UsageFailure(Problem(message, hint, name)) from None


def _requires_python(path: str, name: NormalizedName, project: Mapping[str, Any]) -> str:
    text: str = project.get("requires-python", "")
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        message = f"{name} has the requires-python {text!r}, which is no range"
        raise UsageFailure(
            Problem(message, f'write one such as ">=3.11" in {path}', name)
        ) from None
    return text


def _never_released(table: Mapping[str, Any], version: Version | None) -> str:
    if PRIVATE in table["project"].get("classifiers", []):
        return f"it is classified `{PRIVATE}`"
    if not _is_package(table):
        return "it says `package = false`"
    if "build-system" not in table:
        return "it has no [build-system]"
    if version is None:
        return "its version is dynamic, and only static versions are released"
    return ""


def _is_package(table: Mapping[str, Any]) -> bool:
    return table.get("tool", {}).get("uv", {}).get("package", True) is not False


def _requirements(
    path: str, name: NormalizedName, table: Mapping[str, Any], names: frozenset[NormalizedName]
) -> Iterator[InternalRequirement]:
    for kind, text in _requirement_texts(table):
        try:
            found = internal_requirement(text, kind, names)
        except InvalidRequirement as error:
            message = f"{name} has a requirement that cannot be read, `{text}`: {error}"
            raise UsageFailure(Problem(message, f"mend it in {path}", name)) from None
        if found and found.sibling != name:
            yield found


def _requirement_texts(table: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    project = table["project"]
    sections = (
        (Kind.REQUIRED, [project.get("dependencies", [])]),
        (Kind.EXTRA, project.get("optional-dependencies", {}).values()),
        (Kind.GROUP, table.get("dependency-groups", {}).values()),
        (Kind.BUILD, [table.get("build-system", {}).get("requires", [])]),
    )
    for kind, lists in sections:
        for texts in lists:
            yield from ((kind, text) for text in texts if isinstance(text, str))


def _indexes(uv: Mapping[str, Any]) -> Iterator[Index]:
    for entry in uv.get("index", []):
        if "name" in entry and "url" in entry:
            publish_url = entry.get("publish-url", "")
            yield Index(name=entry["name"], url=entry["url"], publish_url=publish_url)
