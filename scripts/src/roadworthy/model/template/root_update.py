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

from ..url import same_repository
from ..version import read_version
from ..workspace.home import TOOLING
from ..workspace.toml import table_of
from ..workspace.toml_tables import Document, dumped, on_one_line
from ..workspace.workspace import MANIFEST
from .project import Origin
from .tables import Difference, Verdict, differences
from .toml_writing import written
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
    text = written(text, taken, target)
    verdicts = {each.verdict for each in found} | ({Verdict.TAKE} if is_moved else set())
    return RootUpdate(
        state=_state(verdicts),
        text=text,
        base=written(text, [replace(each, target=each.base) for each in conflicts]),
        theirs=written(text, conflicts),
    )


def with_origin(text: str, origin: Origin) -> str:
    """Return a root manifest that records which template it was made from, and at which commit."""
    place = ("tool", "template")
    recorded = {"source": origin.url, "revision": origin.revision}
    values = {(*place, key): value for key, value in recorded.items()}
    if "template" not in table_of(MANIFEST, text).get("tool", {}):
        return written(text, [Difference(Verdict.TAKE, place, target=recorded)])
    changes = (Difference(Verdict.TAKE, keys, target=value) for keys, value in values.items())
    return written(text, changes)


def with_tooling_by_git(text: str, origin: Origin) -> str:
    """Return a root manifest that takes the tooling by git, and has no member for it."""
    table = table_of(MANIFEST, text)
    members = table["tool"]["uv"]["workspace"]["members"]
    left = [member for member in members if member != origin.subdirectory]
    keys = ("tool", "uv", "workspace", "members")
    document: Document = tomlkit.parse(written(text, [Difference(Verdict.TAKE, keys, target=left)]))
    document["tool"]["uv"]["sources"][TOOLING] = on_one_line(origin.source)
    return dumped(document, text)


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
    document["tool"]["uv"]["sources"][TOOLING] = on_one_line({**values, wanted[0]: wanted[1]})
    return dumped(document, text), True


def _is_from(source: Mapping[str, str], origin: Origin) -> bool:
    url = source.get("git", "")
    return bool(url) and (url == origin.url or same_repository(url, origin.url))


def _is_newer(tag: str, origin: Origin) -> bool:
    new, old = (read_version(name.rpartition("/v")[2]) for name in (origin.tag, tag))
    return new is not None and new > (old or Version("0"))
