"""Names of projects and members: what can be one, and how a prefix becomes another."""

import pytest

from roadworthy.model.template.naming import module_of, name_problems, renamed


@pytest.mark.parametrize("name", ["acme", "acme-units", "Acme_Units", "a.b"])
def test_a_name_that_can_be_released_and_imported_is_fine(name: str) -> None:
    assert list(name_problems(name)) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name-invalid"),
        ("-acme", "name-invalid"),
        ("acme units", "name-invalid"),
        ("größe", "name-invalid"),
        ("3d", "name-invalid"),
        ("class", "name-invalid"),
        ("json", "name-standard"),
        ("aux", "name-device"),
        ("LPT1", "name-device"),
    ],
)
def test_a_name_that_cannot_is_refused(name: str, code: str) -> None:
    assert [problem.code for problem in name_problems(name)] == [code]


def test_a_namespace_is_not_repeated_and_not_hidden() -> None:
    assert module_of("acme-units", "acme") == "acme.units"
    assert module_of("units", "acme") == "acme.units"
    assert module_of("Acme-Units") == "acme_units"
    assert [p.code for p in name_problems("units", "json")] == ["name-standard"]
    assert [p.code for p in name_problems("acme-class", "acme")] == ["name-invalid"]
    assert [p.code for p in name_problems("nul", "acme")] == ["name-device"]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("pantry-cli>=1", "my-shop-cli>=1"),
        ("from pantry_cli import main", "from my_shop_cli import main"),
        ("packages/pantry-cli/src/pantry_cli", "packages/my-shop-cli/src/my_shop_cli"),
        ('prog="pantry"', 'prog="my-shop"'),
        ("pantry: cannot read", "my-shop: cannot read"),
        ("pantryman and a-pantry", "pantryman and a-pantry"),
    ],
)
def test_a_prefix_becomes_another_in_distributions_modules_and_commands(
    text: str, changed: str
) -> None:
    assert renamed(text, "pantry", "my-shop") == changed
