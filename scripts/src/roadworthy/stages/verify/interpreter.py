"""The interpreter that members are verified with."""

from collections.abc import Iterable

from ...model.workspace.workspace import Member
from ...ops.python import python_for


def interpreter(members: Iterable[Member], wanted: str | None) -> str:
    """Return the interpreter that was named, else one that all of some members admit.

    Raises `Failure` where none is here.
    """
    ranges = sorted({member.requires_python for member in members if member.requires_python})
    return wanted or python_for(",".join(ranges))
