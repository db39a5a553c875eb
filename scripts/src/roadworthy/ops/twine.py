"""The door to twine: what an index would refuse or misprint.

https://twine.readthedocs.io/en/stable/#twine-check
"""

import logging
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from pypi_simple import PYPI_SIMPLE_ENDPOINT
from twine.commands import check
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY


def public_indexes() -> dict[str, str]:
    """Return the URLs of PyPI and TestPyPI, from those who know them."""
    return {
        "PYPI_SIMPLE": PYPI_SIMPLE_ENDPOINT,
        "PYPI_UPLOAD": DEFAULT_REPOSITORY,
        "TESTPYPI_SIMPLE": TEST_REPOSITORY.replace("/legacy/", "/simple/"),
        "TESTPYPI_UPLOAD": TEST_REPOSITORY,
    }


def complaint(path: Path) -> str:
    """Return what `twine check` says against a distribution; empty for nothing.

    A description may be missing: every index takes such a distribution. What it raises
    of one that it cannot read is what it says.
    """
    said = _Listener()
    check.logger.addHandler(said)
    check.logger.propagate = False
    try:
        with redirect_stdout(StringIO()):
            failed = check.check([str(path)], strict=False)
    except Exception as error:  # noqa: BLE001 - it promises nothing of a file that is broken
        return str(error).replace(str(path), path.name) or type(error).__name__
    finally:
        check.logger.removeHandler(said)
    return " ".join(" ".join(said.messages).split()) if failed else ""


class _Listener(logging.Handler):
    """Keeps what a library says of its findings."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.messages.append(record.getMessage())
