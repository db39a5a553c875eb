"""Changelogs: one section for each release, newest first.

https://keepachangelog.com/en/1.1.0/
"""

from collections.abc import Iterable
from datetime import date

from packaging.version import Version

from .version import Level

FILE = "CHANGELOG.md"
PREAMBLE = "# Changelog\n"
HEADINGS = {Level.MAJOR: "Changed", Level.MINOR: "Added", Level.PATCH: "Fixed"}
UNRELEASED = "unreleased"


def section(
    version: Version,
    day: date,
    entries: Iterable[tuple[Level, str]],
    requirements: Iterable[str],
    *,
    first: bool,
) -> str:
    """Write the section of a release: what changed, then the requirements that moved."""
    lines = [f"## {version} - {day.isoformat()}"]
    lines += ["", "First release."] if first else []
    listed = tuple(entries)
    for level, heading in HEADINGS.items():
        texts = [text for entry_level, text in listed if entry_level is level]
        lines += ["", f"### {heading}", "", *(f"- {text}" for text in texts)] if texts else []
    moved = [f"- `{text}`" for text in requirements]
    lines += ["", "### Requirements", "", *moved] if moved else []
    return "\n".join(lines if len(lines) > 1 else [*lines, "", "Released again."]) + "\n"


def with_section(text: str, new: str) -> str:
    """Put a section above the newest one; all else stays as it is, to the letter."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True) or [PREAMBLE]
    released = (i for i, line in enumerate(lines) if _names_a_version(line))
    place = next(released, len(lines))
    before, after = "".join(lines[:place]), "".join(lines[place:])
    gap = newline * (2 - len(before[-2 * len(newline) :].split(newline)[1:])) if before else ""
    return before + gap + new.replace("\n", newline) + (newline if after else "") + after


def section_of(text: str, version: Version) -> str:
    """Return the section of a version, without its heading; empty where there is none."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        if _names_a_version(line) and _heading_words(line)[:1] == [str(version)]:
            rest = lines[start + 1 :]
            end = next((i for i, other in enumerate(rest) if other.startswith("## ")), len(rest))
            return "\n".join(rest[:end]).strip() or "."
    return ""


def _names_a_version(line: str) -> bool:
    return line.startswith("## ") and _heading_words(line)[:1] != [UNRELEASED]


def _heading_words(line: str) -> list[str]:
    return line.removeprefix("## ").lower().replace("[", " ").replace("]", " ").split()
