"""Commits say what they change, and belong to the members whose files they touch."""

import pytest
from packaging.utils import NormalizedName

from scripts.model.change import Commit, ancestors, commits_of_members
from scripts.model.settings import DEFAULT_IGNORE
from scripts.model.version import Level
from scripts.model.workspace import Member


def commit(message: str, *files: str, number: str = "c1", after: tuple[str, ...] = ()) -> Commit:
    return Commit(hash=number, parents=after, message=message, files=files)


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("fix: a hole", Level.PATCH),
        ("feat: a lid", Level.MINOR),
        ("feat(jar): a lid", Level.MINOR),
        ("Feat: a lid", Level.MINOR),
        ("feat!: another lid", Level.MAJOR),
        ("fix(jar)!: another thread", Level.MAJOR),
        ("fix: a thread\n\nBREAKING CHANGE: old lids do not fit", Level.MAJOR),
        ("fix: a thread\n\nBREAKING-CHANGE: old lids do not fit", Level.MAJOR),
        ("Fit a lid\n\nBREAKING CHANGE: old lids do not fit", Level.MAJOR),
        ("fix: a thread\n\nnot a BREAKING CHANGE: old lids fit", Level.PATCH),
        ("docs: a label", Level.PATCH),
        ("Fit a lid", Level.PATCH),
        ("feature: a lid", Level.PATCH),
        ("feat a lid", Level.PATCH),
        ("Merge feat: a lid", Level.PATCH),
        ("", Level.PATCH),
    ],
)
def test_a_message_says_how_much_it_changes(message: str, level: Level) -> None:
    assert commit(message).level is level


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("feat(jar)!: a new lid\n\nIt fits.", "a new lid"),
        ("fix: jars: close them", "jars: close them"),
        ("Fit a lid", "Fit a lid"),
    ],
)
def test_people_read_the_subject_without_its_type(message: str, text: str) -> None:
    assert commit(message).text == text


def test_only_a_release_commit_says_nothing_new() -> None:
    messages = ["release: sugar 0.2.0", "fix: release: sugar", "released: sugar"]
    assert [commit(message).is_release for message in messages] == [True, False, False]


@pytest.mark.parametrize(
    ("files", "is_release"),
    [
        (("packages/sugar/pyproject.toml", "packages/sugar/CHANGELOG.md", "uv.lock"), True),
        (("pyproject.toml",), True),
        (("packages/sugar/src/sugar.py",), False),
        (("packages/sugar/pyproject.toml", "packages/sugar/src/sugar.py"), False),
        (("packages/sugar/src/pyproject.toml.py",), False),
    ],
)
def test_a_release_commit_touches_no_code(files: tuple[str, ...], *, is_release: bool) -> None:
    assert commit("release: sugar 0.2.0", *files).is_release is is_release


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
        ("docs/**", [[], ["sugar"], ["sugar"], ["sugar"]]),
        ("packages/*/docs/**", [["root"], [], [], ["sugar"]]),
        ("packages/sugar/docs/**", [["root"], [], [], ["sugar"]]),
        ("**/docs/**", [[], [], [], ["sugar"]]),
        ("packages/sugar/src/docs.py", [["root"], ["sugar"], ["sugar"], []]),
    ],
)
def test_what_is_ignored_is_named_from_the_root(pattern: str, found: list[list[str]]) -> None:
    inside = [f"packages/sugar/{file}" for file in ("docs/s.md", "docs/deep/s.md", "src/docs.py")]
    assert [owners(file, ignore=(pattern,)) for file in ["docs/s.md", *inside]] == found


def test_a_member_has_its_commits_in_the_order_of_the_history() -> None:
    history = [commit(f"fix: {n}", "packages/sugar/s.py", number=n) for n in ("c3", "c1", "c2")]
    found = commits_of_members(history, members(sugar="packages/sugar"), ())
    assert found == {"sugar": tuple(history)}


def test_a_merge_builds_on_both_of_its_sides() -> None:
    history = [
        commit("Merge", number="m", after=("a2", "b1")),
        commit("A2", number="a2", after=("a1",)),
        commit("A1", number="a1", after=("old",)),
        commit("B1", number="b1", after=("old",)),
        commit("Aside", number="x", after=("b1",)),
    ]
    assert ancestors(history, "m") == {"m", "a2", "a1", "b1", "old"}
