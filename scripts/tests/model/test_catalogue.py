"""The catalogue of indexes: complete, of sound URLs, and clear about what is missing."""

import pytest

from roadworthy.model.index.catalogue import (
    Entry,
    Rule,
    choose,
    credential_problems,
    read_catalogue,
    recognised,
    url_problems,
)
from roadworthy.model.problem import UsageFailure
from roadworthy.ops.known_indexes import CATALOGUE, catalogue

ENTRIES = read_catalogue(CATALOGUE.read_text("utf-8"))
KNOWN = catalogue()
# Vendors that share one layout: a URL cannot say which of them it is.
ALIKE = {"forgejo": "gitea"}
NAMED = {
    *("pypi", "testpypi", "gitlab", "gitlab-group", "codeartifact", "artifact-registry"),
    *("azure", "artifactory", "nexus", "cloudsmith", "gitea", "forgejo", "codeberg"),
    *("gemfury", "packagr", "pulp", "devpi", "pypiserver"),
}


def filled(name: str) -> Entry:
    """Fill an entry in with anything."""
    return KNOWN[name].filled(dict.fromkeys(KNOWN[name].asked, "x"))


def test_it_has_every_index_that_people_use() -> None:
    assert set(ENTRIES) == NAMED


@pytest.mark.parametrize("name", sorted(NAMED))
def test_an_entry_is_whole_and_its_urls_are_sound(name: str) -> None:
    entry = filled(name)
    assert url_problems(entry.url, entry.publish_url) == []
    assert all((entry.title, entry.user, entry.password))
    assert sorted(entry.login.split(":"), key="TOKEN".__eq__)[1] == "TOKEN"
    assert bool(entry.token_seconds) is bool(entry.token)
    assert bool(entry.publish_url) is (name != "gitlab-group")
    assert "{" not in entry.url + entry.publish_url + entry.token


def test_what_an_index_does_with_duplicates_is_one_of_a_few_rules() -> None:
    assert (ENTRIES["pypi"].same_bytes, ENTRIES["pypi"].other_bytes) == (
        Rule.ACCEPTED,
        Rule.REFUSED,
    )
    told = {name for name, entry in ENTRIES.items() if entry.same_bytes is not Rule.UNKNOWN}
    assert told == NAMED - {"gitlab-group", "packagr"}
    with pytest.raises(ValueError, match="'eaten' is not a valid Rule"):
        read_catalogue('[x]\ntitle = "X"\nurl = ""\nprivate = true\nsame-bytes = "eaten"\n')


@pytest.mark.parametrize("name", sorted(NAMED))
def test_an_entry_is_recognised_by_each_of_its_urls(name: str) -> None:
    entry = filled(name)
    expected = KNOWN[ALIKE.get(name, name)]
    assert recognised(KNOWN, entry.url) is expected
    assert recognised(KNOWN, entry.url.rstrip("/")) is expected
    assert recognised(KNOWN, entry.url.replace("://", "://me:secret@")) is expected
    if entry.publish_url:
        assert recognised(KNOWN, entry.publish_url) is expected


@pytest.mark.parametrize(
    "url", ["", "https://host/simple/extra/path/", "https://host/a", "file:///srv/simple/"]
)
def test_a_url_of_none_of_them_is_a_strangers(url: str) -> None:
    assert recognised(KNOWN, url) is None


def test_what_is_missing_and_what_is_strange_is_named() -> None:
    with pytest.raises(UsageFailure) as failure:
        ENTRIES["gitlab"].filled({"HOST": "git.example.com"})
    (problem,) = failure.value.problems
    assert problem.message == "PROJECT is missing"
    assert (
        problem.hint == "GitLab, the registry of a project needs: --set HOST=... --set PROJECT=..."
    )
    with pytest.raises(UsageFailure, match="`COLOUR` is not a value of this index"):
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
    assert [p.message for p in (*url_problems(url), *credential_problems(url))] == [said]


def test_loopback_needs_no_encryption() -> None:
    assert url_problems("http://127.0.0.1:8080/simple/", "") == []
