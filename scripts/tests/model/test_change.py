"""Commits say what they change."""

import pytest

from roadworthy.model.history.change import Commit
from roadworthy.model.version import Level


def commit(message: str) -> Commit:
    return Commit(hash="c1", parents=(), message=message, files=())


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("fix: a hole", Level.PATCH),
        ("feat: a lid", Level.MINOR),
        ("feat(jar): a lid", Level.MINOR),
        ("Feat: a lid", Level.MINOR),
        ("feat!: another lid", Level.MAJOR),
        ("fix(jar)!: another thread", Level.MAJOR),
        ("fix: a thread\n\nBREAKING CHANGE: old lids do not fit", Level.MAJOR),
        ("fix: a thread\n\nBREAKING-CHANGE: old lids do not fit", Level.MAJOR),
        ("Fit a lid\n\nBREAKING CHANGE: old lids do not fit", Level.MAJOR),
        ("fix: a thread\n\nnot a BREAKING CHANGE: old lids fit", Level.PATCH),
        ("docs: a label", Level.PATCH),
        ("Fit a lid", Level.PATCH),
        ("feature: a lid", Level.MINOR),
        ("feat a lid", Level.PATCH),
        ("Merge feat: a lid", Level.PATCH),
        ("", Level.PATCH),
    ],
)
def test_a_message_says_how_much_it_changes(message: str, level: Level) -> None:
    assert commit(message).level() is level


@pytest.mark.parametrize(
    ("message", "entries"),
    [
        ("feat(jar)!: a new lid\n\nIt fits.", [(Level.MAJOR, "a new lid")]),
        ("fix: jars: close them", [(Level.PATCH, "jars: close them")]),
        ("Fit a lid", [(Level.PATCH, "Fit a lid")]),
        (
            "fix: it\n\nBREAKING CHANGE: old lids\ndo not fit\nRefs: #1\nBREAKING CHANGE: nor jars",
            [
                (Level.PATCH, "it"),
                (Level.MAJOR, "old lids do not fit"),
                (Level.MAJOR, "nor jars"),
            ],
        ),
        (
            "The jars (#12)\n\n* feat(jar): a lid\n\n* Wash\n\n* fix!: the thread",
            [(Level.MINOR, "a lid"), (Level.MAJOR, "the thread")],
        ),
        (
            "feat: the jars (#12)\n\n- fix: a crack",
            [(Level.MINOR, "the jars (#12)"), (Level.PATCH, "a crack")],
        ),
    ],
)
def test_people_read_each_change_that_a_message_tells_without_its_type(
    message: str, entries: list[tuple[Level, str]]
) -> None:
    assert list(commit(message).entries()) == entries


@pytest.mark.parametrize(
    ("message", "hashes"),
    [
        ('Revert "feat: a lid"\n\nThis reverts commit abcdef0123.', ["abcdef0123"]),
        ("revert: a lid\n\nRefs: abcdef0, 1234567", ["abcdef0", "1234567"]),
        ("fix: a lid\n\nRefs: abcdef0", []),
    ],
)
def test_a_revert_names_what_it_takes_back(message: str, hashes: list[str]) -> None:
    assert list(commit(message).reverts) == hashes


@pytest.mark.parametrize(
    ("message", "releases"),
    [
        ("release: sugar 0.2.0\n\n- sugar 0.2.0: feat: a grain", {"sugar": "0.2.0"}),
        ("release: the lumps", {}),
        ("fix: a list\n\n- sugar 0.2.0: no", {}),
    ],
)
def test_a_release_commit_says_which_versions_it_settles(
    message: str, releases: dict[str, str]
) -> None:
    assert dict(commit(message).releases) == releases
