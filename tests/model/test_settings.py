"""`[tool.release]` has a default for every key, and takes no key that it does not know."""

import pytest

from scripts.model.problem import Problem, UsageFailure
from scripts.model.settings import DEFAULT_IGNORE, Settings
from scripts.model.tag import TagFormat


def test_an_empty_table_releases_from_main_at_origin_by_git_alone() -> None:
    assert Settings.read({}) == Settings(
        branch=("main",),
        remote="origin",
        repository="",
        index="",
        tag_format=TagFormat("{name}/v{version}"),
        ignore=DEFAULT_IGNORE,
    )


def test_every_key_is_read() -> None:
    table = {
        "branch": ["main", "1.x"],
        "remote": "upstream",
        "repository": "https://example.org/pantry",
        "index": "pypi",
        "tag-format": "{name}-v{version}",
        "ignore": ["**/docs/**"],
    }
    assert Settings.read(table) == Settings(
        branch=("main", "1.x"),
        remote="upstream",
        repository="https://example.org/pantry",
        index="pypi",
        tag_format=TagFormat("{name}-v{version}"),
        ignore=("**/docs/**",),
    )


def test_a_branch_may_be_one_name() -> None:
    assert Settings.read({"branch": "trunk"}) == Settings(branch=("trunk",))


def test_nothing_need_be_ignored() -> None:
    assert Settings.read({"ignore": []}) == Settings(ignore=())


def test_an_unknown_key_is_refused_by_its_name() -> None:
    with pytest.raises(UsageFailure) as refused:
        Settings.read({"tag_format": "{name}/{version}"})
    (problem,) = refused.value.problems
    assert problem.message == "[tool.release] has an unknown key `tag_format`"
    assert "tag-format" in problem.hint


def test_every_unknown_key_is_named() -> None:
    with pytest.raises(UsageFailure) as refused:
        Settings.read({"tags": "x", "branch": "main", "Index": "pypi"})
    hint = "the keys are branch, ignore, index, remote, repository, tag-format"
    assert refused.value.problems == (
        Problem("[tool.release] has an unknown key `Index`", hint),
        Problem("[tool.release] has an unknown key `tags`", hint),
    )


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("branch", 3, "a list of strings"),
        ("branch", ["main", 3], "a list of strings"),
        ("branch", [], "a list of strings"),
        ("branch", [""], "a list of strings"),
        ("ignore", "docs/**", "a list of strings"),
        ("ignore", [""], "a list of strings"),
        ("remote", "", "a string"),
        ("remote", ["origin"], "a string"),
        ("index", False, "a string"),
        ("tag-format", 1, "a string"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_the_right_one(
    key: str, value: object, expected: str
) -> None:
    with pytest.raises(UsageFailure) as refused:
        Settings.read({key: value})
    message = f"[tool.release] `{key}` is {value!r}"
    assert refused.value.problems == (Problem(message, f"it takes {expected}"),)
