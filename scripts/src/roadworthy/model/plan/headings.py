"""The headings of a changelog, in whatever Markdown it is.

https://spec.commonmark.org/current/
"""

import re
from collections.abc import Iterator, Sequence

from ..version import read_version

BOM, FRONT, COMMENT = "\ufeff", "---", ("<!--", "-->")
# What starts so is no text that an underline makes a heading.
NO_TEXT = ("#", " ", "\t", "-", "*", "+", ">", "|", "=")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<words>.*)")
UNDERLINE = re.compile(r" {0,3}(?P<sign>[-=])(?P=sign){2,} *")
# Markdown's lines end in no other way: https://spec.commonmark.org/current/#line-ending
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def headings(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Find the headings of sections: each with its line, and the line behind it.

    One may be underlined, and one of the first level counts where it names a version.
    https://spec.commonmark.org/current/#setext-headings
    """
    shown = seen(lines)
    for number in shown:
        line, following = lines[number].removeprefix(BOM), number + 1
        if line.startswith("## ") or (line.startswith("# ") and _is_version(line)):
            yield number, following
        elif line.strip() and not line.startswith(NO_TEXT) and following in shown:
            under = UNDERLINE.fullmatch(lines[following].rstrip("\r\n"))
            if under and (under["sign"] == "-" or _is_version(line)):
                yield number, following + 1


def seen(lines: Sequence[str]) -> dict[int, None]:
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


def names_a_version(line: str) -> bool:
    """Tell whether a heading has a version: as its first word, or behind a name."""
    words = heading_words(line)
    return any(read_version(word) for word in words[:1] + [w for w in words[1:3] if "." in w])


def heading_words(line: str) -> list[str]:
    """Return the words of a heading in lower case, without brackets."""
    bare = line.removeprefix(BOM).lstrip("#")
    return bare.lower().replace("[", " ").replace("]", " ").split()


def _is_version(line: str) -> bool:
    first = next(iter(heading_words(line)), "")
    return read_version(first) is not None
