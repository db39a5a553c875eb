"""Edits of a manifest change the lines that are meant, and those alone."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from roadworthy.model.workspace.manifest import edited

TEXT = """\
# A jar of sugar.
[project]
name = 'sugar'   # sweet
version = "0.1.0" # raised by the release
dependencies = [
    # what it is made of
    "cane>=1,<2", # first
    'water>=1 ; python_version < "3.14"',# second

    "salt",
]

[project.optional-dependencies]
dark = ["cane>=1,<2", 'treacle ~= 1.0']

[dependency-groups]
dev = [{ include-group = "test" }, "cane>=1,<2"  ]
test = []

[build-system]
requires = [ 'cane>=1,<2' ]

[tool.other]
version = "0.1.0"
requires = ["cane>=1,<2"]
"""
LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"])


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines that differ, with their line ends."""
    pairs = zip(before.split("\n"), after.split("\n"), strict=True)
    return [(old, new) for old, new in pairs if old != new]


@LINE_ENDS
def test_a_version_changes_its_own_line_alone(end: str) -> None:
    before = TEXT.replace("\n", end)
    rest = " # raised by the release" + end.removesuffix("\n")
    expected = [(f'version = "0.1.0"{rest}', f'version = "0.2.0"{rest}')]
    assert changed(before, edited(before, {}, Version("0.2.0"))) == expected


def test_single_quotes_stay_single() -> None:
    text = "[project]\nversion = '0.1.0'\n"
    assert edited(text, {}, Version("1!0.2.0")) == "[project]\nversion = '1!0.2.0'\n"


@pytest.mark.parametrize(
    "text",
    [
        'project.version = "{}"\n',
        'project = {{ name = "sugar", version = "{}" }} # one line\n',
        '[project]\nversion="{}"',
        '[project.urls]\na = "b"\n\n[project]\nversion = "{}"\n',
        '[project]\nversion = "{}"\n[tool.x]\ny = 1\n[project.urls]\na = "b"\n',
    ],
)
def test_a_version_is_found_however_the_table_is_written(text: str) -> None:
    assert edited(text.format("0.1.0"), {}, Version("0.2.0")) == text.format("0.2.0")


@LINE_ENDS
def test_requirements_change_wherever_they_are_stated_and_nowhere_else(end: str) -> None:
    before = TEXT.replace("\n", end)
    back = end.removesuffix("\n")
    after = edited(before, {"cane>=1,<2": "cane>=2,<3"})
    assert [new.removesuffix(back) for _, new in changed(before, after)] == [
        '    "cane>=2,<3", # first',
        "dark = [\"cane>=2,<3\", 'treacle ~= 1.0']",
        'dev = [{ include-group = "test" }, "cane>=2,<3"  ]',
        "requires = [ 'cane>=2,<3' ]",
    ]


def test_a_requirement_with_quotes_in_its_marker_keeps_both_kinds() -> None:
    moved = {'water>=1 ; python_version < "3.14"': 'water>=2 ; python_version < "3.14"'}
    assert changed(TEXT, edited(TEXT, moved)) == [
        (
            "    'water>=1 ; python_version < \"3.14\"',# second",
            "    'water>=2 ; python_version < \"3.14\"',# second",
        )
    ]


def test_escaped_quotes_stay_escaped() -> None:
    text = '[project]\ndependencies = ["water>=1; os_name == \\"nt\\""]\n'
    moved = {'water>=1; os_name == "nt"': 'water>=2; os_name == "nt"'}
    assert edited(text, moved) == text.replace(">=1", ">=2")


@given(st.sampled_from(["salt", "cane", "cane>=1", "cane>=1,<2 "]), st.sampled_from(["\n", "\r\n"]))
def test_what_is_not_stated_to_the_letter_changes_nothing(text: str, end: str) -> None:
    moved = {text: text} if text == "salt" else {text: "other"}
    before = TEXT.replace("\n", end)
    assert edited(before, moved) == before


def test_a_manifest_without_requirements_stays() -> None:
    assert edited("[tool.x]\ny = 1\n", {"a": "b"}) == "[tool.x]\ny = 1\n"


NAMES = st.sampled_from(["cane>=1", "water ~= 1.0", "salt", "treacle==1.*"])
QUOTES = st.sampled_from("'\"")
ENDS = st.sampled_from([",", ", # why", " ,", ",\n    # below"])
ITEMS = st.lists(st.tuples(NAMES, QUOTES, ENDS), max_size=5)


def listed(items: list[tuple[str, str, str]], end: str) -> str:
    body = "".join(f"    {quote}{text}{quote}{rest}\n" for text, quote, rest in items)
    return f"[project]\ndependencies = [\n{body}]  # all\n".replace("\n", end)


@given(ITEMS, st.dictionaries(NAMES, st.just("sugar>=2,<3")), st.sampled_from(["\n", "\r\n"]))
def test_any_list_keeps_its_comments_order_and_quoting(
    items: list[tuple[str, str, str]], moved: dict[str, str], end: str
) -> None:
    expected = [(moved.get(text, text), quote, rest) for text, quote, rest in items]
    assert edited(listed(items, end), moved) == listed(expected, end)


@given(st.sampled_from(["0.2.0", "1!3.0", "2.0rc1", "1.0.post1"]).map(Version))
def test_what_is_written_is_read_back(version: Version) -> None:
    read: dict[str, Any] = tomllib.loads(edited(TEXT, {}, version))
    assert read["project"]["version"] == str(version)
