"""What a reader of Markdown makes of a text, and what a forge would make live in it."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Whatever a forge makes live in text that is no code.
LIVE = re.compile(r"[@#<>\[\]\\`*_~|$&]|://|www\.|\bGH-\d|!\d|:bug:", re.IGNORECASE)
HARMLESS = {"text", "code_inline", "softbreak"}


def tokens(markdown: str) -> list[Token]:
    """Return what a reader of Markdown makes of it, HTML, tables and strikes included."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = reader.parse(markdown)
    return [each for token in found for each in (token, *(token.children or []))]


def live(markdown: str) -> list[str]:
    """Return all of an item of a list that is more than words and code."""
    found = tokens(f"- {markdown}")
    blocks = [t.type for t in found if t.block]
    around = ["bullet_list_open", "list_item_open", "paragraph_open", "inline"]
    around += ["paragraph_close", "list_item_close", "bullet_list_close"]
    wrong = [] if blocks == around or not markdown else blocks
    wrong += [t.type for t in found if not t.block and t.type not in HARMLESS]
    return [*wrong, *(t.content for t in found if t.type == "text" and LIVE.search(t.content))]


def read(markdown: str) -> str:
    """Return what a person reads."""
    return "".join(t.content or " " for t in tokens(f"- {markdown}") if t.type in HARMLESS)
