"""The order of members: what is required comes first."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter

from packaging.utils import NormalizedName

Graph = Mapping[NormalizedName, AbstractSet[NormalizedName]]


def cycle(graph: Graph) -> tuple[NormalizedName, ...]:
    """Return the members of one cycle, the first again at the end; empty for none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def waves(hard: Graph, soft: Graph) -> tuple[tuple[NormalizedName, ...], ...]:
    """Group the members of `hard`: each wave needs only those before it.

    Soft edges (extras, builds) are honoured where they do not close a cycle.
    """
    sorter = TopologicalSorter(_with_soft_edges(hard, soft))
    sorter.prepare()
    result = []
    while sorter.is_active():
        ready = tuple(sorted(sorter.get_ready()))
        result.append(ready)
        sorter.done(*ready)
    return tuple(result)


def closure(graph: Graph, start: NormalizedName) -> frozenset[NormalizedName]:
    """Return all that can be reached from a member, itself included."""
    seen = {start}
    todo = [start]
    while todo:
        for name in set(graph.get(todo.pop(), ())) - seen:
            seen.add(name)
            todo.append(name)
    return frozenset(seen)


def reversed_graph(graph: Graph) -> Graph:
    """Turn every edge round: from what is required to who requires it."""
    result: dict[NormalizedName, set[NormalizedName]] = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets:
            result.setdefault(target, set()).add(name)
    return result


def _with_soft_edges(hard: Graph, soft: Graph) -> Graph:
    edges = {name: set(targets & hard.keys()) for name, targets in hard.items()}
    wanted = [(name, target) for name in sorted(hard) for target in sorted(soft.get(name, ()))]
    for name, target in wanted:
        if target in edges and name not in closure(edges, target):
            edges[name].add(target)
    return edges


def shares(
    needs: Mapping[NormalizedName, AbstractSet[NormalizedName]], count: int
) -> tuple[tuple[NormalizedName, ...], ...]:
    """Share members out, at most `count` ways, so that no share needs much more than another.

    `needs` is all that each member needs, itself included. One whose needs a share has
    already joins it, since that costs nothing.
    """
    found: list[tuple[list[NormalizedName], set[NormalizedName]]] = []
    found += [([], set()) for _ in range(count)]
    for name in sorted(needs, key=lambda name: (-len(needs[name]), name)):
        free = next((share for share in found if needs[name] <= share[1]), None)
        members, needed = free or min(found, key=lambda share: len(share[1] | needs[name]))
        members.append(name)
        needed |= needs[name]
    return tuple(tuple(sorted(members)) for members, _ in found if members)
