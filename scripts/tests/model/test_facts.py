"""Facts: which tag is a member's newest, and what an index has of a version."""

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.plan.facts import Page, Presence

from .builder import Built

SUGAR = NormalizedName("sugar")


@pytest.mark.parametrize(
    ("files", "presence"),
    [
        ([], Presence.ABSENT),
        (["sugar-1.0-py3-none-any.whl"], Presence.PARTIAL),
        (["sugar-1.0.tar.gz"], Presence.PARTIAL),
        (["sugar-1.0-py3-none-any.whl", "sugar-1.0.tar.gz"], Presence.PRESENT),
    ],
)
def test_a_version_is_whole_with_a_wheel_and_an_sdist(files: list[str], presence: Presence) -> None:
    page = Page(files={Version("1.0"): dict.fromkeys(files, "")})
    assert page.presence(Version("1.0")) is presence


def test_another_version_on_the_index_does_not_count() -> None:
    page = Page(files={Version("1.0"): {"sugar-1.0.tar.gz": ""}})
    assert page.presence(Version("1.1")) is Presence.ABSENT


def test_an_index_that_does_not_answer_is_not_one_without_files() -> None:
    assert Page(unknown="401").presence(Version("1.0")) is Presence.UNKNOWN


def test_a_member_that_was_not_asked_about_has_no_presence() -> None:
    facts = Built().member("sugar", "1.0").facts()
    assert facts.presence(facts.workspace.members[SUGAR]) is Presence.NONE


def test_the_prior_release_is_the_highest_version_behind_this_commit() -> None:
    built = Built().member("sugar", "1.0").tag("sugar/v0.10.0").touch("sugar", "fix: a hole")
    facts = built.tag("sugar/v0.9.0").tag("sugar/v2.0", outside=True).facts()
    assert facts.priors() == {"sugar": (Version("0.10.0"), facts.tags[0])}


def test_tags_of_others_are_no_release_of_a_member() -> None:
    facts = Built().member("sugar", "1.0").tag("salt/v1.0", "v1.0", "release/2026.03.14").facts()
    assert facts.member_tags == {}
