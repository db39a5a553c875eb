"""Problems have codes: each is in the document of errors, and nothing else is."""

import ast
import re
from collections.abc import Iterator

from tests.helpers.cli import ROOT

SOURCE, DOCUMENT = ROOT / "scripts" / "src", ROOT / "scripts" / "docs" / "errors.md"
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def codes_in(source: str) -> Iterator[str]:
    """Return the code of each problem that a module makes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
            yield ast.literal_eval(node.args[0])


def test_every_problem_has_a_code_that_the_document_explains() -> None:
    modules = (path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    used = {code for module in modules for code in codes_in(module)}
    listed = re.findall(r"^\| `([^`]+)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert sorted(used) == sorted(listed)
    assert [code for code in used if not CODE.fullmatch(code)] == []
