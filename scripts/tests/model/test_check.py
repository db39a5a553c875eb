"""What would make a release wrong is said before it is made, with what to do about it."""

import tomllib
from dataclasses import replace

import pytest

from roadworthy.model.plan.plan import make_plan
from roadworthy.model.problem import Problem

from .builder import Built

EXTRA = '[project.optional-dependencies]\nsweet = ["{}"]\n'
NEVER = '[tool.release]\nnever = ["cake"]\n'
KEEP = '[tool.release]\nfloors = "keep"\n'
SALT = '[project]\nname = "salt"\nversion = "1"\n'


def pair(requirement: str, version: str = "0.1.0") -> Built:
    """Return two members that were released: `cake` requires `sugar` and has changed since."""
    built = Built().member("sugar", version).member("cake", "1.0.0", requirement)
    return built.tag(f"sugar/v{version}", "cake/v1.0.0").touch("cake", "fix: a crumb")


def sugar(version: str = "0.1.0") -> Built:
    """Return one member that has not been released."""
    return Built().member("sugar", version)


def test_a_plan_with_nothing_wrong_has_no_problems() -> None:
    plan = pair("sugar>=0.1.0,<0.2").plan()
    assert (plan.problems, plan.warnings) == ((), ())


@pytest.mark.parametrize(
    ("requirement", "line"),
    [
        ("sugar", "sugar>=0.1.0,<0.2"),
        ("sugar[hot, brown]", "sugar[brown,hot]>=0.1.0,<0.2"),
    ],
)
def test_a_requirement_without_a_range_is_a_problem_with_the_line_to_write(
    requirement: str, line: str
) -> None:
    message = "cake requires sugar without a range"
    hint = f'write "{line}" in [project] dependencies'
    assert pair(requirement).plan().problems == (Problem("range-missing", message, hint, "cake"),)


def test_the_line_to_write_has_the_version_that_is_planned() -> None:
    (problem,) = pair("sugar").touch("sugar", "feat!: another grain").plan().problems
    assert problem.hint == 'write "sugar>=0.2.0,<0.3" in [project] dependencies'


def test_an_extra_needs_a_range_and_a_build_does_not() -> None:
    built = pair("sugar>=0.1.0").member("cake", "1.0.0", more=EXTRA.format("sugar"))
    path = "packages/cake/pyproject.toml"
    built_with = built.member("cake", "1.0.0")
    text = built_with.texts[path].replace('["uv', '["sugar", "uv')
    hints = [each.hint for each in built.plan().problems]
    assert hints == ['write "sugar>=0.1.0,<0.2" in [project.optional-dependencies] sweet']
    assert built_with.text(path, text).plan().problems == ()


def test_a_requirement_by_url_is_a_problem_with_the_line_to_write() -> None:
    plan = pair("sugar[hot] @ git+https://example.org/pantry").plan()
    message = "cake requires sugar by a URL, which no index accepts"
    hint = 'write "sugar[hot]>=0.1.0,<0.2" in [project] dependencies, and a workspace source'
    assert plan.problems == (Problem("requires-by-url", message, hint, "cake"),)


def test_a_range_that_cannot_move_to_the_version_is_a_problem() -> None:
    plan = pair("sugar>=0.1.0,!=0.3.0,<0.4", "0.3.0").plan()
    message = "cake requires `sugar>=0.1.0,!=0.3.0,<0.4`, which 0.3.0 is not in"
    hint = 'write "sugar>=0.3.0,<0.4" in [project] dependencies'
    assert plan.problems == (Problem("range-excludes-sibling", message, hint, "cake"),)


def test_a_requirement_with_quotes_is_quoted_so_that_it_can_be_read_and_pasted() -> None:
    marker = '; python_version < "3.14"'
    escaped = marker.replace('"', '\\"')
    (problem,) = pair(f"sugar>=0.1.0,!=0.3.0,<0.4{escaped}", "0.3.0").plan().problems
    line = f"'sugar>=0.3.0,<0.4{marker}'"
    assert problem == Problem(
        "range-excludes-sibling",
        f"cake requires `sugar>=0.1.0,!=0.3.0,<0.4{marker}`, which 0.3.0 is not in",
        f"write {line} in [project] dependencies",
        "cake",
    )
    assert tomllib.loads(f"line = {line}") == {"line": f"sugar>=0.3.0,<0.4{marker}"}


def test_what_is_wrong_with_a_member_that_is_not_due_is_a_warning() -> None:
    built = Built().member("sugar", "0.1.0").member("cake", "1.0.0", "sugar")
    plan = built.tag("sugar/v0.1.0", "cake/v1.0.0").plan()
    hint = 'write "sugar>=0.1.0,<0.2" in [project] dependencies'
    assert plan.problems == ()
    assert plan.warnings == (
        Problem("range-missing", "cake requires sugar without a range", hint, "cake"),
    )


