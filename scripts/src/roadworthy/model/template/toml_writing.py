"""Edits of a manifest by keys: what stands around them stays to the letter.

What is new comes as the template writes it, with its comments.
"""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy

import tomlkit
from tomlkit.items import AoT, Array, Comment, Table

from ..workspace.toml_tables import (
    Document,
    body,
    dumped,
    is_in_line,
    on_one_line,
    places,
    table_at,
)
from .tables import MISSING, Difference, name_of

# A line of a list that has one string and says why, and what stands before an item on its line.
WITH_COMMENT = re.compile(r"""\s*(?P<item>"(?:[^"\\]|\\.)*"|'[^']*')\s*,?\s*#\s?(?P<why>.*)""")
BEFORE_ITEM = re.compile(r"\n([ \t]+)[^\s#\]]")
TABLES = (Table, AoT)


def written(text: str, changes: Iterable[Difference], like: str = "") -> str:
    """Return a manifest with the targets of changes in it; `like` is where they come from."""
    document, template = tomlkit.parse(text), tomlkit.parse(like)
    new_last = sorted(changes, key=lambda change: not _is_there(document, change.keys))
    for change in new_last:  # what is new becomes a part of what stays
        _write(document, change.keys, change.target, template)
    return dumped(document, text)


def _is_there(document: Document, keys: Iterable[str]) -> bool:
    for key in keys:
        if key not in document:
            return False
        document = document[key]
    return True


def _write(root: Document, keys: tuple[str, ...], value: object, template: Document) -> None:
    """Set, edit or remove one value."""
    *above, key = keys
    if value is MISSING:
        if _is_there(root, above):
            _at(root, above).pop(key, None)
        return
    like, document = _at(template, above), table_at(root, above)
    if key not in document:
        _write_new(root, keys, value, template)
    elif isinstance(value, list) and isinstance(document[key], Array | AoT):
        _edit_list(document[key], value, like.get(key))
    else:
        document[key] = value


def _write_new(root: Document, keys: tuple[str, ...], value: object, template: Document) -> None:
    """Write a key that is not there yet, as the template does where lines can be had."""
    *above, key = keys
    like, document = _at(template, above), table_at(root, above)
    if is_in_line(root, above):
        document[key] = on_one_line(value)
    elif isinstance(value, Mapping):
        document[key] = _apart(_as_table(like.get(key), value))
    else:
        is_like = like.get(key) == value
        comments = _above(places(template, above), key) if is_like else []
        item = deepcopy(like[key]) if is_like else value
        _add(_home(places(root, above)) or document, comments, key, item)


def _at(document: Document, keys: Iterable[str]) -> Document:
    """Return what is at a place; nothing where there is nothing."""
    for key in keys:
        document = document.get(key, {})
    return document


def _add(table: Document, comments: Iterable[Comment], key: str, item: object) -> None:
    """Add a key below the last one: what is behind that belongs to the next table.

    The lines become a part of the item above them: tomlkit would put them before the table.
    """
    own = [each for name, each in body(table) if name is not None and not isinstance(each, TABLES)]
    if not own:
        table[key] = item
        return
    new = tomlkit.document()
    for comment in comments:
        new.add(deepcopy(comment))
    new[key] = item
    own[-1].trivia.trail = (own[-1].trivia.trail or "\n") + new.as_string()


def _above(tables: Iterable[Document], key: str) -> list[Comment]:
    """Return the lines of comment right above a key of a table, wherever that lies."""
    for table in tables:
        found: list[Comment] = []
        for own, item in body(table):
            if own is not None and own.key == key:
                return found
            found = [*found, item] if isinstance(item, Comment) else []
    return []


def _home(tables: Iterable[Document]) -> Document | None:
    """Return the last place that has keys of its own, and not tables alone."""
    own = [
        table
        for table in tables
        if any(key is not None and not isinstance(item, TABLES) for key, item in body(table))
    ]
    return own[-1] if own else None


def _as_table(item: object, values: Mapping[str, object]) -> Table:
    """Return a table as the template writes it, where it says the same there."""
    return deepcopy(item) if isinstance(item, Table) and item == values else _table(values)


def _table(values: Mapping[str, object]) -> Table:
    table = tomlkit.table()
    table.update(values)
    return table


def _apart(table: Table) -> Table:
    """Return a table with an empty line behind its last key, and nothing else."""
    lines = body(table)
    while lines and lines[-1][0] is None:
        lines.pop()
    table.add(tomlkit.nl())
    return table


def _edit_list(items: Document, wanted: list[object], like: object) -> None:
    """Make a list what is wanted, item by item: comments and the form of the others stay."""
    new = {name_of(item): item for item in wanted}
    for place in reversed(range(len(items))):
        own = items[place].unwrap()
        item = new.pop(name_of(own), MISSING)
        if item is MISSING:
            del items[place]
        elif item != own:
            items[place] = item
    why = _said_behind(like) if isinstance(like, Array) else {}
    indent = BEFORE_ITEM.search(items.as_string())
    for name, item in new.items():
        if isinstance(items, Array) and indent:
            items.add_line(item, indent=indent[1], comment=why.get(name))
        else:
            items.append(item)


def _said_behind(items: Array) -> dict[str, str]:
    """Map items of a list to the comments behind them, each on a line of its own."""
    found = (WITH_COMMENT.fullmatch(line) for line in items.as_string().splitlines())
    return {name_of(tomlkit.value(each["item"]).unwrap()): each["why"] for each in found if each}
