"""The interpreter that members are verified with."""

import sys

from ...model.workspace.workspace import Workspace


def interpreter(workspace: Workspace, wanted: str | None) -> str:
    """Return the interpreter that was named, else our own if the members take it.

    Where they do not, uv looks for one that is in their range, and says if there is none.
    """
    own = ".".join(map(str, sys.version_info[:3]))
    fits = workspace.requires_python.contains(own, prereleases=True)
    return wanted or (sys.executable if fits else str(workspace.requires_python))
