"""A changelog gains one section, and loses nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from roadworthy.model.plan.changelog import (
    fault,
    logs_in,
    section,
    section_of,
    with_pre_releases,
    with_section,
)
from roadworthy.model.version import Level

DAY = date(2026, 3, 14)
NEW = "## 0.2.0 - 2026-03-14\n\n### Added\n\n- a lid\n"
OLD = "## 0.1.0 - 2026-01-02\n\nFirst release.\n"
HEADING = "# Changelog\n\n"
WAITING = "## [Unreleased]\n\n"
UNRELEASED = f"{WAITING}### Added\n\n- a draft\n\n### Security\n\n- a lock\n\n"
DRAFTED = f"{NEW}- a draft\n\n### Security\n\n- a lock\n"
SKELETON = f"{WAITING}### Added\n\n### Fixed\n\n"
LINES = st.sampled_from(
    ["# Changelog", "", "- a lid", "## [0.1.0] - 2026", "## 0.0.1", "  ", "- é"]
)
TEXTS = st.lists(LINES, min_size=1).map("\n".join) | st.text(alphabet="#[] \nab0.1")


def test_a_section_lists_what_changed_by_how_much_and_then_what_it_requires() -> None:
    entries = [(Level.PATCH, "a hole"), (Level.MAJOR, "the thread"), (Level.PATCH, "a crack")]
    moved = ["sugar>=0.2.0,<0.3", 'salt[fine]>=1; os_name == "nt"']
    assert section(Version("0.2.0"), DAY, entries, moved, first=False) == (
        "## 0.2.0 - 2026-03-14\n"
        "\n### Changed\n\n- **Breaking:** the thread\n"
        "- Requires `sugar>=0.2.0,<0.3`\n"
        '- Requires `salt[fine]>=1; os_name == "nt"`\n'
        "\n### Fixed\n\n- a hole\n- a crack\n"
    )


def test_a_first_release_says_that_it_is_one() -> None:
    assert section(Version("0.1.0"), date(2026, 1, 2), [], [], first=True) == OLD


def test_a_first_release_says_what_it_requires_too() -> None:
    assert section(Version("0.1.0"), DAY, [], ["sugar>=0.2.0,<0.3"], first=True) == (
        "## 0.1.0 - 2026-03-14\n\nFirst release.\n\n### Changed\n\n- Requires `sugar>=0.2.0,<0.3`\n"
    )


def test_a_later_release_with_nothing_to_tell_is_not_the_first() -> None:
    found = section(Version("0.2.0"), DAY, [], [], first=False)
    assert found == "## 0.2.0 - 2026-03-14\n\nReleased again.\n"


@given(
    st.lists(st.tuples(st.sampled_from(list(Level)[1:]), st.sampled_from(["a lid", "a hole"]))),
    st.lists(st.sampled_from(["sugar>=1", "salt==2.*"])),
)
def test_only_a_first_release_says_that_it_is_one(
    entries: list[tuple[Level, str]], moved: list[str]
) -> None:
    written = [section(Version("2"), DAY, entries, moved, first=is_) for is_ in (True, False)]
    assert ["First release." in text for text in written] == [True, False]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{HEADING}{NEW}"),
        ("# Changelog\n", f"{HEADING}{NEW}"),
        ("# Changelog", f"{HEADING}{NEW}"),
        (f"{HEADING}{OLD}", f"{HEADING}{NEW}\n{OLD}"),
        (f"{HEADING}{UNRELEASED}{OLD}", f"{HEADING}{WAITING}{DRAFTED}\n{OLD}"),
        (f"{HEADING}{UNRELEASED}", f"{HEADING}{WAITING}{DRAFTED}"),
        (f"{HEADING}{WAITING}{OLD}", f"{HEADING}{WAITING}{NEW}\n{OLD}"),
        (f"{HEADING}{SKELETON}{OLD}", f"{HEADING}{SKELETON}{NEW}\n{OLD}"),
        ("- an old word\n", f"{NEW}\n- an old word\n"),
        ("## About\n\nx\n\n## 1.0\n", f"## About\n\nx\n\n{NEW}\n## 1.0\n"),
        ("## acme 1.0 (2025)\n", f"{NEW}\n## acme 1.0 (2025)\n"),
        ("# Changelog\n## [0.1.0]\n", f"{HEADING}{NEW}\n## [0.1.0]\n"),
        ("## 1.0\n\n- a lid\n", f"{NEW}\n## 1.0\n\n- a lid\n"),
        ("## 1.0", f"{NEW}\n## 1.0"),
        (f"{UNRELEASED}{OLD}", f"{WAITING}{DRAFTED}\n{OLD}"),
    ],
)
def test_a_new_section_is_above_the_newest_one(before: str, after: str) -> None:
    assert with_section(before, NEW) == after


def test_line_ends_are_those_of_the_file() -> None:
    before = f"{HEADING}{OLD}".replace("\n", "\r\n")
    assert with_section(before, NEW) == f"{HEADING}{NEW}\n{OLD}".replace("\n", "\r\n")


@given(TEXTS.map("{}\n".format), st.sampled_from(["\n", "\r\n"]))
def test_all_other_lines_stay_to_the_letter(text: str, newline: str) -> None:
    before, new = text.replace("\n", newline), NEW.replace("\n", newline)
    head, found, tail = with_section(before, NEW).partition(new)
    assert found == new
    kept = tail.removeprefix(newline)
    assert before.endswith(kept)
    assert head.rstrip(newline) == before.removesuffix(kept).rstrip(newline)


@given(TEXTS)
def test_a_section_that_was_put_in_is_found(text: str) -> None:
    found = section_of(with_section(text, NEW), Version("0.2.0"))
    assert found.startswith("### Added\n\n- a lid")


def test_a_section_ends_where_the_next_one_begins() -> None:
    text = f"{HEADING}{NEW}\n{OLD}"
    found = [section_of(text, Version(version)) for version in ("0.2.0", "0.1.0", "0.1")]
    assert found == ["### Added\n\n- a lid", "First release.", ""]


@pytest.mark.parametrize(
    "heading", ["## 1.0.0", "## [1.0.0] - 2026-01-02", "## [1.0.0](https://x)"]
)
def test_a_section_is_found_by_the_usual_headings(heading: str) -> None:
    assert section_of(f"{HEADING}{heading}\n\n- a lid\n", Version("1.0.0")) == "- a lid"


def test_an_empty_section_is_there_all_the_same() -> None:
    assert bool(section_of(f"{HEADING}## 1.0.0\n", Version("1.0.0"))) is True


def test_what_stands_in_a_fenced_block_is_no_heading() -> None:
    fenced = f"{HEADING}```\n## 0.2.0\n```\n\n~~~\n```\n## 0.3.0\n~~~\n"
    assert [section_of(fenced, Version(v)) for v in ("0.2.0", "0.3.0")] == ["", ""]
    assert with_section(f"{fenced}\n{OLD}", NEW) == f"{fenced}\n{NEW}\n{OLD}"


def test_lines_of_an_entry_stay_below_it() -> None:
    found = section(Version("2"), DAY, [(Level.PATCH, "a hole\n\nIt is shut.")], [], first=False)
    assert found.endswith("### Fixed\n\n- a hole\n\n  It is shut.\n")


def test_a_version_that_is_only_mentioned_has_no_section() -> None:
    assert section_of(f"{HEADING}{UNRELEASED}- since 1.0.0\n", Version("1.0.0")) == ""


@pytest.mark.parametrize(
    ("head", "newest"),
    [
        ("# Changelog\n\n", "# 1.0.1\n\n- a lid\n"),
        ("# Changelog\n\n", "1.0.1 (2026-01-02)\n------------------\n\n- a lid\n"),
        ("Changelog\n=========\n\n", "v1.0.1\n======\n\n- a lid\n"),
        ("---\ntitle: Changes\n## not this: 1\n---\n\n", "## 1.0.1\n\n- a lid\n"),
        ("<!--\n## [VERSION]\n## 9.9.9\n-->\n\n", "## 1.0.1\n\n- a lid\n"),
        ("````\n```\n## 9.9.9\n````\n\n", "## 1.0.1\n\n- a lid\n"),
        ("\ufeff# Changelog\n\n", "## 1.0.1\n\n- a lid\n"),
        ("Some words.\n\n---\n\n", "## 1.0.1\n\n- a lid\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_newest_section_is_found_in_whatever_the_file_is(
    head: str, newest: str, newline: str
) -> None:
    before = f"{head}{newest}".replace("\n", newline)
    after = with_section(before, NEW)
    assert after == f"{head}{NEW}\n{newest}".replace("\n", newline)
    found = [section_of(after, Version(version)) for version in ("0.2.0", "9.9.9")]
    assert found == ["### Added\n\n- a lid", ""]


def test_a_section_below_an_underlined_heading_is_without_its_line() -> None:
    assert section_of("1.0.1\n-----\n\n- a lid\n", Version("1.0.1")) == "- a lid"


def test_links_stay_below_what_waits_and_comments_alone_are_no_words() -> None:
    link = "[unreleased]: https://example.org/compare\n"
    before = f"{HEADING}{WAITING}- a draft\n\n{link}"
    assert with_section(before, NEW) == (
        f"{HEADING}{WAITING}{link}\n## 0.2.0 - 2026-03-14\n\n- a draft\n\n### Added\n\n- a lid\n"
    )
    comment = f"{HEADING}{WAITING}<!-- write here -->\n\n"
    assert with_section(f"{comment}{OLD}", NEW) == f"{comment}{NEW}\n{OLD}"


def test_a_final_release_tells_what_its_pre_releases_told() -> None:
    log = (
        "# Changelog\n\n## 0.2.0rc1 - 2026-03-02\n\n### Fixed\n\n- a hole\n\n"
        "## 0.2.0a1 - 2026-03-01\n\n### Added\n\n- a lid\n\n## 0.1.0\n\n- no\n"
    )
    again = section(Version("0.2.0"), DAY, [], [], first=False)
    assert with_pre_releases(again, log, Version("0.2.0")) == (
        "## 0.2.0 - 2026-03-14\n\n### Fixed\n\n- a hole\n\n### Added\n\n- a lid\n"
    )
    assert with_pre_releases(again, OLD, Version("0.2.0")) == again


@pytest.mark.parametrize("text", ["# Log\n\n<!-- a note\n", "# Log\n\n```\ncode\n"])
def test_a_text_that_would_hide_a_section_is_refused(text: str) -> None:
    assert fault(text, NEW, Version("0.2.0")) == (
        "a comment or a block of code in it is not closed"
    )
    assert fault(HEADING, NEW, Version("0.2.0")) == ""


def test_the_first_of_the_usual_names_is_the_changelog() -> None:
    files = ["a/NEWS.md", "a/Changes.md", "a/x.md", "b/HISTORY.rst", "CHANGELOG.md", "c/news/1.md"]
    assert logs_in(files) == {
        "a": ["a/Changes.md", "a/NEWS.md"],
        "b": ["b/HISTORY.rst"],
        "": ["CHANGELOG.md"],
    }
