"""What the tests of the template share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the environments of Nox: they are made once for all tests."""
    return tmp_path_factory.mktemp("nox")
