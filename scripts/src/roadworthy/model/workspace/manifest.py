"""Edits of a manifest: text in, text out; all that is not meant stays to the letter.

Reading is `tomllib`'s part (`workspace.py`); editing is tomlkit's, which keeps
comments, order, quoting and line ends.
"""

from collections.abc import Callable, Iterator, Mapping, MutableSequence
from pathlib import PurePosixPath
from typing import Any

import tomlkit
from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from tomlkit.items import Array, String

from ..problem import Problem, UsageFailure, stop_on
from ..text import short
from .requirement import parsed
from .shape import shape_problems
from .toml_tables import dumped, is_in_line, on_one_line, table_at


def edited(text: str, moved: Mapping[str, str], version: Version | None = None) -> str:
    """Replace requirements, wherever the manifest states them, and set the project's version."""
    document = _parsed(text)
    if version is not None:
        project: Any = document["project"]
        project["version"] = _quoted_as(project["version"], str(version))
    for array in _requirement_arrays(document):
        for place, item in enumerate(array):
            if isinstance(item, String) and str(item) in moved:
                array[place] = _quoted_as(item, moved[str(item)])
    return dumped(document, text)


def with_index(text: str, table: Mapping[str, object]) -> str:
    """Add a `[[tool.uv.index]]` after those that are there.

    Raises `UsageFailure` where one of that name says something else.
    """
    document = _parsed(text)
    uv = table_at(document, ("tool", "uv"))
    for found in uv.get("index", ()):
        if found.get("name") == table["name"]:
            if found.unwrap() == dict(table):
                return text
            message = f"there is a [[tool.uv.index]] named `{table['name']}` already"
            hint = "give another name with --kind, or edit that entry"
            raise UsageFailure(Problem("index-exists", message, hint))
    if "index" not in uv and is_in_line(document, ("tool", "uv")):
        uv["index"] = on_one_line([dict(table)])
    elif "index" in uv and isinstance(uv["index"], Array):
        uv["index"].append(on_one_line(table))
    else:
        entry = tomlkit.table()
        entry.update(table)
        uv.setdefault("index", tomlkit.aot()).append(entry)
    return dumped(document, text)


def with_settings(text: str, lines: Mapping[str, object]) -> str:
    """Write keys into `[tool.release]`; those that are there get the new value."""
    document = _parsed(text)
    release = table_at(document, ("tool", "release"))
    for key, value in lines.items():
        release[key] = on_one_line(value) if isinstance(value, dict) else value
    return dumped(document, text)


def without_member(text: str, name: str, folder: str = "") -> str:
    """Take a member out of requirements, sources and settings of releases.

    In the root manifest, `folder` is where it was: a workspace that lists it does so no more.
    """
    document = _parsed(text)
    for array in _requirement_arrays(document):
        _drop(array, lambda each: _is_named(each, name))
    tool: Any = document.get("tool", {})
    uv, release = tool.get("uv", {}), tool.get("release", {})
    for table in (uv.get("sources", {}), release.get("tag-names", {})):
        for key in [key for key in table if canonicalize_name(key) == name]:
            del table[key]
    for names in (release.get("never", []), *release.get("fixed", [])):
        _drop(names, lambda each: canonicalize_name(each) == name)
    listed = uv.get("workspace", {}).get("members", [])
    _drop(listed, lambda each: bool(folder) and PurePosixPath(each) == PurePosixPath(folder))
    return dumped(document, text)


def _drop(items: MutableSequence[Any], is_gone: Callable[[str], bool]) -> None:
    """Take texts out of a list; comments of the others stay."""
    for place in reversed(range(len(items))):
        if is_gone(str(items[place])):
            del items[place]


def _is_named(requirement: str, name: str) -> bool:
    try:
        return canonicalize_name(parsed(requirement).name) == name
    except InvalidRequirement:
        return False


def _parsed(text: str) -> tomlkit.TOMLDocument:
    """Parse a manifest for an edit; raise `UsageFailure` for one that cannot be edited."""
    try:
        document = tomlkit.parse(text)
        stop_on(shape_problems("the manifest", document.unwrap()), UsageFailure)
    except (ValueError, RecursionError) as error:  # TOML's own errors are ValueErrors, too
        why = short(str(error)) or type(error).__name__
        hint = "fix its syntax first, or nest it less deeply"
        raise UsageFailure(
            Problem("manifest-not-editable", f"the manifest cannot be edited: {why}", hint)
        ) from None
    return document


def _requirement_arrays(document: tomlkit.TOMLDocument) -> Iterator[Array]:
    tables: Any = document
    project = tables.get("project", {})
    candidates = [
        project.get("dependencies"),
        *project.get("optional-dependencies", {}).values(),
        *tables.get("dependency-groups", {}).values(),
        tables.get("build-system", {}).get("requires"),
    ]
    yield from (array for array in candidates if isinstance(array, Array))


def _quoted_as(original: String, value: str) -> String:
    item = tomlkit.string(value, literal=original.as_string().startswith("'"))
    item.trivia.indent = original.trivia.indent
    item.trivia.comment_ws = original.trivia.comment_ws
    item.trivia.comment = original.trivia.comment
    item.trivia.trail = original.trivia.trail
    return item
