"""What the tests of projects share."""

from pathlib import Path

import pytest

from tests.helpers.derived import Machine, machine_with_template


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with a template that has the tooling as it is here, and its tag."""
    return machine_with_template(tmp_path)
