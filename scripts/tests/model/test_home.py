"""The tooling is released from its own repository, or where somebody names it."""

from dataclasses import replace

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.plan.plan import make_plan
from roadworthy.model.url import same_repository
from roadworthy.model.workspace.home import STAYS, TOOLING, at_home

from .builder import Built

HOME = "https://github.com/acme/tools"
URLS = f'[project.urls]\nRepository = "{HOME}.git"\n'


def planned(url: str, *named: str, urls: str = URLS) -> list[str]:
    """Return the members that are released from a repository, the tooling not by accident."""
    facts = Built().member("sugar", "1.0").member(TOOLING, "1.0.0", more=urls).facts()
    workspace = at_home(facts.workspace, url, [NormalizedName(name) for name in named])
    plan = make_plan(replace(facts, workspace=workspace))
    assert [(u.name, u.why) for u in plan.unchanged] in ([], [(TOOLING, STAYS)])
    return [release.name for release in plan.releases]


@pytest.mark.parametrize(
    "url",
    [HOME, f"{HOME}.git", "git@github.com:acme/tools.git", "ssh://git@github.com/Acme/tools/"],
)
def test_the_tooling_is_released_from_its_own_repository(url: str) -> None:
    assert planned(url) == ["roadworthy", "sugar"]


@pytest.mark.parametrize(
    "url", ["https://github.com/fork/tools", "https://gitlab.com/acme/tools", "", "file:///tmp/x"]
)
def test_a_clone_or_a_fork_does_not_release_it_by_accident(url: str) -> None:
    assert planned(url) == ["sugar"]
    assert planned(url, "roadworthy") == ["roadworthy", "sugar"]


def test_without_a_home_it_is_released_only_where_it_is_named() -> None:
    assert planned(HOME, urls="") == ["sugar"]
    assert planned(HOME, "roadworthy", urls="") == ["roadworthy", "sugar"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HOME, "https://github.com/acme/tool"),
        ("", ""),
        (HOME, "git@h:acme/tools"),
        ("http://[x", "http://[x"),
        (HOME, "http://h:x/"),
    ],
)
def test_other_repositories_are_not_the_same(one: str, other: str) -> None:
    assert not same_repository(one, other)
