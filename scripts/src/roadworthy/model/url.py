"""URLs as others wrote them: whether they can be read, and what of them may be shown."""

import re
from urllib.parse import urlsplit

# https://datatracker.ietf.org/doc/html/rfc3986#section-3.2
_USER_AND_PASSWORD = re.compile(r"^([^/?#]*//)[^/?#]*@")
_PASSWORD = re.compile(r"^(ssh://[^/?#:@]*)[^/?#]*@")


def without_credentials(url: str) -> str:
    """Return a URL as anybody may see it; a user of SSH is no secret, and tells who serves it."""
    if url.startswith("ssh://"):
        return _PASSWORD.sub(r"\1@", url)
    return _USER_AND_PASSWORD.sub(r"\1", url)


def is_url(text: str) -> bool:
    """Tell whether a URL or a path can be read: its brackets, its port, its characters."""
    try:
        return text.isprintable() and (urlsplit(text).port or 0) >= 0
    except ValueError:
        return False
