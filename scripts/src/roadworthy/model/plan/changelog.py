"""Changelogs: one section for each release, newest first.

https://keepachangelog.com/en/1.1.0/
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from packaging.version import Version

from ..text import visible
from ..version import Level, base_of, read_version
from .headings import BOM, LINE, UNDERLINE, heading_words, headings, names_a_version, seen
from .joining import AGAIN, joined

FILE = "CHANGELOG.md"
# The first of these that a member has is its changelog, in upper or lower case.
STEMS, MARKDOWN = ("changelog", "changes", "history", "news"), ".md"
PREAMBLE, FIRST = "# Changelog\n", "First release."
HEADINGS = {
    Level.MAJOR: "Changed",
    Level.MINOR: "Added",
    Level.PATCH: "Fixed",
    Level.NONE: "Other",
}
UNRELEASED = "unreleased"
# https://spec.commonmark.org/current/#link-reference-definitions
_LINK = re.compile(r" {0,3}\[[^\]]+\]: ")


def logs_in(files: Iterable[str]) -> dict[str, list[str]]:
    """Return the files with the name of a changelog, by their folder, in the order of names."""
    found: dict[str, list[str]] = {}
    for path in files:
        folder, _, name = path.rpartition("/")
        if name.partition(".")[0].lower() in STEMS and name.count(".") < 2:
            found.setdefault(folder, []).append(path)
    return {folder: sorted(paths, key=_rank) for folder, paths in found.items()}


def _rank(path: str) -> tuple[int, str]:
    return STEMS.index(path.rpartition("/")[2].partition(".")[0].lower()), path


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
    return "\n".join(lines if len(lines) > 1 else [*lines, "", AGAIN]) + "\n"


def with_section(text: str, new: str) -> str:
    """Put a section above the newest one; all else stays as it is, to the letter.

    What stands under `[Unreleased]` becomes part of it, as Keep a Changelog says.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines, waiting = _without_waiting(LINE.findall(text) or [PREAMBLE])
    new = joined(new, waiting) if waiting else new
    place = _place(lines)
    before, after = "".join(lines[:place]), "".join(lines[place:])
    gap = newline * (2 - len(before[-2 * len(newline) :].split(newline)[1:])) if before else ""
    return before + gap + new.replace("\n", newline) + (newline if after else "") + after


def fault(text: str, new: str, version: Version) -> str:
    """Say why a section cannot be put into a text; empty where it can.

    A comment or a block that nobody closed would hide it.
    """
    if section_of(with_section(text, new), version):
        return ""
    return "a comment or a block of code in it is not closed"


def with_pre_releases(new: str, text: str, version: Version) -> str:
    """Add to the section of a final release what its pre-releases told: all since the last one."""
    lines = LINE.findall(text)
    starts = [*headings(lines), (len(lines), len(lines))]
    for (start, body), (end, _) in pairwise(starts):
        found = read_version(next(iter(heading_words(lines[start])), ""))
        if found and found.is_prerelease and base_of(found) == version:
            new = joined(new, "".join(lines[body:end]).replace("\r\n", "\n"))
    return new


def section_of(text: str, version: Version) -> str:
    """Return the section of a version, without its heading; empty where there is none."""
    lines = LINE.findall(text)
    starts = [*headings(lines), (len(lines), len(lines))]
    for (start, body), (end, _) in pairwise(starts):
        if heading_words(lines[start])[:1] in ([str(version)], [f"v{version}"]):
            return "".join(lines[body:end]).replace("\r\n", "\n").strip() or "."
    return ""


def has_first(text: str, version: Version) -> bool:
    """Tell whether a text has the section of a first release, as it is written here."""
    head = rf"^## {re.escape(str(version))} - \d{{4}}-\d\d-\d\d\s+{re.escape(FIRST)}"
    return bool(re.search(head, text, re.MULTILINE))


def _item(text: str) -> str:
    """Write an entry as an item of a list; lines of its own stay below it."""
    return "- " + "\n".join(f"  {line}".rstrip() for line in visible(text).split("\n"))[2:]


def _without_waiting(lines: list[str]) -> tuple[list[str], str]:
    """Take out what stands under `[Unreleased]`, if it says anything; links stay where they are."""
    starts = [*headings(lines), (len(lines), len(lines))]
    for (start, body), (end, _) in pairwise(starts):
        if heading_words(lines[start])[:1] != [UNRELEASED]:
            continue
        shown = {number for number in seen(lines) if body <= number < end}
        links = [n for n in sorted(shown) if _LINK.match(lines[n])]
        words = (lines[n] for n in shown - set(links) if not lines[n].startswith("#"))
        if any(word.strip() for word in words):
            moved = "".join(lines[n] for n in range(body, end) if n not in links)
            kept = [lines[body - 1][len(lines[body - 1].rstrip("\r\n")) :] or "\n"]
            rest = [*lines[:body], *kept, *(lines[n] for n in links), *lines[end:]]
            return rest, moved.replace("\r\n", "\n")
    return lines, ""


def _place(lines: Sequence[str]) -> int:
    """Return where the newest section begins: the end where there is none.

    Where nothing is a heading, older words are not; they stay below.
    """
    starts = [start for start, _ in headings(lines)]
    others = [n for n in starts if heading_words(lines[n])[:1] != [UNRELEASED]]
    versions = [n for n in others if names_a_version(lines[n])]
    if versions or others:
        return (versions or others)[0]
    shown = seen(lines)
    has_title = any(lines[n].removeprefix(BOM).startswith("#") for n in shown) or bool(starts)
    under = any(UNDERLINE.fullmatch(lines[n].rstrip("\r\n")) for n in shown)
    if has_title or under or not any(lines[n].strip() for n in shown):
        return len(lines)
    return next(n for n in shown if lines[n].strip())
