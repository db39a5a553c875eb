"""A message tells of the commits that it carries, and of nothing that it quotes."""

import pytest

from roadworthy.model.history.message import ChangelogEntry, entries_of
from roadworthy.model.version import Level

PATCH, MINOR, MAJOR = Level.PATCH, Level.MINOR, Level.MAJOR
LIDS = (MAJOR, "old jars do not close")
BY_GIT = """\
Squashed commit of the following:

commit 7f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c
Author: Ada <ada@example.com>
Date:   Wed Nov 25 10:00:00 2026 +0000

    feat: a lid

    It fits.

    BREAKING CHANGE: old jars do not close

commit 1f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c
Author: Ada <ada@example.com>
Date:   Wed Nov 25 09:00:00 2026 +0000

    fix: a crack
"""
BY_BOT = """\
Bump jars from 1.0 to 2.0

Bumps [jars](https://example.com/jars) from 1.0 to 2.0.
- feat!: their new lid
<details>
<summary>Commits</summary>
BREAKING CHANGE: theirs
</details>
"""


def told(message: str) -> list[ChangelogEntry]:
    subject, _, body = message.partition("\n")
    return list(entries_of(subject, body.split("\n")))


@pytest.mark.parametrize(
    ("message", "entries"),
    [
        (BY_GIT, [(MINOR, "a lid"), (PATCH, "a crack"), LIDS]),
        ("Merged PR 12: feat!: a lid", [(MAJOR, "a lid")]),
        ("Merged PR 12: Wash the jars", [(PATCH, "Wash the jars")]),
        ("Merged in lids (pull request #12)\n\nfeat: a lid\n", [(MINOR, "a lid")]),
        (
            "Merged in lids (pull request #12)\n\n* feat: a lid\n* fix: it\n",
            [(MINOR, "a lid"), (PATCH, "it")],
        ),
        ("Merge pull request #12 from ada/lids\n\nfeat!: a lid", [(MAJOR, "a lid")]),
        (
            "feat: a lid (#12)\n\n* feat: a lid (#12)\n\n* fix: it",
            [(MINOR, "a lid (#12)"), (PATCH, "it")],
        ),
        ("feat!(jar): a lid", [(MAJOR, "a lid")]),
        ("Jars (#12)\n\n* feat!(jar): a lid", [(MAJOR, "a lid")]),
        ("Jars (#12)\n\n* feature: a lid", [(MINOR, "a lid")]),
    ],
)
def test_the_commits_inside_of_a_request_are_read(
    message: str, entries: list[ChangelogEntry]
) -> None:
    assert told(message) == entries


@pytest.mark.parametrize(
    ("footer", "texts"),
    [
        ("BREAKING CHANGE: old lids\ndo not fit", ["old lids do not fit"]),
        ("BREAKING CHANGE:\nold lids do not fit", ["old lids do not fit"]),
        ("BREAKING CHANGE:\n\nold lids do not fit", ["old lids do not fit"]),
        (
            "BREAKING CHANGES:\n- old lids\n  do not fit\n- nor jars\n",
            ["old lids do not fit", "nor jars"],
        ),
        ("BREAKING-CHANGE: lids\nRefs: #1", ["lids"]),
        ("BREAKING CHANGE:\nRefs: #1\nmore", []),
        ("no BREAKING CHANGE: here", []),
    ],
)
def test_a_breaking_change_is_named_on_its_line_the_next_or_in_a_list(
    footer: str, texts: list[str]
) -> None:
    assert told(f"fix: it\n\n{footer}") == [(PATCH, "it"), *((MAJOR, text) for text in texts)]


@pytest.mark.parametrize(
    "body",
    [
        "> feat!: theirs\n> BREAKING CHANGE: theirs",
        "```\n* feat!: theirs\nBREAKING CHANGE: theirs\n```",
        "~~~~\n~~~\n* feat!: theirs\n~~~~",
        "<details>\n* feat!: theirs\n</details>",
        "<blockquote>\nBREAKING CHANGE: theirs\n</blockquote>",
    ],
)
def test_what_is_quoted_from_others_counts_for_nothing(body: str) -> None:
    assert told(f"fix: it\n\n{body}") == [(PATCH, "it")]
    assert told(f"fix: it\n\n{body}\n\n* feat: ours")[1:] == [(MINOR, "ours")]


@pytest.mark.parametrize(
    "subject", ["Bump jars from 1 to 2", "chore(deps): update jars", "build(deps-dev): bump jars"]
)
def test_what_a_bot_lists_of_an_upgrade_is_somebody_elses(subject: str) -> None:
    assert [level for level, _ in told(f"{subject}\n\n- feat!: their lid")] == [PATCH]


def test_a_whole_message_of_a_bot_is_a_patch() -> None:
    assert told(BY_BOT) == [(PATCH, "Bump jars from 1.0 to 2.0")]
