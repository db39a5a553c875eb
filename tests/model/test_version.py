"""Versions move by a level, and only upwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from scripts.model.version import Level, level_between, next_breaking, raised

NUMBERS = st.integers(min_value=0, max_value=30)
FINAL = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda n: Version(".".join(map(str, n))))
EPOCHS = st.sampled_from(["", "1!"])
VERSIONS = st.builds(lambda epoch, version: Version(f"{epoch}{version}"), EPOCHS, FINAL)
ANY = st.builds(
    lambda version, *ends: Version(str(version) + "".join(ends)),
    VERSIONS,
    *(st.sampled_from(["", end]) for end in ("a1", ".post2", ".dev3", "+hot.1")),
)
LEVELS = st.sampled_from([Level.PATCH, Level.MINOR, Level.MAJOR])


@pytest.mark.parametrize(
    ("before", "level", "after"),
    [
        ("1.2.3", Level.PATCH, "1.2.4"),
        ("1.2.3", Level.MINOR, "1.3.0"),
        ("1.2.3", Level.MAJOR, "2.0.0"),
        ("1.2", Level.PATCH, "1.2.1"),
        ("1!1.2.3", Level.MAJOR, "1!2.0.0"),
        ("1.2.3.post1", Level.PATCH, "1.2.4"),
    ],
)
def test_a_level_moves_its_own_number_and_clears_those_behind(
    before: str, level: Level, after: str
) -> None:
    assert str(raised(Version(before), level)) == after


def test_a_breaking_change_before_1_0_moves_the_minor() -> None:
    assert str(raised(Version("0.3.1"), Level.MAJOR)) == "0.4.0"


@pytest.mark.parametrize("level", [Level.MINOR, Level.PATCH])
def test_all_other_changes_before_1_0_move_the_patch(level: Level) -> None:
    assert str(raised(Version("0.3.1"), level)) == "0.3.2"


@pytest.mark.parametrize("level", [Level.PATCH, Level.MINOR, Level.MAJOR])
def test_a_pre_release_moves_to_the_next_one_whatever_the_level(level: Level) -> None:
    assert str(raised(Version("2.0.0rc1"), level)) == "2.0.0rc2"


@pytest.mark.parametrize("level", [Level.PATCH, Level.MINOR, Level.MAJOR])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1.0.dev1", "1.0.dev2"),
        ("0.1.0.dev0", "0.1.0.dev1"),
        ("1!1.0.dev3", "1!1.0.dev4"),
        ("1.0.post1.dev1", "1.0.post1.dev2"),
        ("1.0a1.dev2", "1.0a2"),
        ("1.0a1.post1", "1.0a2"),
        ("1.0b1.post1.dev3", "1.0b2"),
        ("1.0rc1+hot", "1.0rc2"),
        ("1.0.dev1+hot", "1.0.dev2"),
    ],
)
def test_what_comes_before_a_final_version_moves_to_the_next_and_stays_before_it(
    before: str, after: str, level: Level
) -> None:
    assert str(raised(Version(before), level)) == after
    assert (
        Version(before)
        < Version(after)
        < Version(before).__replace__(pre=None, post=99, dev=None, local=None)
    )


@given(ANY, LEVELS)
def test_any_version_that_is_raised_is_higher(version: Version, level: Level) -> None:
    assert raised(version, level) > version
    assert raised(version, level).local is None


@given(VERSIONS)
def test_no_change_leaves_a_version_alone(version: Version) -> None:
    assert raised(version, Level.NONE) == version


@given(VERSIONS, LEVELS)
def test_a_raised_version_is_higher(version: Version, level: Level) -> None:
    assert raised(version, level) > version


@given(VERSIONS)
def test_all_but_a_breaking_change_stays_below_the_next_breaking_version(version: Version) -> None:
    compatible = SpecifierSet(f">={version},<{next_breaking(version)}")
    assert [raised(version, level) in compatible for level in Level] == [True, True, True, False]


@pytest.mark.parametrize(
    ("version", "after"), [("1.2.3", "2"), ("0.3.1", "0.4"), ("1!0.3", "1!0.4"), ("2.0rc1", "3")]
)
def test_the_next_breaking_version_is_written_in_short(version: str, after: str) -> None:
    assert str(next_breaking(Version(version))) == after


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ("1.2.3", "2.0", Level.MAJOR),
        ("1.2.3", "1!1.2.3", Level.MAJOR),
        ("1.2.3", "1.3.0", Level.MINOR),
        ("1.2.3", "1.2.4", Level.PATCH),
        ("1.2.3", "1.2.3", Level.NONE),
        ("1.2.3", "1.0.0", Level.NONE),
    ],
)
def test_a_step_has_the_level_of_the_first_number_that_differs(
    before: str, after: str, level: Level
) -> None:
    assert level_between(Version(before), Version(after)) is level


def test_a_level_prints_as_people_write_it() -> None:
    assert [str(level) for level in Level] == ["none", "patch", "minor", "major"]
