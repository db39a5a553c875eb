"""The door to twine: what an index would refuse or misprint.

https://twine.readthedocs.io/en/stable/#twine-check
"""

from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from twine.commands.check import check


def complaints(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return what `twine check --strict` says against distributions."""
    said = StringIO()
    with redirect_stdout(said):
        failed = check([str(path) for path in paths], strict=True)
    lines = said.getvalue().splitlines()
    return tuple(line for line in lines if line and "PASSED" not in line) if failed else ()
