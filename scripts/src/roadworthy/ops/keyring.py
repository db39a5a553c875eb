"""The door to the keyring: the password that it has for a user of an index, asked as uv asks.

https://docs.astral.sh/uv/concepts/authentication/http/#the-keyring
"""

import os
from functools import cache
from threading import Lock
from urllib.parse import urlsplit

from ..model.problem import Failure
from . import process
from .uv_settings import settings

SECONDS = 60
SUBPROCESS = "subprocess"
_ONE_AT_A_TIME = Lock()


def is_used() -> bool:
    """Tell whether uv asks the keyring: only when it is told to."""
    provider = os.environ.get("UV_KEYRING_PROVIDER") or settings().get("keyring-provider")
    return provider == SUBPROCESS


def password(url: str, username: str) -> str | None:
    """Return the password for a URL without credentials; None where the keyring has none.

    It is asked once in the life of the process: it may be slow, and may want a finger.
    """
    with _ONE_AT_A_TIME:
        return _password(url, username)


@cache
def _password(url: str, username: str) -> str | None:
    parts = urlsplit(url)
    # What a keyring needs to log in somewhere is its own; what we log in with is not for it.
    environment = process.without(process.own_environment(), "UV_PUBLISH_", "UV_INDEX_")
    for service in (url, parts.netloc, f"{parts.scheme}://{parts.netloc}"):
        command = ("keyring", "get", service, username)
        try:
            return process.run(command, environment=environment, seconds=SECONDS).rstrip()
        except Failure:  # it is not installed, or does not have it: the index will say so
            continue
    return None