def test_a_group_may_require_a_sibling_as_it_likes() -> None:
    built = pair("sugar>=0.1.0,<0.2")
    built = built.member("cake", "1.0.0", more='[dependency-groups]\ndev = ["sugar"]\n')
    assert built.plan().problems == ()


def test_a_member_cannot_go_out_without_a_sibling_that_was_never_released() -> None:
    plan = sugar().member("cake", "1.0.0", "sugar>=0.1.0,<0.2").plan("cake")
    message = "cake requires sugar, whose 0.1.0 is not released"
    assert plan.problems == (
        Problem("requires-unreleased", message, "release sugar with it", "cake"),
    )


def ahead() -> Built:
    """Return a pair whose `sugar` says a version that is not released yet."""
    return pair("sugar>=0.1.0,<0.3").member("sugar", "0.2.0")


def test_a_member_cannot_go_out_without_a_sibling_whose_manifest_is_ahead_of_its_tag() -> None:
    message = "cake requires sugar, whose 0.2.0 is not released"
    problem = Problem("requires-unreleased", message, "release sugar with it", "cake")
    assert ahead().plan("cake").problems == (problem,)


@pytest.mark.parametrize("only", [(), ("cake", "sugar")])
def test_a_member_can_go_out_with_a_sibling_whose_manifest_is_ahead(only: tuple[str, ...]) -> None:
    assert ahead().plan(*only).problems == ()


def test_a_member_can_go_out_without_a_sibling_that_has_changed_since_its_release() -> None:
    plan = pair("sugar>=0.1.0,<0.2").touch("sugar", "feat!: another grain").plan("cake")
    assert (plan.problems, plan.warnings) == ((), ())


def test_a_member_can_go_out_without_a_sibling_that_is_released_below_its_highest_tag() -> None:
    assert pair("sugar>=0.1.0,<0.2").tag("sugar/v0.4.0").plan("cake").problems == ()


def with_salt(*requires: str, more: str = "") -> Built:
    """Return a member that is due, beside one that is never released."""
    built = Built().text("packages/salt/pyproject.toml", SALT)
    return built.member("cake", "1.0.0", *requires, more=more)


def test_an_index_could_not_install_what_requires_a_sibling_that_is_never_released() -> None:
    plan = with_salt("salt>=1,<2").page("cake", {}).plan()
    message = "cake requires salt, which is never released"
    hint = "salt: it has no [build-system]"
    assert plan.problems == (Problem("requires-never-released", message, hint, "cake"),)


def test_git_alone_can_install_what_requires_a_sibling_that_is_never_released() -> None:
    plan = with_salt("salt>=1,<2").plan()
    assert (plan.problems, plan.warnings) == ((), ())


def test_an_extra_may_require_a_sibling_that_is_never_released() -> None:
    plan = with_salt(more=EXTRA.format("salt>=1,<2")).page("cake", {}).plan()
    assert (plan.problems, plan.warnings) == ((), ())


def test_a_sibling_that_is_never_released_is_a_warning_of_a_member_that_is_not_due() -> None:
    plan = with_salt("salt>=1,<2").tag("cake/v1.0.0").page("cake", {}).plan()
    message = "cake requires salt, which is never released"
    assert plan.problems == ()
    assert plan.warnings == (
        Problem("requires-never-released", message, "salt: it has no [build-system]", "cake"),
    )


def test_a_member_can_go_out_with_a_sibling_that_was_never_released() -> None:
    assert sugar().member("cake", "1.0.0", "sugar>=0.1.0,<0.2").plan().problems == ()


def test_an_index_that_does_not_answer_is_a_problem_of_a_member_that_is_due() -> None:
    hint = "try again when the index answers"
    problem = Problem(
        "index-unclear", "the index gives no clear answer about sugar: 401", hint, "sugar"
    )
    due = sugar().page("sugar", {}, unknown="401")
    plans = due.plan(), due.tag("sugar/v0.1.0").plan()
    assert [plan.problems for plan in plans] == [(problem,), ()]
    assert [plan.warnings for plan in plans] == [(), (problem,)]


def test_a_version_below_the_highest_on_the_index_is_a_problem() -> None:
    plan = sugar().page("sugar", {"0.0.9": ["a.whl"], "0.3.0": ["a.whl"]}).plan()
    message = "the index has sugar 0.3.0 already, above 0.1.0"
    hint = "give sugar a version above 0.3.0 in its manifest"
    assert plan.problems == (Problem("version-below-index", message, hint, "sugar"),)


def test_a_higher_version_on_the_index_is_no_matter_of_a_member_that_is_not_due() -> None:
    plan = sugar().tag("sugar/v0.1.0").page("sugar", {"0.3.0": ["a.whl"]}).plan()
    assert (plan.problems, plan.warnings) == ((), ())


def test_lower_versions_on_the_index_are_none() -> None:
    assert sugar().page("sugar", {"0.0.9": ["a.whl"]}).plan().problems == ()


