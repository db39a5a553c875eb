"""What the `uv.toml` of this machine and its user say, as far as it is needed here.

A workspace's own settings are not read: they are for whoever works on it, and an upload
must not depend on the folder that it is started from.
https://docs.astral.sh/uv/concepts/configuration-files/
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = Path("uv", "uv.toml")


def settings() -> Mapping[str, Any]:
    """Return the settings; those of the user win over those of the machine."""
    found: dict[str, Any] = {}
    for path in _files():
        found |= _read(path)
    return found


def _files() -> Iterator[Path]:
    named = os.environ.get("UV_CONFIG_FILE")
    if named:
        yield Path(named)
    elif not os.environ.get("UV_NO_CONFIG"):
        if os.name == "nt":
            yield Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / FILE
            yield Path(os.environ.get("APPDATA", Path.home())) / FILE
        else:
            yield Path("/etc") / FILE
            yield Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / FILE


def _read(path: Path) -> dict[str, Any]:
    """Read a file; uv itself complains of one that is broken."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
