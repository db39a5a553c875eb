"""Tables of a document of tomlkit's, in whichever of TOML's ways they are written.

A table has a header, braces, or keys with dots: https://toml.io/en/v1.0.0#table. What is
added to one is written as it is itself: there is no header within braces, and a line
without its dots would belong to another table.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Item, SingleKey, Table

Document = Any  # a document or a table of tomlkit's
# What tomlkit keeps of a table: keys with their values, and comments and empty lines without one.
Body = list[tuple[Any, Any]]
LONE_END = re.compile(r"(?<!\r)\n")
# What has no keys of its own, as a rule: a header for it alone would stand empty.
ABOVE_OTHERS = frozenset({"tool", "uv"})


def dumped(document: Document, before: str) -> str:
    """Return an edited document as text, with the line ends that it had before."""
    after = tomlkit.dumps(document)
    has_windows_ends = "\r\n" in before and not LONE_END.search(before)
    return LONE_END.sub("\r\n", after) if has_windows_ends else after


def body(table: Document) -> Body:
    """Return what is in a table, line by line."""
    lines: Body = (table.value if isinstance(table, Table) else table).body
    return lines


def places(document: Document, keys: Iterable[str]) -> list[Document]:
    """Return all places that a table lies in: one `[tool.uv]` may stand before another's tables."""
    found = [document]
    for name in keys:
        found = [item for _, item in _named(found, name) if isinstance(item, Table)]
    return found


def is_in_line(document: Document, keys: Iterable[str]) -> bool:
    """Tell whether a table, or one that it is in, has braces or keys with dots."""
    found = [document]
    for name in keys:
        pairs = _named(found, name)
        if any(key.is_dotted() or isinstance(item, InlineTable) for key, item in pairs):
            return True
        found = [item for _, item in pairs if isinstance(item, Table)]
    return False


def table_at(document: Document, keys: Sequence[str]) -> Document:
    """Return a table; one that is missing is made, as those around it are written."""
    table, in_line = document, is_in_line(document, keys)
    for name in keys:
        if name not in table:
            is_above = name in ABOVE_OTHERS
            table[name] = on_one_line({}) if in_line else tomlkit.table(is_super_table=is_above)
        table = table[name]
    return table


def on_one_line(value: object) -> Item:
    """Return a value that stands on one line, with all that is in it."""
    return tomlkit.value(line_of(value))


def line_of(value: object) -> str:
    """Write a value on one line, spaced as people write it."""
    if isinstance(value, list):
        return f"[{', '.join(map(line_of, value))}]"
    if isinstance(value, Mapping):
        pairs = (pair_of(key, each) for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    return tomlkit.item(value).as_string()


def pair_of(key: str, value: object) -> str:
    """Write a key and its value; a key with a space stands in quotes."""
    return f"{SingleKey(key).as_string()} = {line_of(value)}"


def _named(tables: Iterable[Document], name: str) -> Body:
    """Return what has a name in any of some tables."""
    return [
        (key, item)
        for table in tables
        for key, item in body(table)
        if key is not None and key.key == name
    ]
