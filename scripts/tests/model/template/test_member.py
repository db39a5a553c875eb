"""The manifest of a new member is one that every tool can read."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from roadworthy.model.template.member import BACKENDS, NewMember, manifest_of

TOLD = {
    "license": "MIT",
    "requires-python": ">=3.12",
    "authors": [{"name": 'A "quoted" name', "email": "a@example.com"}],
    "urls": {"Repository": "https://example.com/acme"},
}


UNITS = NewMember(name="acme-units", kind="library", folder="packages/acme-units")


def table(member: NewMember) -> dict[str, Any]:
    return tomllib.loads(manifest_of(member))


def test_a_library_says_what_its_root_says() -> None:
    assert table(replace(UNITS, told=TOLD)) == {
        "project": {
            "name": "acme-units",
            "version": "0.1.0",
            "description": "The acme-units library",
            "readme": "README.md",
            "license": "MIT",
            "license-files": ["LICENSE"],
            "requires-python": ">=3.12",
            "authors": TOLD["authors"],
            "classifiers": ["Programming Language :: Python :: 3", "Typing :: Typed"],
            "dependencies": [],
            "urls": TOLD["urls"],
        },
        "dependency-groups": {"test": ["coverage>=7.10", "pytest>=9"]},
        "build-system": {"requires": ["uv_build>=0.9,<1"], "build-backend": "uv_build"},
    }


def test_an_application_has_a_command_and_a_source_for_each_sibling() -> None:
    requirements = {"acme-b": "acme-b>=1,<2", "acme-a": "acme-a>=0.1,<0.2"}
    found = table(replace(UNITS, kind="application", namespace="acme", requirements=requirements))
    assert found["project"]["scripts"] == {"acme-units": "acme.units:main"}
    assert found["project"]["dependencies"] == ["acme-b>=1,<2", "acme-a>=0.1,<0.2"]
    here = {"workspace": True}
    assert found["tool"]["uv"]["sources"] == {"acme-a": here, "acme-b": here}
    assert "license" not in found["project"]


@pytest.mark.parametrize("name", BACKENDS)
def test_every_backend_is_told_of_a_namespace_where_it_has_to_be(name: str) -> None:
    backend = BACKENDS[name]
    found = table(replace(UNITS, backend=backend, namespace="acme"))
    assert found["build-system"]["build-backend"] == backend.name
    assert ("tool" in found) == bool(backend.table)
    assert "tool" not in table(replace(UNITS, backend=backend))
