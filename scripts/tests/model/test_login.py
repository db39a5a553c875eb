"""Credentials: what can be known to be wrong with them before they are sent, and nothing else."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from roadworthy.model.index.catalogue import Entry
from roadworthy.model.index.login import login_problems, token_place

PYPI = Entry(
    title="PyPI", url="https://pypi.invalid/simple/", private=False, login="__token__:TOKEN"
)
TESTPYPI = Entry(
    title="TestPyPI", url="https://test.invalid/simple/", private=False, login="__token__:TOKEN"
)
COMPANY = Entry(title="Company", url="https://company.invalid/", private=True, login="USER:TOKEN")
REFUSED = ", which uv refuses"
BOTH = "UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD"
KNOWN = (PYPI, TESTPYPI, COMPANY)


def token(place: str) -> str:
    """Return an API token for a place: a macaroon that begins with it."""
    packed = b"\x02\x01" + bytes([len(place)]) + place.encode() + b"\x02\x10" + bytes(40)
    return "pypi-" + urlsafe_b64encode(packed).decode().rstrip("=")


OF_PYPI, OF_TESTPYPI = token("pypi.invalid"), token("test.invalid")


def told(entry: Entry | None, **given: str) -> list[tuple[str, str]]:
    """Return what is found, with the variables in short."""
    named = {f"UV_PUBLISH_{name}": value for name, value in given.items()}
    return [(problem.message, problem.hint) for problem in login_problems(named, entry, KNOWN)]


@pytest.mark.parametrize(
    ("entry", "given"),
    [
        (None, {}),
        (None, {"TOKEN": "t"}),
        (None, {"TOKEN": "", "USERNAME": "me", "PASSWORD": "secret"}),
        (None, {"TOKEN": "t", "USERNAME": "", "PASSWORD": ""}),
        (None, {"USERNAME": "", "PASSWORD": "secret"}),
        (None, {"USERNAME": "me"}),
        (None, {"USERNAME": "me", "PASSWORD": ' "a password" '}),
        (None, {"TOKEN": OF_PYPI}),
        (COMPANY, {"TOKEN": OF_PYPI}),
        (PYPI, {"TOKEN": OF_PYPI}),
        (PYPI, {"TOKEN": token("elsewhere.invalid")}),
        (PYPI, {"TOKEN": "pypi-not-base64-\N{SNOWMAN}"}),
        (TESTPYPI, {"USERNAME": "__token__", "PASSWORD": OF_TESTPYPI}),
        (TESTPYPI, {"TOKEN": "minted-by-an-identity"}),
    ],
)
def test_what_may_be_right_is_not_called_wrong(entry: Entry | None, given: dict[str, str]) -> None:
    assert told(entry, **given) == []


@pytest.mark.parametrize(
    ("entry", "given", "message"),
    [
        (
            None,
            {"TOKEN": "t", "USERNAME": "__token__"},
            f"UV_PUBLISH_TOKEN is set together with UV_PUBLISH_USERNAME{REFUSED}",
        ),
        (
            None,
            {"TOKEN": "t", "USERNAME": "me", "PASSWORD": "secret"},
            f"UV_PUBLISH_TOKEN is set together with {BOTH}{REFUSED}",
        ),
        (
            None,
            {"PASSWORD": "secret"},
            "UV_PUBLISH_PASSWORD is set, and UV_PUBLISH_USERNAME is not",
        ),
        (None, {"TOKEN": "t\n"}, "UV_PUBLISH_TOKEN has a line break in it"),
        (None, {"TOKEN": "\r\nt"}, "UV_PUBLISH_TOKEN has a line break in it"),
        (
            None,
            {"USERNAME": "me", "PASSWORD": "secret\n"},
            "UV_PUBLISH_PASSWORD has a line break in it",
        ),
        (
            None,
            {"USERNAME": "me\n", "PASSWORD": "secret"},
            "UV_PUBLISH_USERNAME has a line break in it",
        ),
        (None, {"TOKEN": " t"}, "UV_PUBLISH_TOKEN begins or ends with a space"),
        (
            None,
            {"USERNAME": "__token__", "PASSWORD": "pypi-x "},
            "UV_PUBLISH_PASSWORD begins or ends with a space",
        ),
        (None, {"TOKEN": "'t'"}, "UV_PUBLISH_TOKEN has quotes around it"),
        (
            PYPI,
            {"USERNAME": "me", "PASSWORD": "secret"},
            "PyPI takes only API tokens, and UV_PUBLISH_USERNAME names a user",
        ),
        (
            TESTPYPI,
            {"TOKEN": OF_PYPI},
            "the token is for PyPI, and the index is TestPyPI",
        ),
        (
            PYPI,
            {"USERNAME": "__token__", "PASSWORD": OF_TESTPYPI},
            "the token is for TestPyPI, and the index is PyPI",
        ),
    ],
)
def test_what_is_known_to_be_wrong_is_said_without_showing_it(
    entry: Entry | None, given: dict[str, str], message: str
) -> None:
    found = told(entry, **given)
    assert [said for said, _ in found] == [message]
    secrets = {value.strip() for value in given.values()} - {"t", "'t'", "me", "__token__"}
    assert not [secret for secret in secrets if secret in str(found)]


@pytest.mark.parametrize("text", ["", "pypi-", "pypi-AA", "pypi-AgE", "t\N{SNOWMAN}ken", "AgEI"])
def test_what_is_no_macaroon_has_no_place(text: str) -> None:
    assert token_place(text) == ""
