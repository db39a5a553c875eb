"""The catalogue of indexes: complete, of sound URLs, and clear about what is missing."""

import pytest

from scripts.commands.add_index import CATALOGUE
from scripts.model.catalogue import Entry, choose, read_catalogue, url_problems
from scripts.model.problem import UsageFailure

ENTRIES = read_catalogue(CATALOGUE.read_text("utf-8"))
NAMED = {
    *("pypi", "testpypi", "gitlab", "gitlab-group", "codeartifact", "artifact-registry"),
    *("azure", "artifactory", "nexus", "cloudsmith", "gitea", "forgejo", "codeberg"),
    *("gemfury", "packagr", "pulp", "devpi", "pypiserver"),
}


def filled(entry: Entry) -> Entry:
    """Fill an entry in with anything; what is a whole URL with a URL."""
    parts = ("_SIMPLE", "_UPLOAD")
    return entry.filled(
        {key: "https://host/" if key.endswith(parts) else "x" for key in entry.asked}
    )


def test_it_has_every_index_that_people_use() -> None:
    assert set(ENTRIES) == NAMED


@pytest.mark.parametrize("name", sorted(NAMED))
def test_an_entry_is_whole_and_its_urls_are_sound(name: str) -> None:
    entry = filled(ENTRIES[name])
    assert url_problems(entry) == []
    assert all((entry.title, entry.user, entry.password, entry.duplicates, entry.documentation))
    assert bool(entry.publish_url) is (name != "gitlab-group")
    assert "{" not in entry.url + entry.publish_url + entry.token


def test_what_is_missing_and_what_is_strange_is_named() -> None:
    with pytest.raises(UsageFailure) as failure:
        ENTRIES["gitlab"].filled({"HOST": "git.example.com"})
    (problem,) = failure.value.problems
    assert problem.message == "PROJECT is not told"
    assert (
        problem.hint == "GitLab, the registry of a project needs: --set HOST=... --set PROJECT=..."
    )
    with pytest.raises(UsageFailure, match="`COLOUR` is nothing to set"):
        ENTRIES["pypiserver"].filled({"HOST": "x", "COLOUR": "red"})


@pytest.mark.parametrize("name", ["github", "GitHub", "ghcr", "github-packages"])
def test_github_has_none_and_that_is_said_with_the_ways_that_it_offers(name: str) -> None:
    with pytest.raises(UsageFailure) as failure:
        choose(ENTRIES, name)
    (problem,) = failure.value.problems
    assert problem.message == "GitHub has no package index for Python"
    assert "nox -s snippet" in problem.hint


def test_one_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageFailure) as failure:
        choose(ENTRIES, "unheard-of")
    (problem,) = failure.value.problems
    assert "pypiserver" in problem.hint


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://index.example.com/simple/", "http://index.example.com/simple/ is not https"),
        ("https://me:secret@host/simple/", "the URL has credentials, which everybody would read"),
        ("https://pypi.pkg.github.com/OWNER/", "GitHub has no package index for Python"),
        ("ftp://host/", "ftp://host/ is not https"),
    ],
)
def test_a_url_that_does_harm_is_refused(url: str, said: str) -> None:
    assert [p.message for p in url_problems(Entry(title="x", url=url, private=True))] == [said]


def test_loopback_needs_no_encryption() -> None:
    assert url_problems(Entry(title="x", url="http://127.0.0.1:8080/simple/", private=True)) == []
