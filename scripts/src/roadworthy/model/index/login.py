"""What can be known to be wrong with the credentials for an upload before they are sent."""

from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from ..problem import Problem
from .catalogue import Entry

TOKEN, USERNAME, PASSWORD = "UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"
TOKEN_USER = "__token__"  # noqa: S105 - a name
TOKEN_START = "pypi-"  # noqa: S105 - what all of them begin with
QUOTES = ("'", '"')

Login = tuple[str, str]  # a user and a password


def login_problems(
    given: Mapping[str, str], entry: Entry | None, known: Iterable[Entry]
) -> Iterator[Problem]:
    """Find what uv refuses, what no server can take, and a token of another index.

    `given` are the variables that are set, `entry` is what is known of the index. No
    message shows a value.
    """
    yield from _refused_by_uv(given)
    yield from _misspelt(given)
    if entry and entry.login.startswith(f"{TOKEN_USER}:"):
        yield from _of_another(given, entry, known)


def _refused_by_uv(given: Mapping[str, str]) -> Iterator[Problem]:
    beside = [name for name in (USERNAME, PASSWORD) if given.get(name)]
    if given.get(TOKEN) and beside:
        message = f"{TOKEN} is set together with {' and '.join(beside)}, which uv refuses"
        yield Problem(
            "credentials-conflict", message, f"unset {TOKEN}, or unset {' and '.join(beside)}"
        )
    elif given.get(PASSWORD) and USERNAME not in given:
        message = f"{PASSWORD} is set, and {USERNAME} is not"
        yield Problem(
            "credentials-incomplete",
            message,
            f"set {USERNAME}, to the empty value if need be; for a token, set {TOKEN} instead",
        )


def _misspelt(given: Mapping[str, str]) -> Iterator[Problem]:
    """Find what came along when a value was copied or read from a file."""
    for name in (TOKEN, USERNAME, PASSWORD):
        value = given.get(name, "")
        is_token = name == TOKEN or value.startswith(TOKEN_START)
        if "\n" in value or "\r" in value:
            yield Problem(
                "credentials-misspelt",
                f"{name} has a line break in it",
                "set it again, without one",
            )
        elif is_token and value != value.strip():
            yield Problem(
                "credentials-misspelt",
                f"{name} begins or ends with a space",
                "set it again, without one",
            )
        elif is_token and value.startswith(QUOTES):
            yield Problem(
                "credentials-misspelt", f"{name} has quotes around it", "set it again, without them"
            )


def _of_another(
    given: Mapping[str, str], entry: Entry, known: Iterable[Entry]
) -> Iterator[Problem]:
    """Find what an index that takes API tokens alone cannot take."""
    user = given.get(USERNAME, "")
    if user not in {"", TOKEN_USER} and not given.get(TOKEN):
        message = f"{entry.title} takes only API tokens, and {USERNAME} names a user"
        yield Problem(
            "credentials-not-a-token",
            message,
            f"set {TOKEN} to a token, and unset {USERNAME} and {PASSWORD}",
        )
    place = token_place(given.get(TOKEN) or given.get(PASSWORD, ""))
    owner = next((other for other in known if place and place == _host(other)), entry)
    if owner.title != entry.title:
        message = f"the token is for {owner.title}, and the index is {entry.title}"
        yield Problem(
            "credentials-of-another-index",
            message,
            f"make one at {entry.title}, and set {TOKEN} to it",
        )


def token_place(token: str) -> str:
    """Return the host that a token says it is for; empty where it does not say so.

    An API token of PyPI is a macaroon, whose first field is its location:
    https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt
    """
    text = token.strip().removeprefix(TOKEN_START)
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return ""
    is_macaroon = packed[:2] == b"\x02\x01" and len(packed) > 3
    return packed[3 : 3 + packed[2]].decode("ascii", "replace") if is_macaroon else ""


def _host(entry: Entry) -> str | None:
    return urlsplit(entry.url).hostname
