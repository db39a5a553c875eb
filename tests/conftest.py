"""Slow tests of the template are left out, unless they are asked for."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs the slow tests, too."""
    parser.addoption("--exhaustive", action="store_true", help="run the slow tests, too")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "exhaustive: slow; left out unless --exhaustive")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow."""
    if not config.getoption("--exhaustive"):
        items[:] = [item for item in items if item.get_closest_marker("exhaustive") is None]
