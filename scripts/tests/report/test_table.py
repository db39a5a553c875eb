"""Tables fit a terminal and a pipe: nothing is cut, and no line ends with blanks."""

from hypothesis import given
from hypothesis import strategies as st

from roadworthy.report.table import table

HEADINGS = ("member", "tag", "next")
ROWS = [
    ("zq-base", "zq-base/v0.1.0", "nothing to do"),
    ("zq-app", "-", "release 0.2.0: `nox -s release`"),
]
WORDS = st.text("abc-", min_size=1, max_size=9)


def lines(width: int | None = None) -> list[str]:
    return list(table(HEADINGS, ROWS, width))


def test_in_a_pipe_a_row_is_a_line_however_long() -> None:
    assert lines() == [
        "member   tag             next",
        "zq-base  zq-base/v0.1.0  nothing to do",
        "zq-app   -               release 0.2.0: `nox -s release`",
    ]


def test_the_last_column_is_wrapped_by_words_and_a_command_stays_whole() -> None:
    assert lines(50) == [
        "member   tag             next",
        "zq-base  zq-base/v0.1.0  nothing to do",
        "zq-app   -               release 0.2.0:",
        "                         `nox -s release`",
    ]


def test_without_room_the_last_column_goes_below_its_row() -> None:
    assert lines(40)[2:] == [
        "zq-app   -",
        "    release 0.2.0: `nox -s release`",
    ]


@given(st.lists(st.tuples(WORDS, WORDS, st.lists(WORDS).map(" ".join))), st.integers(40, 90))
def test_nothing_is_lost_and_no_line_ends_with_blanks(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    found = list(table(HEADINGS, rows, width))
    words = [word for row in (HEADINGS, *rows) for cell in row for word in cell.split()]
    assert [word for line in found for word in line.split()] == words
    assert [line for line in found if line != line.rstrip() or len(line) > width] == []
