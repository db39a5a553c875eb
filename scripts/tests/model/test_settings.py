"""`[tool.release]` has a default for every key, and takes no key that it does not know."""

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.history.tag import TagFormat
from roadworthy.model.problem import Problem, UsageFailure
from roadworthy.model.version import Level
from roadworthy.model.workspace.setting_values import (
    Cascade,
    FeatureBefore1,
    Floors,
    Proof,
    Versioning,
)
from roadworthy.model.workspace.settings import DEFAULT_IGNORE, Settings

JAM, SUGAR = NormalizedName("jam"), NormalizedName("sugar")


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
        "versioning": "independent",
        "cascade": "same",
        "fixed": [["Jam", "sugar"]],
        "require-notes": True,
        "branch-lines": {"1.x": "<2"},
        "max-bump": {"1.x": "patch"},
        "read-tag-formats": ["{name}@{version}"],
        "tag-names": {"Jam": "marmalade"},
        "ignore-types": ["Chore"],
        "floors": "keep",
        "feature-before-1": "minor",
        "never": ["Sugar"],
        "withdrawn": ["jam==1.0.1"],
        "prove": ["wheel"],
    }
    assert Settings.read(table) == Settings(
        branch=("main", "1.x"),
        remote="upstream",
        repository="https://example.org/pantry",
        index="pypi",
        tag_format=TagFormat("{name}-v{version}"),
        ignore=("**/docs/**",),
        versioning=Versioning.INDEPENDENT,
        cascade=Cascade.SAME,
        fixed=((JAM, SUGAR),),
        require_notes=True,
        branch_lines={"1.x": SpecifierSet("<2")},
        max_bump={"1.x": Level.PATCH},
        read_tag_formats=(TagFormat("{name}@{version}", is_only_read=True),),
        tag_names={JAM: "marmalade"},
        ignore_types=("chore",),
        floors=Floors.KEEP,
        feature_before_1=FeatureBefore1.MINOR,
        never=(SUGAR,),
        withdrawn=((JAM, Version("1.0.1")),),
        prove=(Proof.WHEEL,),
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
    hint = (
        "the keys are branch, branch-lines, cascade, feature-before-1, fixed, floors, ignore, "
        "ignore-types, index, max-bump, never, prove, read-tag-formats, remote, repository, "
        "require-notes, tag-format, tag-names, versioning, withdrawn"
    )
    assert refused.value.problems == (
        Problem("settings-key", "[tool.release] has an unknown key `Index`", hint),
        Problem("settings-key", "[tool.release] has an unknown key `tags`", hint),
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
        ("versioning", "together", '"independent" or "lockstep"'),
        ("cascade", 1, '"patch" or "same" or "none"'),
        ("fixed", "jam", "a list of lists of members"),
        ("fixed", ["jam"], "a list of strings"),
        ("require-notes", "yes", "true or false"),
        ("branch-lines", {"main": "two"}, 'a table of ranges such as { "1.x" = "<2" }'),
        (
            "max-bump",
            {"main": "huge"},
            'a table such as { "1.x" = "patch" }, with patch, minor, major',
        ),
        ("read-tag-formats", "v{version}", "a list of strings"),
        ("tag-names", ["jam"], 'a table such as { acme-core = "core" }'),
        ("ignore-types", "chore", "a list of strings"),
        ("floors", "sink", '"move" or "keep"'),
        ("feature-before-1", "major", '"patch" or "minor"'),
        ("never", "jam", "a list of strings"),
        ("prove", ["all"], "a list of wheel, floor, dependents"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_the_right_one(
    key: str, value: object, expected: str
) -> None:
    with pytest.raises(UsageFailure) as refused:
        Settings.read({key: value})
    shown = "jam" if (key, value) == ("fixed", ["jam"]) else value
    message = f"[tool.release] `{key}` is {shown!r}"
    assert refused.value.problems == (Problem("settings-value", message, f"it takes {expected}"),)


def test_in_lockstep_all_members_have_one_tag() -> None:
    settings = Settings.read({"versioning": "lockstep"})
    assert settings == Settings(versioning=Versioning.LOCKSTEP, tag_format=TagFormat("v{version}"))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"tag-format": "v{version}"}, "tag-format `v{version}` does not name a member"),
        (
            {"versioning": "lockstep", "tag-format": "{name}/v{version}"},
            "tag-format `{name}/v{version}` names a member, and all have one tag",
        ),
        ({"fixed": [["jam", "sugar"], ["sugar"]]}, "`fixed` has sugar in two groups"),
        ({"versioning": "lockstep", "fixed": [["jam"]]}, "`fixed` has jam in two groups"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    table: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageFailure) as refused:
        Settings.read(table)
    assert [p.message for p in refused.value.problems] == [f"[tool.release] {message}"]
