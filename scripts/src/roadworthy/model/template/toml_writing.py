"""Edits of a manifest by keys: what stands around them stays to the letter.

What is new comes as the template writes it, with its comments.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, Comment, Table

from .tables import MISSING, Difference, name_of

Document = Any  # a document or a table of tomlkit's
# What tomlkit keeps of a table: keys with their values, and comments and empty lines without one.
Body = list[tuple[Any, Any]]


def written(text: str, changes: Iterable[Difference], like: str = "") -> str:
    """Return a manifest with the targets of changes in it; `like` is where they come from."""
    document, template = tomlkit.parse(text), tomlkit.parse(like)
    for change in changes:
        _write(document, change.keys, change.target, template)
    return tomlkit.dumps(document)


def _write(document: Document, keys: tuple[str, ...], value: object, template: Document) -> None:
    """Set, edit or remove one value."""
    *above, key = keys
    for name in above:
        if name not in document:
            if value is MISSING:
                return
            document[name] = tomlkit.table(is_super_table=name in {"tool", "uv"})
        document, template = document[name], template.get(name, {})
    if value is MISSING:
        document.pop(key, None)
    elif key not in document:
        _add(document, key, value, template)
    elif isinstance(value, list) and isinstance(document[key], Array | AoT):
        _edit_list(document[key], value)
    else:
        document[key] = value


def _add(table: Document, key: str, value: object, template: Document) -> None:
    """Add a key below the last one: what is behind that belongs to the next table."""
    is_known = key in template and template[key] == value
    item = deepcopy(template[key]) if is_known else value
    if isinstance(value, Mapping):
        table[key] = _apart(item if isinstance(item, Table) else _table(value))
        return
    body = _body(table)
    behind: Body = []
    while body and body[-1][0] is None:
        behind.insert(0, body.pop())
    for comment in _above(template, key) if is_known else ():
        table.add(deepcopy(comment))
    table[key] = item
    body.extend(behind)


def _above(table: Document, key: str) -> list[Comment]:
    """Return the lines of comment right above a key."""
    found: list[Comment] = []
    for own, item in _body(table):
        if own is not None and own.key == key:
            return found
        found = [*found, item] if isinstance(item, Comment) else []
    return []


def _body(table: Document) -> Body:
    """Return what is in a table, line by line; nothing for one that lies in several places."""
    container = table.value if isinstance(table, Table) else table
    body: Body = getattr(container, "body", [])
    return body


def _table(values: Mapping[str, object]) -> Table:
    table = tomlkit.table()
    table.update(values)
    return table


def _apart(table: Table) -> Table:
    """Return a table with an empty line behind its last key, and nothing else."""
    body = _body(table)
    while body and body[-1][0] is None:
        body.pop()
    table.add(tomlkit.nl())
    return table


def _edit_list(items: Document, wanted: list[object]) -> None:
    """Make a list what is wanted, item by item: comments and the form of the others stay."""
    new = {name_of(item): item for item in wanted}
    for place in reversed(range(len(items))):
        own = items[place].unwrap()
        item = new.pop(name_of(own), MISSING)
        if item is MISSING:
            del items[place]
        elif item != own:
            items[place] = item
    for item in new.values():
        items.append(item)
