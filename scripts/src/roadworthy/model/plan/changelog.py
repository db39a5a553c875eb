"""Changelogs: one section for each release, newest first.

https://keepachangelog.com/en/1.1.0/
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from packaging.version import Version

from ..text import visible
from ..version import Level, read_version

FILE = "CHANGELOG.md"
PREAMBLE, FIRST = "# Changelog\n", "First release."
HEADINGS = {
    Level.MAJOR: "Changed",
    Level.MINOR: "Added",
    Level.PATCH: "Fixed",
    Level.NONE: "Other",
}
BOM, FRONT, COMMENT = "\ufeff", "---", ("<!--", "-->")
# What starts so is no text that an underline makes a heading.
NO_TEXT = ("#", " ", "\t", "-", "*", "+", ">", "|", "=")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<words>.*)")
_UNDERLINE = re.compile(r" {0,3}(?P<sign>[-=])(?P=sign){2,} *")
UNRELEASED = "unreleased"
# Markdown's lines end in no other way: https://spec.commonmark.org/current/#line-ending
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def section(
    version: Version,
    day: date,
    entries: Iterable[tuple[Level, str]],
    requirements: Iterable[str],
    *,
    first: bool,
) -> str:
    """Write the section of a release: what changed, the requirements that moved among it."""
    lines = [f"## {version} - {day.isoformat()}"]
    lines += ["", FIRST] if first else []
    listed = tuple(entries)
    for level, heading in HEADINGS.items():
        items = [_item(text) for entry_level, text in listed if entry_level is level]
        if level is Level.MAJOR:
            items = [f"- **Breaking:** {item.removeprefix('- ')}" for item in items]
            items += [f"- Requires `{text}`" for text in requirements]
        lines += ["", f"### {heading}", "", *items] if items else []
    return "\n".join(lines if len(lines) > 1 else [*lines, "", "Released again."]) + "\n"


def with_section(text: str, new: str) -> str:
    """Put a section above the newest one; all else stays as it is, to the letter."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = _LINE.findall(text) or [PREAMBLE]
    place = next((i for i, _ in _headings(lines) if _names_a_version(lines[i])), len(lines))
    before, after = "".join(lines[:place]), "".join(lines[place:])
    gap = newline * (2 - len(before[-2 * len(newline) :].split(newline)[1:])) if before else ""
    return before + gap + new.replace("\n", newline) + (newline if after else "") + after


def section_of(text: str, version: Version) -> str:
    """Return the section of a version, without its heading; empty where there is none."""
    lines = _LINE.findall(text)
    starts = [*_headings(lines), (len(lines), len(lines))]
    for (start, body), (end, _) in pairwise(starts):
        if _heading_words(lines[start])[:1] == [str(version)]:
            return "".join(lines[body:end]).replace("\r\n", "\n").strip() or "."
    return ""


def has_first(text: str, version: Version) -> bool:
    """Tell whether a text has the section of a first release, as it is written here."""
    head = rf"^## {re.escape(str(version))} - \d{{4}}-\d\d-\d\d\s+{re.escape(FIRST)}"
    return bool(re.search(head, text, re.MULTILINE))


def _item(text: str) -> str:
    """Write an entry as an item of a list; lines of its own stay below it."""
    return "- " + "\n".join(f"  {line}".rstrip() for line in visible(text).split("\n"))[2:]


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Find the headings of sections: each with its line, and the line behind it.

    One may be underlined, and one of the first level counts where it names a version.
    https://spec.commonmark.org/current/#setext-headings
    """
    seen = _seen(lines)
    for number in seen:
        line, following = lines[number].removeprefix(BOM), number + 1
        if line.startswith("## ") or (line.startswith("# ") and _is_version(line)):
            yield number, following
        elif line.strip() and not line.startswith(NO_TEXT) and following in seen:
            under = _UNDERLINE.fullmatch(lines[following].rstrip("\r\n"))
            if under and (under["sign"] == "-" or _is_version(line)):
                yield number, following + 1


def _seen(lines: Sequence[str]) -> dict[int, None]:
    """Return the lines that are shown as text: not in fences, comments and front matter.

    A block within an item of a list ends with that item, even where nothing closes it.
    """
    shown: dict[int, None] = {}
    fence, indent, end = "", 0, ""
    for number, line in enumerate(lines):
        text = line.lstrip(" ").rstrip()
        depth = len(line) - len(line.lstrip(" "))
        if fence and indent and depth == 0 and text:
            fence = ""
        found = _FENCE.match(text)
        if end:
            end = "" if end in text else end
        elif fence:
            fence = "" if found and text.startswith(fence) and not found["words"] else fence
        elif found:
            fence, indent = found["fence"], depth
        elif number == 0 and text.removeprefix(BOM) == FRONT:
            end = FRONT if FRONT in map(str.rstrip, lines[1:]) else ""
        elif text.startswith(COMMENT[0]):
            end = "" if COMMENT[1] in text else COMMENT[1]
        else:
            shown[number] = None
    return shown


def _names_a_version(line: str) -> bool:
    return _heading_words(line)[:1] != [UNRELEASED]


def _is_version(line: str) -> bool:
    first = next(iter(_heading_words(line)), "")
    return read_version(first) is not None


def _heading_words(line: str) -> list[str]:
    bare = line.removeprefix(BOM).lstrip("#")
    return bare.lower().replace("[", " ").replace("]", " ").split()
