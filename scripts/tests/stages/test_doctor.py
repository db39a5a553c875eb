"""What doctor says of an index that is known, without asking it."""

from pathlib import Path

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.plan.facts import Page
from roadworthy.model.workspace.settings import Settings
from roadworthy.model.workspace.workspace import Index
from roadworthy.ops.git.repository import Repository
from roadworthy.ops.known_indexes import catalogue
from roadworthy.stages.doctor import Finding, Mark, first_release, lifetime
from tests.helpers.repository import Repo

KNOWN = catalogue()["pypi"]
PYPI = Index(name="pypi", url=KNOWN.url, publish_url=KNOWN.publish_url)
GOOGLE = "https://europe-python.pkg.dev/project/repository/"
REGISTRY = Index(name="google", url=f"{GOOGLE}simple/", publish_url=GOOGLE)
STRANGER = Index(name="strange", url="https://index.invalid/here/", publish_url="")


@pytest.fixture
def checkout(tmp_path: Path) -> Repository:
    """Return a checkout whose remote is a forge."""
    repo = Repo.init(tmp_path)
    repo.git("remote", "add", "origin", "git@forge.invalid:acme/pantry.git")
    return Repository(path=repo.path)


def pages(count: int) -> dict[NormalizedName, Page]:
    return {NormalizedName(f"zq-{number}"): Page() for number in range(count)}


def test_a_token_that_ends_is_said_with_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [f.found for f in lifetime(REGISTRY)] == ["good for 1 h from when it was made"]
    assert [*lifetime(PYPI), *lifetime(STRANGER)] == []
    monkeypatch.setenv("PYPI_ID_TOKEN", "an identity")
    assert [f.found for f in lifetime(PYPI)] == ["good for 15 min from when it was made"]


def test_new_names_want_pending_publishers_where_there_is_no_token(
    checkout: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"):
        monkeypatch.delenv(name)
    url = "ssh://git@forge.invalid/acme/pantry.git"
    assert list(first_release(checkout, Settings(), PYPI, pages(2))) == [
        Finding(
            what="publishers",
            mark=Mark.DOUBT,
            found="trusted publishing wants a pending publisher at PyPI for each new name",
            hint=f"for {url}, in the environment `pypi`: zq-0, zq-1",
        )
    ]
    assert list(first_release(checkout, Settings(), REGISTRY, pages(2))) == []


def test_more_new_names_than_an_hour_allows_are_counted(checkout: Repository) -> None:
    found = list(first_release(checkout, Settings(), PYPI, pages(21)))
    assert [(f.what, f.found) for f in found] == [
        ("first release", "21 new names, and 20 are allowed in an hour")
    ]
    assert list(first_release(checkout, Settings(), PYPI, pages(20))) == []
    assert list(first_release(checkout, Settings(), STRANGER, pages(21))) == []
