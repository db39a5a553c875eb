"""A tag of any origin is read in every way that it may be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.history.shape import Names, Reading, readings

JAM, SALT = NormalizedName("zq-jam"), NormalizedName("zq-salt-sea")
PATHS = {JAM: "packages/jam_folder", SALT: "libs/zq-salt-sea"}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("v1", Reading("v{version}", "", Version("1"))),
        ("1.0", Reading("{version}", "", Version("1.0"))),
        ("jam-v1", Reading("{name}-v{version}", "jam", Version("1"))),
        ("jam@1", Reading("{name}@{version}", "jam", Version("1"))),
        ("jam@v1", Reading("{name}@v{version}", "jam", Version("1"))),
        ("jam==1", Reading("{name}=={version}", "jam", Version("1"))),
        ("jam/v1.2", Reading("{name}/v{version}", "jam", Version("1.2"))),
        ("v1.2.3-rc.1", Reading("v{version}", "", Version("1.2.3rc1"))),
        ("jam_v1.2.3-beta.1", Reading("{name}_v{version}", "jam", Version("1.2.3b1"))),
        ("release-1.2", Reading("release-{version}", "", Version("1.2"))),
        ("20260101", Reading("{version}", "", Version("20260101"))),
    ],
)
def test_a_tag_is_read_by_its_shape(tag: str, expected: Reading) -> None:
    assert next(readings(tag)) == expected


def test_a_name_may_stand_behind_a_folder_or_have_it() -> None:
    assert list(readings("python/jam/v1.0")) == [
        Reading("{name}/v{version}", "python/jam", Version("1.0")),
        Reading("python/{name}/v{version}", "jam", Version("1.0")),
    ]


def test_a_number_at_the_end_of_a_name_is_no_version_alone() -> None:
    assert list(readings("jam-2-v1.0")) == [Reading("{name}-v{version}", "jam-2", Version("1.0"))]


@pytest.mark.parametrize("tag", ["nightly", "jam", "release/next", "v", "", "-", "jam-v1-x!"])
def test_what_ends_in_no_version_is_no_release(tag: str) -> None:
    assert list(readings(tag)) == []


@given(some.text(max_size=40))
def test_any_text_can_be_read(tag: str) -> None:
    for reading in readings(tag):
        assert reading.shape.count("{version}") == 1


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("zq-jam", JAM),
        ("ZQ_Jam", JAM),
        ("jam_folder", JAM),
        ("packages/jam_folder", JAM),
        ("jam", JAM),
        ("salt-sea", SALT),
        ("sea", None),
        ("zq", None),
    ],
)
def test_a_member_is_called_by_its_name_its_folder_or_what_is_its_own(
    text: str, member: NormalizedName | None
) -> None:
    assert Names.of(PATHS, {}).member(text) == member


def test_what_two_members_could_be_called_is_the_name_of_neither() -> None:
    paths = {NormalizedName("a"): "one/x", NormalizedName("b"): "two/x"}
    assert Names.of(paths, {}).member("x") is None


def test_a_written_name_counts_alone() -> None:
    names = Names.of(PATHS, {JAM: "marmalade"})
    assert [names.member(text) for text in ("marmalade", "zq-jam", "jam_folder")] == [
        JAM,
        None,
        None,
    ]
