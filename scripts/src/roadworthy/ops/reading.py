"""The credentials that an index is read with: those that uv, too, would use.

https://docs.astral.sh/uv/concepts/indexes/#authentication
"""

import os
from urllib.parse import unquote, urlsplit

from ..model.index.login import Login
from ..model.workspace.workspace import Index
from . import keyring, netrc_file


def credentials(index: Index) -> Login | None:
    """Return the user and the password, if there are any."""
    username, password = _stated_login(index)
    if _is_for_keyring(username, password):
        found = keyring.password(index.shown, str(username))
        return None if found is None else (str(username), found)
    if username is None and password is None:
        return netrc_file.login_for(index.shown)
    return username or "", password or ""


def environment(index: Index) -> dict[str, str]:
    """Return the variables that let uv read this index where no keyring and no netrc is."""
    found = credentials(index)
    return dict(zip(index.variables, found, strict=True)) if found else {}


def misses_keyring(index: Index) -> bool:
    """Tell whether a keyring was asked for the password, and has none."""
    return _is_for_keyring(*_stated_login(index)) and credentials(index) is None


def _stated_login(index: Index) -> tuple[str | None, str | None]:
    """Return the user and the password as they are set; the URL's own win, as with uv.

    A user in the URL alone gets the password of the variables only if they name him, too.
    """
    parts = urlsplit(index.url)
    username, password = (os.environ.get(name) for name in index.variables)
    if parts.password is not None:
        return unquote(parts.username or ""), unquote(parts.password)
    own = unquote(parts.username or "")
    return (own, None) if own and own != username else (username, password)


def _is_for_keyring(username: str | None, password: str | None) -> bool:
    return bool(username) and password is None and keyring.is_used()
