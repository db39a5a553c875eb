"""The types that a manifest's keys must have, as far as they are read.

https://packaging.python.org/en/latest/specifications/pyproject-toml/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..problem import Problem

TABLE, TEXT, TEXTS = "a table", "a string", "a list of strings"
TABLES, EXTRAS, GROUPS = "a list of tables", "a table of lists of strings", "a table of lists"
SHAPES = {
    "project": TABLE,
    "project.name": TEXT,
    "project.requires-python": TEXT,
    "project.classifiers": TEXTS,
    "project.dependencies": TEXTS,
    "project.dynamic": TEXTS,
    "project.optional-dependencies": EXTRAS,
    "project.scripts": TABLE,
    "project.urls": TABLE,
    "project.gui-scripts": TABLE,
    "dependency-groups": GROUPS,
    "build-system": TABLE,
    "build-system.requires": TEXTS,
    "tool": TABLE,
    "tool.release": TABLE,
    "tool.template": TABLE,
    "tool.template.examples": TEXTS,
    "tool.template.only-here": TEXTS,
    "tool.uv": TABLE,
    "tool.uv.index": TABLES,
    "tool.uv.required-version": TEXT,
    "tool.uv.workspace": TABLE,
    "tool.uv.workspace.exclude": TEXTS,
    "tool.uv.workspace.members": TEXTS,
}


def shape_problems(path: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    """Find every key of a manifest whose value is of another type than it must be."""
    for key, shape in SHAPES.items():
        value = _value(table, key)
        if value is not None and not _is(value, shape):
            yield Problem(
                "manifest-shape", f"{path}: `{key}` is not {shape}", f"write it as {shape}"
            )


def _value(table: Mapping[str, Any], key: str) -> object:
    value: object = table
    for part in key.split("."):
        if not isinstance(value, dict):
            return None  # said of the key that holds it
        value = value.get(part)
    return value


def _is(value: object, shape: str) -> bool:
    if shape == TEXT:
        return isinstance(value, str)
    if shape in {TEXTS, TABLES}:
        wanted = str if shape == TEXTS else dict
        return isinstance(value, list) and all(isinstance(item, wanted) for item in value)
    if not isinstance(value, dict):
        return False
    inner = {EXTRAS: lambda item: _is(item, TEXTS), GROUPS: lambda item: isinstance(item, list)}
    return shape == TABLE or all(inner[shape](item) for item in value.values())
