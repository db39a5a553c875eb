"""`uv.lock`: what it has of each package, and what an update may change.

https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

# The kinds of source that members have: their versions are those of their manifests.
LOCAL = frozenset({"editable", "virtual", "directory"})
PACKAGES, MANIFEST, OUTLINED = "package", "manifest", "dependency-metadata"


def outlined(root: str, lock: str, names: Iterable[str]) -> str:
    """Return a root manifest that says of members what uv would have to build to know.

    What they require is taken from the lock file as it was.
    https://docs.astral.sh/uv/reference/settings/#dependency-metadata
    """
    import tomlkit  # noqa: PLC0415 - 20 ms, and few lock files need it

    document = tomlkit.parse(root)
    uv: Any = document.setdefault("tool", {}).setdefault("uv", {})
    packages = {package["name"]: package for package in _packages(lock)}
    entries = [_outline(name, packages.get(name, {})) for name in names]
    uv[OUTLINED] = [*(table.unwrap() for table in uv.get(OUTLINED, [])), *entries]
    return tomlkit.dumps(document)


def other_changes(updated: str, known: Iterable[str], free: Collection[str]) -> Iterator[str]:
    """Find what an updated lock file has, and none of those that are known has.

    Packages that are `free` may change, and so may the versions of all members.
    """
    trusted = [_entries(text) for text in known]
    for name, entry in _entries(updated).items():
        if name not in free and not any(each.get(name) == entry for each in trusted):
            yield name


def stated_in(lock: str) -> dict[str, tuple[str, ...]]:
    """Return what members require by a lock file, whatever their manifests leave to a build.

    A text that is no lock file says nothing.
    """
    try:
        packages = _packages(lock)
        members = [each for each in packages if LOCAL & each.get("source", {}).keys()]
        return {
            each["name"]: tuple(
                map(_requirement, each.get("metadata", {}).get("requires-dist", []))
            )
            for each in members
        }
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}


@dataclass(frozen=True, slots=True)
class Package:
    """What a lock file has of one name: all its versions, and what they require."""

    versions: tuple[str, ...]
    requires: frozenset[NormalizedName]


Locked = Mapping[NormalizedName, Package]


def locked(lock: str) -> Locked:
    """Return what a lock file has by name; a text that is no lock file has nothing."""
    versions: dict[NormalizedName, set[str]] = {}
    requires: dict[NormalizedName, set[NormalizedName]] = {}
    try:
        packages = _packages(lock)
    except ValueError:
        return {}
    for package in packages:
        name = canonicalize_name(str(package.get("name", "")))
        is_local = bool(LOCAL & package.get("source", {}).keys())
        versions.setdefault(name, set()).add("" if is_local else _version_and_source(package))
        requires.setdefault(name, set()).update(_required(package))
    return {
        name: Package(tuple(sorted(filter(None, versions[name]))), frozenset(requires[name]))
        for name in versions
    }


def pins_of(lock: str, name: NormalizedName, group: str) -> dict[NormalizedName, str]:
    """Return what a lock file has of each requirement of a member's group, as constraints.

    What comes from elsewhere than an index has none.
    """
    packages = [(canonicalize_name(p["name"]), p) for p in _packages(lock)]
    groups = [p.get("dev-dependencies", {}) for each, p in packages if each == name]
    wanted = [entry for table in groups for entry in table.get(group, [])]
    found: dict[NormalizedName, str] = {}
    for entry in wanted:
        required = canonicalize_name(entry["name"])
        versions = {p["version"] for n, p in packages if n == required and _is_of_index(p)}
        version = entry.get("version") or (versions.pop() if len(versions) == 1 else None)
        if version:
            found[required] = f"{required}=={version}"
    return found


def _is_of_index(package: Mapping[str, Any]) -> bool:
    return "registry" in package.get("source", {})


def _version_and_source(package: Mapping[str, Any]) -> str:
    """Return a version; one from git or a URL is told by where it comes from, too."""
    source = package.get("source", {})
    place = source.get("git") or source.get("url") or ""
    return " ".join(filter(None, [str(package.get("version", "")), str(place)]))


def _required(package: Mapping[str, Any]) -> Iterator[NormalizedName]:
    """Return all that a package requires, in extras and groups, too."""
    lists = [package.get("dependencies", [])]
    for key in ("optional-dependencies", "dev-dependencies"):
        lists += package.get(key, {}).values()
    for entries in lists:
        yield from (canonicalize_name(str(entry.get("name", ""))) for entry in entries)


def _entries(lock: str) -> dict[str, object]:
    """Return what a lock file says, by the names of its packages and of its other keys."""
    table = tomllib.loads(lock)
    entries: dict[str, list[object]] = {}
    for package in table.pop(PACKAGES, []):
        if LOCAL & package.get("source", {}).keys():
            package.pop("version", None)
        entries.setdefault(package["name"], []).append(package)
    table.get(MANIFEST, {}).pop(OUTLINED, None)
    if "options" in table:
        table["options"] = _without_today(table["options"])
    return {**entries, **{f"[{key}]": value for key, value in table.items()}}


def _without_today(options: Mapping[str, Any]) -> dict[str, object]:
    """Return options without the time that some versions of uv compute from a number of days.

    https://docs.astral.sh/uv/reference/settings/#exclude-newer
    """
    spans = {name: table for name, table in options.items() if isinstance(table, dict)}
    kept = {name: value for name, value in options.items() if name not in spans}
    if "exclude-newer-span" in kept:
        kept.pop("exclude-newer", None)
    for name, table in spans.items():
        each = table.items()
        kept[name] = {k: v.get("span", v) if isinstance(v, dict) else v for k, v in each}
    return kept


def _packages(lock: str) -> list[Mapping[str, Any]]:
    return list(tomllib.loads(lock).get(PACKAGES, []))


def _outline(name: str, package: Mapping[str, Any]) -> dict[str, object]:
    required = package.get("metadata", {}).get("requires-dist", [])
    return {
        "name": name,
        "version": package.get("version", "0"),
        "requires-dist": [_requirement(each) for each in required],
        "provides-extra": package.get("metadata", {}).get("provides-extras", []),
    }


def _requirement(entry: Mapping[str, Any]) -> str:
    """Return a requirement of the lock file as PEP 508 writes it."""
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    marker = f" ; {entry['marker']}" if entry.get("marker") else ""
    return f"{entry['name']}{extras}{entry.get('specifier', '')}{marker}"
