"""Which members a change concerns: those that it touches, and all who build on them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.utils import NormalizedName

from ..history.history import owner_of
from ..workspace.lockfile import Locked
from ..workspace.workspace import LOCK, MANIFEST, Workspace
from .graph import Graph, closure, reversed_graph, waves

# What concerns everybody: how all members are found, installed and tested.
FOR_ALL = (MANIFEST, "noxfile.py", "uv.toml", ".python-version", "conftest.py")


@dataclass(frozen=True, kw_only=True, slots=True)
class Affected:
    """A member that a change concerns, and why."""

    name: NormalizedName
    path: str
    because: tuple[str, ...]


def affected(
    workspace: Workspace, files: Collection[str], before: Locked, after: Locked
) -> tuple[Affected, ...]:
    """Return the members that a change concerns, in the order of their requirements.

    `files` are all that differ. Nothing is ignored: tests concern their member. `before` and
    `after` are what the lock file had and has: a third party's version reaches those who take it.
    """
    graph = _graph(workspace)
    for_all = [file for file in files if file in FOR_ALL]
    reasons: dict[NormalizedName, list[str]] = {}
    for name in workspace.members:
        reasons[name] = [f"{file} differs, which concerns all" for file in for_all]
    for name, own in _touched(workspace, files).items():
        reasons[name].append(_counted(own))
    for name, words in _by_lock(workspace, before, after):
        reasons[name].append(words)
    direct = {name for name, words in reasons.items() if words}
    _pass_on(reasons, direct, graph)
    order = [name for wave in waves(graph, {}) for name in wave] if not _has_cycle(graph) else []
    names = order or sorted(reasons)
    members = workspace.members
    return tuple(
        Affected(name=n, path=members[n].path, because=tuple(reasons[n]))
        for n in names
        if reasons[n]
    )


def _graph(workspace: Workspace) -> Graph:
    """Return every requirement on a sibling, those of tests among them."""
    return {
        name: {requirement.sibling for requirement in member.requirements}
        for name, member in workspace.members.items()
    }


def _has_cycle(graph: Graph) -> bool:
    return any(name in closure(graph, sibling) for name in graph for sibling in graph[name])


def _touched(workspace: Workspace, files: Iterable[str]) -> dict[NormalizedName, list[str]]:
    """Give each member the files that differ in its folder, or that it takes from elsewhere."""
    owners = {member.path: name for name, member in workspace.members.items()}
    found: dict[NormalizedName, list[str]] = {}
    for file in files:
        owner = owner_of(file, owners)
        is_root = owner is not None and workspace.members[owner].path == "."
        if owner is not None and (not is_root or workspace.members[owner].is_made_of(file)):
            found.setdefault(owner, []).append(file)
        for name, member in workspace.members.items():
            if name != owner and member.content.has_outside(file):
                found.setdefault(name, []).append(file)
    return found


def _counted(files: list[str]) -> str:
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"{files[0]}{more} differ{'s' * (len(files) == 1)}"


def _by_lock(
    workspace: Workspace, before: Locked, after: Locked
) -> Iterator[tuple[NormalizedName, str]]:
    """Find the members that a change of a third party's version reaches."""
    names = before.keys() | after.keys()
    moved = {
        name: (before.get(name), after.get(name))
        for name in names - workspace.members.keys()
        if (before.get(name) and before[name].versions)
        != (after.get(name) and after[name].versions)
    }
    requires: dict[NormalizedName, frozenset[NormalizedName]] = {
        name: package.requires for name, package in after.items()
    }
    for name in workspace.members if moved else ():
        for reached in sorted(closure(requires, name) & moved.keys()):
            old, new = (", ".join(each.versions) if each else "none" for each in moved[reached])
            yield name, f"{reached} {old} -> {new} in {LOCK}"


def _pass_on(
    reasons: Mapping[NormalizedName, list[str]], direct: Iterable[NormalizedName], graph: Graph
) -> None:
    """Let all who require a member that is concerned be concerned, too."""
    dependents = reversed_graph(graph)
    todo, seen = sorted(direct), set(direct)
    while todo:
        name = todo.pop(0)
        for dependent in sorted(dependents.get(name, ())):
            if dependent not in seen:
                seen.add(dependent)
                todo.append(dependent)
                reasons[dependent].append(f"it requires {name}")
