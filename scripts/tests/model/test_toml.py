"""Manifests are read whatever is wrong with them: those of today, and those of tagged commits."""

from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as some

from roadworthy.model.workspace.content import stated, values
from roadworthy.model.workspace.toml import MOST_PARTS, table_there
from roadworthy.model.workspace.version_source import version_source

SOUND: dict[str, Any] = {
    "project": {"name": "zq", "version": "1.0", "dynamic": ["readme"], "license": {"file": "L"}},
    "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.build"},
    "tool": {
        "hatch": {"version": {"path": "zq.py"}, "build": {"targets": {"wheel": {"only": ["a"]}}}},
        "poetry": {"name": "zq", "version": "1.0"},
        "setuptools": {"dynamic": {"version": {"attr": "zq.version"}}},
        "uv": {"sources": {"zz": {"workspace": True}}},
    },
}
ANYTHING = some.sampled_from([0, "", "text", [], [1], [{}], {}, True])


@some.composite
def nearly_sound(draw: some.DrawFn) -> dict[str, Any]:
    """Put anything in the place of one value of a manifest, at any depth."""

    def replaced(table: dict[str, Any]) -> dict[str, Any]:
        key = draw(some.sampled_from(sorted(table)))
        value = table[key]
        is_deeper = isinstance(value, dict) and bool(value) and draw(some.booleans())
        return table | {key: replaced(value) if is_deeper else draw(ANYTHING)}

    return replaced(SOUND)


def test_a_sound_manifest_of_another_commit_is_a_table() -> None:
    assert table_there(tomlkit.dumps(SOUND)) == SOUND


@pytest.mark.parametrize(
    "text",
    [
        "a = ",
        "project = 1\n",
        "tool = []\n",
        '[project]\nname = ["zq"]\n',
        ".".join(["a"] * (MOST_PARTS + 1)) + " = 1\n",
        f"a = {'[' * 20_000}\n",
        f"a = {'9' * 5_000}\n",
        'a = "\udce9"\n',
    ],
)
def test_one_that_is_not_sound_is_empty(text: str) -> None:
    assert table_there(text) == {}


@given(nearly_sound())
def test_of_whatever_is_there_can_be_told_what_counts(table: dict[str, Any]) -> None:
    there = table_there(tomlkit.dumps(table))
    assert there in ({}, table)
    assert values(there).keys() == {*stated(there), "tool", "uv"}
    assert version_source(there) is not None
