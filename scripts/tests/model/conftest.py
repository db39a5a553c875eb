"""The same examples in every run, and nothing to set up: values need no environment."""

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None, deadline=None, max_examples=30)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def own_environment() -> None:
    """Leave the environment alone: nothing here reads it."""
