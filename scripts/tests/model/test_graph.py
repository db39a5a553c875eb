"""What is required comes first, and what requires itself is found."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from roadworthy.model.plan.graph import Graph, closure, cycle, reversed_graph, shares, waves

LETTERS = [NormalizedName(letter) for letter in "abcdefgh"]


def graph(**edges: str) -> Graph:
    return {NormalizedName(n): {NormalizedName(t) for t in targets} for n, targets in edges.items()}


def acyclic(order: list[NormalizedName], chosen: list[set[NormalizedName]]) -> Graph:
    """Keep the edges that lead to members that come before."""
    return {
        name: targets & set(order[:place])
        for place, (name, targets) in enumerate(zip(order, chosen, strict=True))
    }


TARGETS = st.lists(st.sets(st.sampled_from(LETTERS)), min_size=8, max_size=8)
ORDERS = st.permutations(LETTERS)
DAGS = st.builds(acyclic, ORDERS, TARGETS)
GRAPHS = st.builds(lambda chosen: dict(zip(LETTERS, chosen, strict=True)), TARGETS)


@given(DAGS, GRAPHS)
def test_every_member_is_in_one_wave(hard: Graph, soft: Graph) -> None:
    assert sorted(name for wave in waves(hard, soft) for name in wave) == LETTERS


@given(DAGS, GRAPHS)
def test_what_a_member_requires_is_in_an_earlier_wave(hard: Graph, soft: Graph) -> None:
    place = {name: number for number, wave in enumerate(waves(hard, soft)) for name in wave}
    late = [(n, t) for n, targets in hard.items() for t in targets if place[t] >= place[n]]
    assert late == []


@given(ORDERS, TARGETS, TARGETS)
def test_soft_edges_that_close_no_cycle_are_honoured_too(
    order: list[NormalizedName], first: list[set[NormalizedName]], second: list[set[NormalizedName]]
) -> None:
    hard, soft = acyclic(order, first), acyclic(order, second)
    place = {name: number for number, wave in enumerate(waves(hard, soft)) for name in wave}
    late = [(n, t) for n, targets in soft.items() for t in targets if place[t] >= place[n]]
    assert late == []


def test_members_that_wait_for_nothing_go_together() -> None:
    found = waves(graph(a="", b="a", c="a", d="bc", e=""), {})
    assert found == (("a", "e"), ("b", "c"), ("d",))


def test_a_soft_edge_that_would_close_a_cycle_is_dropped() -> None:
    assert waves(graph(a="", b="a"), graph(a="b")) == (("a",), ("b",))


@given(GRAPHS)
def test_a_cycle_that_is_found_is_one(edges: Graph) -> None:
    found = cycle(edges)
    assert found[:1] == found[-1:]
    assert [(n, t) for n, t in pairwise(found) if t not in edges[n]] == []


@given(GRAPHS)
def test_a_cycle_is_found_where_a_member_reaches_itself(edges: Graph) -> None:
    reaches_itself = [n for n in edges if any(n in closure(edges, target) for target in edges[n])]
    assert bool(cycle(edges)) is bool(reaches_itself)


@given(DAGS)
def test_where_there_is_no_cycle_none_is_found(edges: Graph) -> None:
    assert cycle(edges) == ()


def test_a_closure_has_the_member_and_all_that_it_leads_to() -> None:
    edges = graph(a="b", b="cd", c="", d="a", e="a")
    assert closure(edges, NormalizedName("a")) == set("abcd")


@given(GRAPHS)
def test_turning_a_graph_round_twice_gives_it_back(edges: Graph) -> None:
    assert reversed_graph(reversed_graph(edges)) == edges


def test_a_graph_turned_round_leads_to_who_requires() -> None:
    assert reversed_graph(graph(a="", b="a", c="ab")) == graph(a="bc", b="c", c="")


def test_members_are_shared_out_by_what_they_need() -> None:
    a, b, c, d = (NormalizedName(name) for name in "abcd")
    needs = {a: {a}, b: {a, b}, c: {c}, d: {c, d}}
    assert shares(needs, 2) == ((a, b), (c, d))
    assert shares(needs, 1) == ((a, b, c, d),)
    assert shares({a: {a}}, 3) == ((a,),)
    assert shares({}, 2) == ()


@given(GRAPHS, st.integers(1, 5))
def test_every_member_is_in_one_share(found: Graph, count: int) -> None:
    needs = {name: {name, *others} for name, others in found.items()}
    shared = shares(needs, count)
    assert sorted(name for share in shared for name in share) == sorted(needs)
    assert len(shared) <= count
