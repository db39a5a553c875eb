"""Every promise of the document has a test that bears its number, and no other number is borne."""

import ast
import re
from collections.abc import Iterator

from tests.helpers.cli import ROOT

PROMISED = re.compile(r"^\| (\d+) \|", re.MULTILINE)


def numbers(source: str) -> Iterator[int]:
    """Return the promises that the tests of a module hold."""
    for node in ast.walk(ast.parse(source)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr == "promise":  # type: ignore[attr-defined]
            yield from ast.literal_eval(ast.List(elts=node.args))  # type: ignore[attr-defined]


def test_thirty_three_promises_are_made_and_each_has_a_test() -> None:
    document = (ROOT / "scripts/docs/promises.md").read_text("utf-8")
    made = [int(number) for number in PROMISED.findall(document)]
    held = {
        number
        for path in (ROOT / "scripts/tests").rglob("test_*.py")
        for number in numbers(path.read_text("utf-8"))
    }
    assert sorted(made) == list(range(1, 34))
    assert held == set(made)


def test_a_number_is_read_from_a_mark() -> None:
    source = "@pytest.mark.promise(7)\ndef test_it(): ...\n\n\ndef test_other(): ...\n"
    assert list(numbers(source)) == [7]
