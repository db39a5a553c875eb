"""What a manifest says after an edit does not depend on how its tables are written."""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

import pytest
from packaging.version import Version

from roadworthy.model.template.member import NewMember, manifest_of, with_place, without_place
from roadworthy.model.template.project import Origin, Project, root_of, with_license
from roadworthy.model.template.root_update import with_origin, with_tooling_by_git
from roadworthy.model.template.tables import MISSING, Difference, Verdict
from roadworthy.model.template.toml_writing import written
from roadworthy.model.workspace.manifest import edited, with_index, with_settings, without_member

Values = Mapping[str, Any]
HERE = {"workspace": True}
WHOLE: Values = {
    "project": {
        "name": "zq-workspace",
        "version": "1.0",
        "dependencies": ["zq-a>=1", "zq-b"],
        "license": "MIT",
        "optional-dependencies": {"x": ["zq-a>=1"]},
        "urls": {"Repository": "https://forge.invalid/zq", "Issues": "https://forge.invalid/i"},
    },
    "build-system": {"requires": ["uv_build>=0.9"], "build-backend": "uv_build"},
    "dependency-groups": {"tooling": ["roadworthy"], "test": ["zq-a>=1"]},
    "tool": {
        "uv": {
            "workspace": {"members": ["packages/*", "scripts"]},
            "sources": {"zq-a": HERE, "zq-b": HERE, "roadworthy": HERE},
            "index": [{"name": "shelf", "url": "https://index.invalid/"}],
        },
        "release": {"never": ["zq-a"], "fixed": [["zq-a", "zq-b"]], "tag-names": {"zq-a": "a"}},
        "template": {"source": "https://forge.invalid/template", "revision": "a" * 40},
        "ruff": {"line-length": 100, "lint": {"select": ["ALL"], "ignore": ["D1"]}},
    },
}
BARE: Values = {
    "project": {"name": "zq-workspace", "version": "1.0", "dependencies": ["zq-b"]},
    "dependency-groups": {"tooling": ["roadworthy"]},
    "tool": {
        "uv": {"workspace": {"members": ["packages/*", "scripts"]}, "package": False},
        "ruff": {"line-length": 100},
    },
}
NEW = Origin(url="https://forge.invalid/template", revision="b" * 40, tag="roadworthy/v1.1.0")
ACME = Project(name="acme", repository="https://forge.invalid/acme", author="A", email="a@b.c")
LIKE = """\
[tool.ruff] # of the template
# Why.
target-version = "py311" # behind

[tool.ruff.lint]
# Why.
extend-select = [
    "D", # in a list
] # behind

[tool.ruff.format] # new
preview = true
more.deep = 1
"""


def one(value: object) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {one(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(one, value))}]"
    return json.dumps(value)


def dotted(values: Values, above: str = "") -> Iterator[str]:
    """Write a line for each value, its keys with dots."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from dotted(value, f"{above}{key}.")
        else:
            yield f"{above}{key} = {one(value)}"


def braces(values: Values) -> Iterator[str]:
    """Write a line for each key, tables in braces."""
    yield from (f"{key} = {one(value)}" for key, value in values.items())


def headers(depth: int, below: Callable[[Values], Iterator[str]], values: Values) -> Iterator[str]:
    """Give tables headers down to a depth; below that they are written otherwise."""
    yield from _headers(values, depth, below, "")


def _headers(
    values: Values, depth: int, below: Callable[[Values], Iterator[str]], above: str
) -> Iterator[str]:
    tables = {key: value for key, value in values.items() if depth and isinstance(value, Mapping)}
    rest = {key: value for key, value in values.items() if key not in tables}
    if above and (rest or not tables):
        yield f"\n[{above[:-1]}] # of {above}"
    yield from below(rest)
    for key, table in tables.items():
        yield from _headers(table, depth - 1, below, f"{above}{key}.")


def apart(values: Values) -> Iterator[str]:
    """Write `[tool.uv]` and what is in it in several places, with others between them."""
    uv = dict(values["tool"]["uv"])
    first = {key: uv.pop(key) for key in ("sources", "package") if key in uv}
    yield from headers(4, braces, {"tool": {"uv": first}}) if first else ()
    yield from headers(4, braces, {key: each for key, each in values.items() if key != "tool"})
    others = {key: each for key, each in values["tool"].items() if key != "uv"}
    yield from headers(4, braces, {"tool": others})
    yield from headers(4, braces, {"tool": {"uv": uv}})


def with_array_of_tables(values: Values) -> Iterator[str]:
    """Write indexes as uv's documentation does."""
    indexes = values["tool"]["uv"].get("index", [])
    left = {key: each for key, each in values["tool"]["uv"].items() if key != "index"}
    yield from headers(4, braces, {**values, "tool": {**values["tool"], "uv": left}})
    for index in indexes:
        yield from ("\n[[tool.uv.index]]", *braces(index))


WRITINGS: Mapping[str, Callable[[Values], Iterator[str]]] = {
    **{f"braces below {depth}": partial(headers, depth, braces) for depth in range(5)},
    **{f"dots below {depth}": partial(headers, depth, dotted) for depth in range(5)},
    "in several places": apart,
}
QUICK = {"braces below 0", "braces below 3", "dots below 0", "dots below 2", "in several places"}


