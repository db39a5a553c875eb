"""Changelogs: one section for each release, newest first.

https://keepachangelog.com/en/1.1.0/
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from packaging.version import Version

from ..text import visible
from ..version import Level

FILE = "CHANGELOG.md"
PREAMBLE = "# Changelog\n"
HEADINGS = {Level.MAJOR: "Changed", Level.MINOR: "Added", Level.PATCH: "Fixed"}
FENCES = ("```", "~~~")
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
    lines += ["", "First release."] if first else []
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
    place = next((i for i in _headings(lines) if _names_a_version(lines[i])), len(lines))
    before, after = "".join(lines[:place]), "".join(lines[place:])
    gap = newline * (2 - len(before[-2 * len(newline) :].split(newline)[1:])) if before else ""
    return before + gap + new.replace("\n", newline) + (newline if after else "") + after


def section_of(text: str, version: Version) -> str:
    """Return the section of a version, without its heading; empty where there is none."""
    lines = _LINE.findall(text)
    starts = [*_headings(lines), len(lines)]
    for start, end in pairwise(starts):
        if _heading_words(lines[start])[:1] == [str(version)]:
            return "".join(lines[start + 1 : end]).replace("\r\n", "\n").strip() or "."
    return ""


def _item(text: str) -> str:
    """Write an entry as an item of a list; lines of its own stay below it."""
    return "- " + "\n".join(f"  {line}".rstrip() for line in visible(text).split("\n"))[2:]


def _headings(lines: Iterable[str]) -> Iterator[int]:
    """Find the headings of sections; what stands in a fenced block is none.

    A block within an item of a list ends with that item, even where nothing closes it.
    """
    fence, indent = "", 0
    for number, line in enumerate(lines):
        text = line.lstrip(" ")
        start, depth = text[:3], len(line) - len(text)
        if fence and indent and depth == 0 and text.strip():
            fence = ""
        if start in FENCES and fence in {"", start}:
            fence, indent = "" if fence else start, depth
        elif not fence and line.startswith("## "):
            yield number


def _names_a_version(line: str) -> bool:
    return _heading_words(line)[:1] != [UNRELEASED]


def _heading_words(line: str) -> list[str]:
    return line.removeprefix("## ").lower().replace("[", " ").replace("]", " ").split()