def test_a_tag_outside_the_history_is_a_problem() -> None:
    plan = sugar().tag("sugar/v0.1.0", outside=True).plan()
    message = "the tag sugar/v0.1.0 is at e1e1e1e1e1e1, which is not in the history"
    hint = "tags are never moved; the next version that is free: `--version sugar=0.1.1`"
    assert plan.problems == (Problem("tag-elsewhere", message, hint, "sugar"),)


def test_a_branch_with_the_name_of_the_tag_is_a_problem() -> None:
    plan = sugar().branch("sugar/v0.1.0").plan()
    message = "a branch is named sugar/v0.1.0: it wins over the tag in every git URL"
    hint = "rename or delete the branch, here and at the remote"
    assert plan.problems == (Problem("branch-named-as-tag", message, hint, "sugar"),)


def test_branches_with_other_names_are_none() -> None:
    assert sugar().branch("main").branch("sugar/v0.2.0").plan().problems == ()


def test_all_problems_are_shown_together() -> None:
    built = pair("sugar").branch("cake/v1.0.1").page("cake", {}, unknown="a time-out")
    assert [problem.message for problem in built.plan().problems] == [
        "cake requires sugar without a range",
        "a branch is named cake/v1.0.1: it wins over the tag in every git URL",
        "the index gives no clear answer about cake: a time-out",
    ]


@pytest.mark.parametrize(("count", "said"), [(3, 3), (4, 1), (40, 1)])
def test_ranges_that_are_missing_everywhere_are_one_problem(count: int, said: int) -> None:
    built = sugar()
    names = [f"cake{number}" for number in range(count)]
    for name in names:
        built = built.member(name, "1.0.0", "sugar")
    problems = built.plan().problems
    assert ([p.code for p in problems], len(built.plan().proposals)) == (
        ["range-missing"] * said,
        count,
    )
    if said == 1:
        assert problems[0].message == (
            f"{count} requirements on siblings have no range, in {count} members: "
            + ", ".join(sorted(names))
        )
        assert "--fix" in problems[0].hint


def test_an_extra_beside_a_range_needs_no_range_of_its_own() -> None:
    extra = EXTRA.format("sugar[brown]")
    built = pair("sugar>=0.1.0,<0.2").member("cake", "1.0.0", "sugar>=0.1.0,<0.2", more=extra)
    assert built.plan().problems == ()


def test_a_member_that_is_named_as_never_released_stops_nobody() -> None:
    built = pair("sugar")
    never = built.text("pyproject.toml", f"{built.texts['pyproject.toml']}{NEVER}")
    assert (never.plan().problems, [r.name for r in never.plan().releases]) == ((), [])


def test_a_floor_moves_with_a_sibling_of_the_same_plan_and_not_otherwise() -> None:
    alone = pair("sugar>=0.0.9,<0.2").plan()
    together = pair("sugar>=0.0.9,<0.2").touch("sugar", "fix: a grain").plan()
    assert [alone.rewrites, together.rewrites] == [
        {},
        {"cake": {"sugar>=0.0.9,<0.2": "sugar>=0.1.1,<0.2"}},
    ]


def test_floors_that_are_kept_stay_where_the_range_holds() -> None:
    built = pair("sugar>=0.0.9,<0.2").touch("sugar", "fix: a grain")
    kept = built.text("pyproject.toml", f"{built.texts['pyproject.toml']}{KEEP}")
    left = kept.touch("sugar", "feat!: other grains")
    assert [kept.plan().rewrites, left.plan().rewrites] == [
        {},
        {"cake": {"sugar>=0.0.9,<0.2": "sugar>=0.2.0,<0.3"}},
    ]


def test_a_sibling_whose_version_is_its_tag_is_released_by_it() -> None:
    dynamic = '[tool.hatch.version]\nsource = "vcs"\n'
    built = pair("sugar>=0.1.0,<0.2")
    path = "packages/sugar/pyproject.toml"
    text = built.texts[path].replace('version = "0.1.0"', 'dynamic = ["version"]')
    assert built.text(path, text + dynamic).plan().problems == ()


SOURCE = "[tool.uv.sources]\nsugar = { workspace = true }\n"


@pytest.mark.parametrize(("source", "codes"), [(SOURCE, ["build-requires-sibling"]), ("", [])])
def test_a_build_that_needs_the_workspace_goes_to_no_index(source: str, codes: list[str]) -> None:
    built = pair("sugar>=0.1.0,<0.2").member("cake", "1.0.0", more=source)
    path = "packages/cake/pyproject.toml"
    built = built.text(path, built.texts[path].replace('["uv', '["sugar>=0.1.0", "uv'))
    facts = replace(built.facts(), index="shelf")
    assert [p.code for p in make_plan(facts).problems] == codes
    assert make_plan(built.facts()).problems == ()