def take(*keys: str, value: object) -> Callable[[str], str]:
    """Return what takes a value from a template."""
    return lambda text: written(text, [Difference(Verdict.TAKE, keys, target=value)], LIKE)


EDITS: Mapping[str, Callable[[str], str]] = {
    "a version": lambda text: edited(text, {"zq-a>=1": "zq-a>=2"}, Version("2.0")),
    "an index": lambda text: with_index(text, {"name": "new", "url": "https://new.invalid/"}),
    "settings": lambda text: with_settings(text, {"floors": "keep", "tag-names": {"zq-b": "b"}}),
    "a member fewer": lambda text: without_member(text, "zq-a"),
    "a member more": lambda text: with_place(text, "zq-c"),
    "a source": take("tool", "uv", "sources", "zq-d", value=HERE),
    "an origin": lambda text: with_origin(text, NEW),
    "a value": take("tool", "ruff", "line-length", value=88),
    "a key": take("tool", "ruff", "target-version", value="py311"),
    "a list": take("tool", "ruff", "lint", "extend-select", value=["D"]),
    "items": take("tool", "ruff", "lint", "select", value=["ALL", "D"]),
    "a table": take("tool", "ruff", "format", value={"preview": True, "more": {"deep": 1}}),
    "a tool": take("tool", "mypy", value={"strict": True}),
    "a tool in a table": take("tool", "mypy", "deep", "strict", value=True),
    "a table at the top": take("zq", value={"a": 1}),
    "a group": take("dependency-groups", "lint", value=["ruff"]),
    "a key fewer": take("tool", "ruff", "lint", "select", value=MISSING),
    "a table fewer": take("tool", "ruff", "lint", value=MISSING),
    "a key fewer where there is none": take("tool", "no", "such", value=MISSING),
    "a place fewer": lambda text: without_place(text, "zq-b"),
    "a licence": lambda text: with_license(text, "BSD-3-Clause"),
    "another project": lambda text: root_of(text, ACME, NEW, gone=["zq-a"]),
    "the tooling by git": lambda text: with_tooling_by_git(text, NEW),
}
# These begin from a workspace that has all of it.
OF_A_TEMPLATE = {"a place fewer", "another project", "the tooling by git", "an origin"}
SIZES = {"whole": WHOLE, "bare": BARE}


def read(text: str) -> Any:  # noqa: ANN401 - what TOML holds
    """Return what a manifest says; an empty table says nothing."""
    return _filled(tomllib.loads(text))


def _filled(value: Any) -> Any:  # noqa: ANN401 - as above
    if not isinstance(value, dict):
        return value
    found = {key: _filled(each) for key, each in value.items()}
    return {key: each for key, each in found.items() if each != {}}


def text_of(writing: Callable[[Values], Iterator[str]], values: Values) -> str:
    return "\n".join([*writing(values), ""])


def edits_of(values: Values) -> Mapping[str, Callable[[str], str]]:
    """Return the edits that have something to begin from."""
    if values is WHOLE:
        return EDITS
    return {name: edit for name, edit in EDITS.items() if name not in OF_A_TEMPLATE}


@cache
def edited_plainly(size: str) -> Mapping[str, Any]:
    """Return what each edit makes of a manifest that is written as uv's documentation does."""
    text = text_of(with_array_of_tables, SIZES[size])
    assert tomllib.loads(text) == SIZES[size]
    return {name: read(edit(text)) for name, edit in edits_of(SIZES[size]).items()}


@pytest.mark.parametrize(
    "writing",
    [w if w in QUICK else pytest.param(w, marks=pytest.mark.exhaustive) for w in WRITINGS],
)
@pytest.mark.parametrize("size", SIZES)
def test_every_writing_of_a_manifest_is_edited_to_the_same(writing: str, size: str) -> None:
    text = text_of(WRITINGS[writing], SIZES[size])
    assert tomllib.loads(text) == SIZES[size]
    found = {name: read(edit(text)) for name, edit in edits_of(SIZES[size]).items()}
    assert found == edited_plainly(size)


def test_every_edit_but_one_changes_something() -> None:
    text = text_of(with_array_of_tables, WHOLE)
    same = [name for name, edit in EDITS.items() if edit(text) == text]
    assert same == ["a key fewer where there is none"]


@pytest.mark.parametrize("writing", ["braces below 4", "dots below 2"])
def test_a_manifest_with_the_line_ends_of_windows_keeps_them(writing: str) -> None:
    text = text_of(WRITINGS[writing], WHOLE)
    expected = {name: edit(text).replace("\n", "\r\n") for name, edit in EDITS.items()}
    windows = text.replace("\n", "\r\n")
    assert {name: edit(windows) for name, edit in EDITS.items()} == expected


def test_a_key_that_is_no_word_stands_in_quotes() -> None:
    urls = {"Bug Tracker": "https://forge.invalid/issues"}
    told = manifest_of(NewMember(name="zq-a", kind="library", folder="a", told={"urls": urls}))
    assert tomllib.loads(told)["project"]["urls"] == urls


def test_line_ends_that_differ_in_one_manifest_stay_as_they_are() -> None:
    mixed = "[tool.ruff]\r\nline-length = 100\n\r\n[tool.x]\n"
    expected = "[tool.ruff]\r\nline-length = 88\n\r\n[tool.x]\n"
    assert EDITS["a value"](mixed) == expected
