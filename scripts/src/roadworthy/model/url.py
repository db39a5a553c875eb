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


def same_repository(one: str, other: str) -> bool:
    """Tell whether two URLs are of one repository, by whatever way it is reached."""
    if not one or not all(is_url(_with_scheme(url)) for url in (one, other)):
        return False
    return _place(one) == _place(other)


def _place(url: str) -> tuple[str, str]:
    """Return the host and the path of a repository's URL, without what may differ."""
    parts = urlsplit(_with_scheme(url))
    return parts.hostname or "", parts.path.strip("/").removesuffix(".git").lower()


def _with_scheme(url: str) -> str:
    """Return a URL with its scheme; git writes it for SSH as HOST:PATH."""
    return url if "://" in url else "ssh://" + url.replace(":", "/", 1)
