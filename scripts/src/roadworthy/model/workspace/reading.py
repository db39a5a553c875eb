"""Reading a uv workspace from the texts of its manifests, and of what they name.

https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from ..problem import Failure, Problem, UsageFailure, stop_on
from ..text import brief
from ..url import is_url, without_credentials
from .in_files import Texts, with_files
from .member import read_member
from .settings import Settings
from .shape import shape_problems
from .toml import table_of
from .workspace import MANIFEST, Index, Member, Workspace


def read_workspace(
    manifests: Mapping[str, str],
    files: Collection[str] = (),
    texts: Texts = lambda _: {},
    *,
    may_be_empty: bool = False,
) -> Workspace:
    """Read the workspace from the texts of its manifests, the root's first.

    Of all its `files`, change notes and those that have a version are read with `texts`.
    Raises `UsageFailure` with all problems that make it unreadable.
    """
    tables = {path: table_of(path, text) for path, text in manifests.items()}
    stop_on(
        (p for path, table in tables.items() for p in shape_problems(path, table)), UsageFailure
    )
    uv = tables[MANIFEST].get("tool", {}).get("uv", {})
    managed = {path: table for path, table in tables.items() if _is_managed(path, table)}
    stop_on(_name_problems(managed), UsageFailure)
    named = {path: table for path, table in managed.items() if "project" in table}
    names = frozenset(canonicalize_name(table["project"]["name"]) for table in named.values())
    members, problems = _members(named, names, tables[MANIFEST])
    if not (problems or may_be_empty) and all(member.path == "." for member in members):
        hint = "add one: `nox -s new-member -- NAME --kind library`"
        problems.append(Problem("workspace-empty", "the workspace has no member", hint))
    settings = Settings.read(tables[MANIFEST].get("tool", {}).get("release", {}))
    problems += [*_group_problems(settings, names), *_index_problems(uv)]
    stop_on(problems, UsageFailure)
    members, strays = with_files(members, files, texts)
    return Workspace(
        members={member.name: member for member in sorted(members, key=lambda m: m.name)},
        settings=settings,
        indexes=tuple(_indexes(uv)),
        uv_required=uv.get("required-version", ""),
        mapped=_mapped(tables.values()),
        strays=strays,
    ).with_settings(settings)


def _members(
    tables: Mapping[str, Mapping[str, Any]],
    names: frozenset[NormalizedName],
    root: Mapping[str, Any],
) -> tuple[list[Member], list[Problem]]:
    """Read all members that can be read, and say what is wrong with the others."""
    members, problems = [], [*_naming_problems(tables)]
    for path, table in tables.items():
        try:
            members.append(read_member(path, table, names, root))
        except Failure as failure:
            problems.extend(failure.problems)
    return members, problems


def _group_problems(settings: Settings, names: Collection[NormalizedName]) -> Iterator[Problem]:
    named = {
        "fixed": [name for group in settings.fixed for name in group],
        "never": settings.never,
        "tag-names": settings.tag_names,
    }
    for key, members in named.items():
        for name in (name for name in members if name not in names):
            message = f"[tool.release] `{key}` names `{name}`, which is no member"
            hint = f"the members are {', '.join(sorted(names))}"
            yield Problem("settings-member", message, hint)


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
            message = f"{path} has no project name" if not name else f"{path}: {name!a} is no name"
            yield Problem(
                "member-name",
                message,
                'give it a [project] with `name = "..."`, or list it under `exclude`',
            )


def _naming_problems(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    seen: dict[NormalizedName, str] = {}
    for path, table in tables.items():
        member = canonicalize_name(table["project"]["name"])
        if member in seen:
            message = f"two members are both named `{member}`: {seen[member]} and {path}"
            yield Problem(
                "member-name-twice",
                message,
                "rename one: names are compared as PEP 503 normalises them",
            )
        seen[member] = path


def _index_problems(uv: Mapping[str, Any]) -> Iterator[Problem]:
    for entry in uv.get("index", []):
        for key in ("name", "url", "publish-url"):
            value = entry.get(key, "")
            if not isinstance(value, str) or (key != "name" and not is_url(value)):
                shown = without_credentials(value) if isinstance(value, str) else value
                message = f"{MANIFEST}: a [[tool.uv.index]] has the {key} {brief(shown)}"
                kind = "a string" if key == "name" else "a URL"
                yield Problem("index-entry", message, f"it takes {kind}")


def _mapped(tables: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[NormalizedName]]:
    """Return which projects `[tool.uv.sources]` takes from an index by its name."""
    found: dict[str, set[NormalizedName]] = {}
    for table in tables:
        sources = table.get("tool", {}).get("uv", {}).get("sources", {})
        for name, source in sources.items() if isinstance(sources, dict) else ():
            for each in source if isinstance(source, list) else [source]:
                index = each.get("index") if isinstance(each, dict) else None
                if isinstance(index, str):
                    found.setdefault(index, set()).add(canonicalize_name(name))
    return {index: frozenset(names) for index, names in found.items()}


def _indexes(uv: Mapping[str, Any]) -> Iterator[Index]:
    for entry in uv.get("index", []):
        if "name" in entry and "url" in entry:
            publish_url = entry.get("publish-url", "")
            yield Index(name=entry["name"], url=entry["url"], publish_url=publish_url)
