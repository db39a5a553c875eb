"""What code imports of siblings, it declares."""

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.workspace.imports import (
    Import,
    Undeclared,
    declared_by,
    imports_of,
    undeclared,
)

BASE, UNITS = NormalizedName("zq-base"), NormalizedName("zq-units")
MODULES = {"zq_base": BASE, "zq.units": UNITS}


@pytest.mark.parametrize(
    ("code", "modules"),
    [
        ("import zq_base", ["zq_base"]),
        ("import zq_base.deep as d, os", ["os", "zq_base.deep"]),
        ("from zq_base import thing", ["zq_base.thing"]),
        ("from . import zq_base", []),
        ("from .zq_base import thing", []),
        ("def f():\n    import zq_base", ["zq_base"]),
        ("try:\n    import zq_base\nexcept ImportError:\n    zq_base = None", []),
        ("try:\n    import zq_base\nexcept (KeyError, ModuleNotFoundError):\n    pass", []),
        ("try:\n    import zq_base\nexcept KeyError:\n    import os", ["os", "zq_base"]),
        ("try:\n    pass\nexcept ImportError:\n    import zq_base", ["zq_base"]),
        ("text = 'import zq_base'", []),
        ("this is no Python", []),
    ],
)
def test_imports_are_read_from_the_code(code: str, modules: list[str]) -> None:
    assert sorted(each.module for each in imports_of(code)) == modules


def test_an_import_has_its_line() -> None:
    assert list(imports_of("x = 1\nimport os\n")) == [Import("os", 2)]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import zq_base", [Undeclared("a.py", 1, "zq_base", BASE)]),
        ("from zq import units", [Undeclared("a.py", 1, "zq.units", UNITS)]),
        ("import zq.units.deep", [Undeclared("a.py", 1, "zq.units.deep", UNITS)]),
        ("from zq import other", []),
        ("import zq_base_more", []),
    ],
)
def test_an_import_of_a_sibling_that_is_not_declared_is_found(
    code: str, found: list[Undeclared]
) -> None:
    assert undeclared({"a.py": code}, MODULES, []) == found
    assert undeclared({"a.py": code}, MODULES, [BASE, UNITS]) == []


def test_a_distribution_of_the_name_that_is_imported_stands_for_the_one_that_brings_it() -> None:
    modules = {"zq": NormalizedName("zq-slim")}
    assert undeclared({"a.py": "import zq.deep"}, modules, [NormalizedName("zq")]) == []


def test_what_is_declared_is_what_the_manifest_requires() -> None:
    manifest = {
        "project": {
            "dependencies": ["ZQ_Base>=1; python_version > '3'", "not a requirement"],
            "optional-dependencies": {"more": ["zq-more"]},
        },
        "dependency-groups": {"test": ["pytest", {"include-group": "other"}]},
    }
    assert declared_by(manifest, groups=False) == {"zq-base", "zq-more"}
    assert declared_by(manifest, groups=True) == {"zq-base", "zq-more", "pytest"}
