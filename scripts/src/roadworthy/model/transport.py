"""By which ways a repository is reached, and which are refused.

https://git-scm.com/docs/git-clone#_git_urls, https://git-scm.com/docs/gitremote-helpers
"""

import re

from .problem import Problem

TRANSPORTS = ("https", "http", "ssh", "git", "file")
_HELPER = re.compile(r"([A-Za-z0-9][A-Za-z0-9+.-]*)::")
_SCHEME = re.compile(r"([^/:]*)://")
_HINT = "use https://, http://, ssh://, git:// or file://, HOST:PATH, or a path"


def transport_problem(url: str, what: str = "the URL") -> Problem | None:
    """Say why a URL is refused; None for one that a release can use.

    A helper such as `ext::` runs what the URL says; a word with a dash is read as an option.
    The URL itself is not repeated: it may hold a password.
    """
    helper, scheme = _HELPER.match(url), _SCHEME.match(url)
    if not url.strip():
        return Problem("url-refused", f"{what} is empty", _HINT)
    if url.startswith("-"):
        return Problem("url-refused", f"{what} begins with a dash, as an option does", _HINT)
    if any(character < " " for character in url):
        return Problem(
            "url-refused", f"{what} has a line break or a control character in it", _HINT
        )
    if helper:
        return Problem(
            "url-refused", f"{what} begins with `{helper[1]}::`, which would run a program", _HINT
        )
    if scheme and scheme[1] not in TRANSPORTS:
        return Problem(
            "url-refused", f"{what} begins with `{scheme[1]}://`, which is not supported", _HINT
        )
    return None
