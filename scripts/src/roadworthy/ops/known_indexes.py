"""The door to the catalogue: the package indexes that are known, in a file beside the tooling."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ..model.index.catalogue import Entry, read_catalogue, recognised
from ..model.workspace.workspace import Index

CATALOGUE = Path(__file__).parents[1] / "indexes.toml"


@cache
def catalogue() -> Mapping[str, Entry]:
    """Return the catalogue; pip knows the hosts of PyPI and TestPyPI."""
    # Private to pip, where they have been since pip 10; a test says when they move.
    from pip._internal.models.index import PyPI, TestPyPI  # noqa: PLC0415 - 20 ms, and seldom

    hosts = {"PYPI": PyPI.netloc, "TESTPYPI": TestPyPI.netloc}
    found = read_catalogue(CATALOGUE.read_text("utf-8"))
    return {name: entry.partly_filled(hosts) for name, entry in found.items()}


def entry_of(index: Index) -> Entry | None:
    """Return what is known of a configured index, by where it is read or uploaded to."""
    known = catalogue()
    return recognised(known, index.url) or recognised(known, index.publish_url)
