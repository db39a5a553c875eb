"""The root manifest of a project, brought up to date with the template's: table by table.

What says whose project it is, and what names members of the template, is not compared.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import tomlkit
from packaging.utils import canonicalize_name
from packaging.version import Version
from tomlkit.items import AoT, Array

from ..url import same_repository
from ..version import read_version
from ..workspace.home import TOOLING
from ..workspace.toml import table_of
from ..workspace.workspace import MANIFEST
from .project import Origin, inline
from .tables import MISSING, Difference, Verdict, differences, name_of
from .updating import State

# What `init` writes of a project, and what names members.
IDENTITY = (
    *("name", "version", "description", "readme", "license", "license-files", "authors"),
    *("maintainers", "keywords", "urls", "dependencies"),
)
NOT_COMPARED = (
    *(("project", key) for key in IDENTITY),
    ("tool", "template"),
    ("tool", "release", "index"),
    ("tool", "uv", "workspace"),
)
SOURCES = ("tool", "uv", "sources")
Document = Any  # a document or a table of tomlkit's


@dataclass(frozen=True, kw_only=True, slots=True)
class RootUpdate:
    """The root manifest after an update, and how it stood to the template's.

    Where there are conflicts, `text` has the project's values; `base` and `theirs` are the
    same text with the values that the template had and has.
    """

    state: State
    text: str
    base: str
    theirs: str


def updated_root(here: str, base: str, target: str, origin: Origin) -> RootUpdate:
    """Take into the project's root manifest what the template changed in its own.

    `origin` is the template as it is now: the tooling moves to its tag, where the project
    takes it by git from there.
    """
    own = table_of(MANIFEST, here)
    found = list(differences(_comparable(base), _comparable(target), own))
    taken = [each for each in found if each.verdict is Verdict.TAKE]
    conflicts = [each for each in found if each.verdict is Verdict.CONFLICT]
    text, is_moved = _with_tooling(here, origin)
    text = _with(text, taken)
    verdicts = {each.verdict for each in found} | ({Verdict.TAKE} if is_moved else set())
    return RootUpdate(
        state=_state(verdicts),
        text=text,
        base=_with(text, [replace(each, target=each.base) for each in conflicts]),
        theirs=_with(text, conflicts),
    )


def with_origin(text: str, origin: Origin) -> str:
    """Return a root manifest that records which template it was made from, and at which commit."""
    place = ("tool", "template")
    recorded = {"source": origin.url, "revision": origin.revision}
    values = {(*place, key): value for key, value in recorded.items()}
    if "template" not in table_of(MANIFEST, text).get("tool", {}):
        return _with(text, [Difference(Verdict.TAKE, place, target=recorded)])
    changes = (Difference(Verdict.TAKE, keys, target=value) for keys, value in values.items())
    return _with(text, changes)


def with_tooling_by_git(text: str, origin: Origin) -> str:
    """Return a root manifest that takes the tooling by git, and has no member for it."""
    table = table_of(MANIFEST, text)
    members = table["tool"]["uv"]["workspace"]["members"]
    left = [member for member in members if member != origin.subdirectory]
    document: Document = tomlkit.parse(text)
    _write(document, ("tool", "uv", "workspace", "members"), left)
    document["tool"]["uv"]["sources"][TOOLING] = inline(origin.source)
    return tomlkit.dumps(document)


def _state(verdicts: set[Verdict]) -> State:
    if Verdict.CONFLICT in verdicts:
        return State.CONFLICT
    if Verdict.TAKE in verdicts:
        return State.BOTH if Verdict.KEEP in verdicts else State.BEHIND
    return State.YOURS if Verdict.KEEP in verdicts else State.SAME


def _comparable(text: str) -> dict[str, Any]:
    """Return a template's manifest without what is not compared."""
    table: dict[str, Any] = deepcopy(dict(table_of(MANIFEST, text)))
    for *above, key in NOT_COMPARED:
        _inner(table, above).pop(key, None)
    sources = _inner(table, SOURCES)
    for name in [name for name, source in sources.items() if _is_member(name, source)]:
        del sources[name]
    return table


def _inner(table: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    for key in keys:
        table = table.get(key, {})
    return table


def _is_member(name: str, source: object) -> bool:
    is_here = isinstance(source, Mapping) and source.get("workspace") is True
    return is_here or canonicalize_name(name) == TOOLING


def _with_tooling(text: str, origin: Origin) -> tuple[str, bool]:
    """Move the tooling to the tag that the template has now, never back to an older one."""
    document: Document = tomlkit.parse(text)
    source = document.get("tool", {}).get("uv", {}).get("sources", {}).get(TOOLING, {})
    if not _is_from(source, origin) or ("tag" in source and not _is_newer(source["tag"], origin)):
        return text, False
    wanted = ("tag", origin.tag) if origin.tag else ("rev", origin.revision)
    if source.get(wanted[0]) == wanted[1] or not {"tag", "rev"} & source.keys():
        return text, False
    values = {"tag" if k == "rev" and origin.tag else k: v for k, v in source.unwrap().items()}
    document["tool"]["uv"]["sources"][TOOLING] = inline({**values, wanted[0]: wanted[1]})
    return tomlkit.dumps(document), True


def _is_from(source: Mapping[str, str], origin: Origin) -> bool:
    url = source.get("git", "")
    return bool(url) and (url == origin.url or same_repository(url, origin.url))


def _is_newer(tag: str, origin: Origin) -> bool:
    new, old = (read_version(name.rpartition("/v")[2]) for name in (origin.tag, tag))
    return new is not None and new > (old or Version("0"))


def _with(text: str, changes: Iterable[Difference]) -> str:
    document: Document = tomlkit.parse(text)
    for change in changes:
        _write(document, change.keys, change.target)
    return tomlkit.dumps(document)


def _write(document: Document, keys: tuple[str, ...], value: object) -> None:
    """Set, edit or remove one value; what stands around it stays to the letter."""
    *above, key = keys
    for name in above:
        if name not in document:
            if value is MISSING:
                return
            document[name] = tomlkit.table(is_super_table=name in {"tool", "uv"})
        document = document[name]
    if value is MISSING:
        document.pop(key, None)
    elif isinstance(value, list) and isinstance(document.get(key), Array | AoT):
        _edit_list(document[key], value)
    elif isinstance(value, Mapping) and key not in document:
        document[key] = _apart(value)
    else:
        document[key] = value


def _apart(value: Mapping[str, object]) -> tomlkit.items.Table:
    """Return a new table with an empty line below it."""
    table = tomlkit.table()
    table.update(value)
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
