"""Commits belong to the members whose files they touch, and lie behind tags or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from roadworthy.model.history.change import Commit
from roadworthy.model.history.history import Behind, commits_of_members, without_reverted
from roadworthy.model.workspace.settings import DEFAULT_IGNORE
from roadworthy.model.workspace.workspace import Member


def commit(message: str, *files: str, number: str = "c1", after: tuple[str, ...] = ()) -> Commit:
    return Commit(hash=number, parents=after, message=message, files=files)


def members(**paths: str) -> list[Member]:
    return [Member(name=NormalizedName(n), path=p, version=None) for n, p in paths.items()]


def owners(*files: str, ignore: tuple[str, ...] = DEFAULT_IGNORE) -> list[str]:
    """Return the members that a commit of these files belongs to."""
    pantry = members(root=".", sugar="packages/sugar", icing="packages/sugar/icing")
    found = commits_of_members([commit("fix: it", *files)], pantry, ignore)
    return [name for name, commits in found.items() if commits]


def test_a_file_belongs_to_the_nearest_member_above_it() -> None:
    files = ["packages/sugar/src/s.py", "packages/sugar/icing/i.py", "packages/salt.py", "noxfile"]
    assert [owners(file) for file in files] == [["sugar"], ["icing"], ["root"], ["root"]]


def test_a_folder_whose_name_only_begins_alike_is_no_part_of_a_member() -> None:
    assert owners("packages/sugar-free/s.py") == ["root"]


def test_one_commit_can_belong_to_several_members() -> None:
    assert owners("packages/sugar/s.py", "packages/sugar/icing/i.py") == ["sugar", "icing"]


def test_a_commit_without_files_belongs_to_nobody() -> None:
    assert owners() == []


@pytest.mark.parametrize(
    "file",
    [
        "packages/sugar/tests/test_s.py",
        "packages/sugar/tests/data/deep/s.txt",
        "packages/sugar/src/sugar/test/s.py",
        "packages/sugar/changes/lid.feature.md",
        "packages/sugar/CHANGELOG.md",
        "tests/test_all.py",
    ],
)
def test_tests_and_changelogs_cause_no_release(file: str) -> None:
    assert owners(file) == []


@pytest.mark.parametrize("file", ["src/tests.py", "src/testing/s.py", "src/contests/s.py"])
def test_a_file_that_is_only_named_like_a_test_counts(file: str) -> None:
    assert owners(f"packages/sugar/{file}") == ["sugar"]


def test_an_ignored_file_does_not_hide_the_others_of_its_commit() -> None:
    assert owners("packages/sugar/tests/t.py", "packages/sugar/s.py") == ["sugar"]


def test_what_is_ignored_can_be_chosen() -> None:
    files = ("packages/sugar/docs/deep/s.md", "packages/sugar/tests/t.py")
    assert [owners(file, ignore=("**/docs/**",)) for file in files] == [[], ["sugar"]]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("src/**", [[], ["sugar"], ["sugar"], ["sugar"]]),
        ("packages/*/docs/**", [["root"], [], [], ["sugar"]]),
        ("packages/sugar/docs/**", [["root"], [], [], ["sugar"]]),
        ("**/docs/**", [["root"], [], [], ["sugar"]]),
        ("packages/sugar/src/docs.py", [["root"], ["sugar"], ["sugar"], []]),
    ],
)
def test_what_is_ignored_is_named_from_the_root(pattern: str, found: list[list[str]]) -> None:
    inside = [f"packages/sugar/{file}" for file in ("docs/s.md", "docs/deep/s.md", "src/docs.py")]
    assert [owners(file, ignore=(pattern,)) for file in ["src/root.py", *inside]] == found


def test_a_member_has_its_commits_in_the_order_of_the_history() -> None:
    history = [commit(f"fix: {n}", "packages/sugar/s.py", number=n) for n in ("c3", "c1", "c2")]
    found = commits_of_members(history, members(sugar="packages/sugar"), ())
    assert found == {"sugar": tuple(history)}


def moved(number: str, new: str, old: str) -> Commit:
    moves = {f"{new}/pyproject.toml": f"{old}/pyproject.toml"}
    files = (*moves, *moves.values())
    return Commit(hash=number, parents=(), message="Move it", files=files, moves=moves)


def test_a_member_whose_folder_was_moved_keeps_what_touched_it_before() -> None:
    history = [
        commit("fix: third", "packages/sugar/s.py", number="c4"),
        moved("c3", "packages/sugar", "libs/sugar"),
        commit("fix: second", "libs/sugar/s.py", number="c2"),
        moved("c1", "libs/sugar", "sugar"),
        commit("fix: first", "sugar/s.py", number="c0"),
    ]
    found = commits_of_members(history, members(sugar="packages/sugar"), ())
    assert found == {"sugar": tuple(history)}


def test_a_member_that_took_the_folder_of_another_has_nothing_of_its_past() -> None:
    history = [
        commit("feat: new", "packages/salt/s.py", number="c2"),
        moved("c1", "packages/sugar", "packages/salt"),
        commit("fix: old", "packages/salt/s.py", number="c0"),
    ]
    both = members(sugar="packages/sugar", salt="packages/salt")
    found = commits_of_members(history, both, ())
    assert {name: [c.hash for c in own] for name, own in found.items()} == {
        "sugar": ["c1", "c0"],
        "salt": ["c2"],
    }


def test_a_tag_has_both_sides_of_a_merge_behind_it() -> None:
    history = [
        commit("Aside", number="x", after=("b1",)),
        commit("Merge", number="m", after=("a2", "b1")),
        commit("A2", number="a2", after=("a1",)),
        commit("A1", number="a1", after=("old",)),
        commit("B1", number="b1", after=("old",)),
    ]
    behind = Behind(history, ["m", "a1"])
    assert {end: [c.hash for c in history if behind(c, end)] for end in ("m", "a1")} == {
        "m": ["m", "a2", "a1", "b1"],
        "a1": ["a1"],
    }


def reachable(parents: dict[str, tuple[str, ...]], start: str) -> set[str]:
    return {start}.union(*(reachable(parents, parent) for parent in parents[start]))


@given(st.lists(st.lists(st.integers(0, 7), max_size=2), min_size=1, max_size=8))
def test_what_is_behind_an_end_is_what_can_be_reached_from_it(links: list[list[int]]) -> None:
    parents = {
        str(n): tuple({str(other % n) for other in own} if n else ()) for n, own in enumerate(links)
    }
    history = [commit("fix: it", number=n, after=parents[n]) for n in reversed(parents)]
    behind = Behind(history, parents)
    for end in parents:
        assert {c.hash for c in history if behind(c, end)} == reachable(parents, end)


def revert(number: str, *hashes: str) -> Commit:
    lines = "\n".join(f"This reverts commit {each}." for each in hashes)
    return commit(f"Revert it\n\n{lines}", number=number)


A, B, C, D = "aaaaaaa", "bbbbbbb", "ccccccc", "ddddddd"


@pytest.mark.parametrize(
    ("history", "left"),
    [
        ([revert(B, A), commit("feat!: a", number=A)], []),
        ([revert(C, B), revert(B, A), commit("feat!: a", number=A)], [A]),
        ([revert(B, "e" * 7), commit("feat!: a", number=A)], [B, A]),
        ([revert(B, A, "e" * 7), commit("feat!: a", number=A)], [B, A]),
        (
            [
                revert(D, A, B),
                commit("fix: c", number=C),
                commit("b", number=B),
                commit("a", number=A),
            ],
            [C],
        ),
    ],
)
def test_what_was_taken_back_does_not_count(history: list[Commit], left: list[str]) -> None:
    assert [c.hash for c in without_reverted(history)] == left
