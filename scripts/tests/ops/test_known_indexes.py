"""A configured index is known by where it is read, or else by where it is uploaded to."""

import pytest

from roadworthy.model.workspace.workspace import Index
from roadworthy.ops import process, uv
from roadworthy.ops.known_indexes import catalogue, entry_of

STRANGER = "https://index.example.com/of/a/stranger/"


def test_pypi_is_where_uv_publishes_by_itself() -> None:
    pypi = catalogue()["pypi"]
    said = process.run((uv.executable(), "help", "publish"))
    assert f'url = "{pypi.url.rstrip("/")}"' in said
    assert f"PyPI's publish URL (<{pypi.publish_url}>)" in said


def test_pypi_is_known_by_its_own_urls() -> None:
    pypi, testpypi = catalogue()["pypi"], catalogue()["testpypi"]
    read = entry_of(Index(name="any", url=pypi.url))
    uploaded = entry_of(Index(name="any", url=STRANGER, publish_url=testpypi.publish_url))
    assert (read, uploaded) == (pypi, testpypi)


def test_a_token_of_codeartifact_is_known_to_end() -> None:
    host = "domain-111122223333.d.codeartifact.eu-west-1.amazonaws.com"
    found = entry_of(Index(name="company", url=f"https://aws@{host}/pypi/releases/simple/"))
    assert found is not None
    assert (found.title, found.token_seconds) == ("AWS CodeArtifact", 43200)


@pytest.mark.parametrize("publish_url", ["", f"{STRANGER}upload"])
def test_a_stranger_is_not_known(publish_url: str) -> None:
    assert entry_of(Index(name="any", url=STRANGER, publish_url=publish_url)) is None
