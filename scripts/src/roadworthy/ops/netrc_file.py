"""The door to the netrc file: the login that it has for a host.

https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
"""

import os
from netrc import NetrcParseError, netrc
from pathlib import Path
from urllib.parse import urlsplit

from ..model.index.login import Login


def login_for(url: str) -> Login | None:
    """Return the login for a host; None where the file does not have it, or cannot be read."""
    named = os.environ.get("NETRC")
    paths = [Path(named)] if named else [Path.home() / ".netrc", Path.home() / "_netrc"]
    path = next((path for path in paths if path.is_file()), None)
    try:
        found = netrc(path).authenticators(urlsplit(url).hostname or "") if path else None
    except (OSError, NetrcParseError, UnicodeDecodeError):
        return None  # uv, too, goes on without it
    return (found[0] or found[1] or "", found[2] or "") if found else None
