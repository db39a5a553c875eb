"""The interpreter that members are verified with."""

from collections.abc import Iterable
from pathlib import Path

from ...model.workspace.workspace import Member
from ...ops.python import python_for


def interpreter(members: Iterable[Member], wanted: str | None) -> str:
    """Return the interpreter that was named, else one that all of some members admit.

    Raises `Failure` where none is here.
    """
    if wanted and Path(wanted).is_file():
        return str(Path(wanted).absolute())  # what uses it runs elsewhere
    ranges = sorted({member.requires_python for member in members if member.requires_python})
    return wanted or python_for(",".join(ranges))
