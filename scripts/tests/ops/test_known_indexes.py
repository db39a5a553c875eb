"""A configured index is known by where it is read, or else by where it is uploaded to."""

import pytest

from roadworthy.model.workspace.workspace import Index
from roadworthy.ops.known_indexes import catalogue, entry_of
from roadworthy.ops.twine import public_indexes

STRANGER = "https://index.example.com/of/a/stranger/"


def test_pypi_is_known_by_its_own_urls() -> None:
    public = public_indexes()
    read = entry_of(Index(name="any", url=public["PYPI_SIMPLE"]))
    uploaded = entry_of(Index(name="any", url=STRANGER, publish_url=public["TESTPYPI_UPLOAD"]))
    assert (read, uploaded) == (catalogue()["pypi"], catalogue()["testpypi"])


def test_a_token_of_codeartifact_is_known_to_end() -> None:
    host = "domain-111122223333.d.codeartifact.eu-west-1.amazonaws.com"
    found = entry_of(Index(name="company", url=f"https://aws@{host}/pypi/releases/simple/"))
    assert found is not None
    assert (found.title, found.token_seconds) == ("AWS CodeArtifact", 43200)


@pytest.mark.parametrize("publish_url", ["", f"{STRANGER}upload"])
def test_a_stranger_is_not_known(publish_url: str) -> None:
    assert entry_of(Index(name="any", url=STRANGER, publish_url=publish_url)) is None
