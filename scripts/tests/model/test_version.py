"""Versions move by a level, and only upwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from roadworthy.model.version import (
    FINAL,
    PRE_RELEASES,
    Level,
    Standing,
    base_of,
    level_between,
    level_of_step,
    next_breaking,
    raised,
)

NUMBERS = st.integers(min_value=0, max_value=30)
NUMBERED = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda n: Version(".".join(map(str, n))))
EPOCHS = st.sampled_from(["", "1!"])
VERSIONS = st.builds(lambda epoch, version: Version(f"{epoch}{version}"), EPOCHS, NUMBERED)
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


def version(text: str) -> Version | None:
    return Version(text) if text else None


def following(
    manifest: str,
    prior: str = "",
    final: str = "",
    level: Level = Level.NONE,
    phase: str | None = None,
    *,
    settled: bool = False,
) -> str:
    return str(
        Standing(
            manifest=version(manifest),
            prior=version(prior),
            final=version(final),
            level=level,
            phase=phase,
            settled=settled,
        ).next
    )


@pytest.mark.parametrize(
    ("prior", "level", "phase", "after"),
    [
        ("1.2.0", Level.MINOR, "rc", "1.3.0rc1"),
        ("1.2.0", Level.MAJOR, "a", "2.0.0a1"),
        ("1.2.0", Level.PATCH, "dev", "1.2.1.dev1"),
        ("1.3.0rc1", Level.PATCH, "rc", "1.3.0rc2"),
        ("1.3.0rc1", Level.PATCH, None, "1.3.0rc2"),
        ("1.3.0rc1", Level.MAJOR, None, "2.0.0rc1"),
        ("1.3.0a4", Level.MINOR, "b", "1.3.0b1"),
        ("1.3.0.dev1", Level.PATCH, None, "1.3.0.dev2"),
        ("1.3.0.dev1", Level.PATCH, "rc", "1.3.0rc1"),
        ("1.3.0rc2", Level.NONE, FINAL, "1.3.0"),
        ("1.3.0rc2", Level.MAJOR, FINAL, "2.0.0"),
        ("1.3.0rc1.post1", Level.PATCH, None, "1.3.0rc2"),
        ("1.3.0rc1+hot", Level.PATCH, None, "1.3.0rc2"),
    ],
)
def test_pre_releases_are_counted_and_levels_from_the_last_final_version(
    prior: str, level: Level, phase: str | None, after: str
) -> None:
    assert following(prior, prior, "1.2.0", level, phase) == after


@pytest.mark.parametrize(
    ("manifest", "prior", "phase", "after"),
    [
        ("1.3.0.dev0", "1.2.0", None, "1.3.0"),
        ("1.3.0.dev0", "1.2.0", "dev", "1.3.0.dev0"),
        ("1.3.0.dev0", "1.2.0", "rc", "1.3.0rc1"),
        ("1.3.0rc2.dev1", "1.2.0", None, "1.3.0rc2"),
        ("1.3.0.dev5", "1.3.0.dev1", None, "1.3.0.dev5"),
        ("1.3.0-RC1", "1.2.0", None, "1.3.0rc1"),
        ("1.3.0", "1.3.0rc4", None, "1.3.0"),
        ("1.3.0", "1.2.0", "rc", "1.3.0rc1"),
        ("1!1.0", "1.2.0", None, "1!1.0"),
        ("2026.01.02", "2025.12.31", None, "2026.1.2"),
        ("1.2.0.post1", "1.2.0", None, "1.2.0.post1"),
    ],
)
def test_a_manifest_that_is_ahead_is_meant(
    manifest: str, prior: str, phase: str | None, after: str
) -> None:
    final = prior if not Version(prior).is_prerelease else "1.2.0"
    assert following(manifest, prior, final, phase=phase) == after


def test_a_version_in_development_that_a_release_commit_wrote_is_meant_as_it_stands() -> None:
    found = [following("1.3.0.dev1", "1.2.0", "1.2.0", settled=is_) for is_ in (True, False)]
    assert found == ["1.3.0.dev1", "1.3.0"]


@pytest.mark.parametrize("phase", [None, "rc", FINAL])
def test_a_first_version_is_the_one_in_the_manifest(phase: str | None) -> None:
    after = {None: "1.0", "rc": "1.0rc1", FINAL: "1.0"}
    assert following("1.0", phase=phase) == after[phase]


@given(VERSIONS, LEVELS, st.sampled_from([*PRE_RELEASES, FINAL, None]), LEVELS)
def test_what_follows_is_higher_and_planning_again_gives_the_same(
    prior: Version, level: Level, phase: str | None, later: Level
) -> None:
    first = following(str(prior), str(prior), str(prior), level, phase)
    assert Version(first) > prior
    assert following(first, str(prior), str(prior), level, phase) == first
    assert following(first, str(prior), str(prior), settled=True) == first
    counted = following(first, first, str(prior), later, phase if phase != FINAL else None)
    assert phase == FINAL or phase is None or Version(counted) > Version(first)


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


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ("1.2.3", "2.0.0", Level.MAJOR),
        ("1.2.3", "2.0.0rc1", Level.MAJOR),
        ("1.2.3", "1.3.0", Level.MINOR),
        ("1.2.3", "1.2.4", Level.PATCH),
        ("1.2.3", "1.2.3", Level.NONE),
        ("1.2.3", "1.2.2", Level.NONE),
        ("0.3.1", "0.4.0", Level.MAJOR),
        ("0.3.1", "1.0.0", Level.MAJOR),
        ("0.3.1", "0.3.2", Level.PATCH),
        ("1.2.3", "1!0.1.0", Level.MAJOR),
    ],
)
def test_a_step_has_the_level_that_leads_as_far(before: str, after: str, level: Level) -> None:
    assert level_of_step(Version(before), Version(after)) is level


@pytest.mark.parametrize(
    ("version", "base"),
    [
        ("1.2", "1.2"),
        ("1.2rc1", "1.2"),
        ("1.2.post1", "1.2.post1"),
        ("1.2rc1.post2", "1.2"),
        ("1.2.post1.dev3", "1.2.post1"),
        ("1.2rc1.post2.dev3+local", "1.2"),
    ],
)
def test_a_version_leads_to_a_final_one(version: str, base: str) -> None:
    assert str(base_of(Version(version))) == base


@given(NUMBERED, LEVELS)
def test_a_step_of_a_level_has_that_level_at_least_where_it_breaks(
    version: Version, level: Level
) -> None:
    found = level_of_step(version, raised(version, level))
    assert (found is Level.MAJOR) == (level is Level.MAJOR)
