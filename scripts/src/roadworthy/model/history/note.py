"""Change notes: what a change means for those who use a member, in a file beside its code."""

import re
from collections.abc import Container
from dataclasses import dataclass

from ..text import one_line, visible
from ..version import Level
from ..windows import is_device

FOLDER = "changes"
LEVELS = {
    "breaking": Level.MAJOR,
    "feature": Level.MINOR,
    "fix": Level.PATCH,
    "misc": Level.NONE,
}
_WORDS_IN_SLUG = 6
TEXTS, CHANGESETS = (".md", ".rst", ".txt"), ".changeset"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A change note: the file it is in, what it changes and what people are told.

    One that `is_empty` is told by the words of its name.
    """

    path: str
    level: Level
    text: str
    is_empty: bool = False


def is_note(path: str) -> bool:
    """Tell whether a file is meant as a change note: Markdown in a folder of notes."""
    folders, _, name = path.rpartition("/")
    return folders.rpartition("/")[2] == FOLDER and name.endswith(".md") and name != "README.md"


def is_like_a_note(path: str) -> bool:
    """Tell whether a file looks like a change note that is not read as one.

    That is a text in a folder of notes, in another form or deeper, as towncrier takes them,
    or a changeset. https://towncrier.readthedocs.io/ https://github.com/changesets/changesets
    """
    folders, _, name = path.rpartition("/")
    if not name.endswith(TEXTS) or name.lower().startswith(("readme", "_", ".", "template")):
        return False
    is_below = f"/{FOLDER}/" in f"/{folders}/"
    return (is_below and not is_note(path)) or folders == CHANGESETS


def read_note(path: str, text: str) -> Note | None:
    """Read a note; None where its name does not say what it changes.

    One without a text is told by the words of its name.
    """
    stem = path.rpartition("/")[2].removesuffix(".md")
    words, _, level = stem.rpartition(".")
    if level not in LEVELS:
        return None
    own = visible(text.removeprefix("\ufeff")).strip()
    told = own or one_line(words.replace("-", " ")) or level
    return Note(path=path, level=LEVELS[level], text=told, is_empty=not own)


def note_name(text: str, level: str, taken: Container[str]) -> str:
    """Name the file of a new note by the first words of its text; no other has that name."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    slug = "-".join(words[:_WORDS_IN_SLUG]) or "change"
    if is_device(slug):
        slug = f"change-{slug}"
    name, number = f"{slug}.{level}.md", 2
    while name in taken:
        name, number = f"{slug}-{number}.{level}.md", number + 1
    return name
