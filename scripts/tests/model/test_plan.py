"""A plan says what is released, to which version and why, from the facts alone."""

from dataclasses import replace

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.history.tag import Tag
from roadworthy.model.plan.plan import Plan, Release, Unchanged, make_plan
from roadworthy.model.problem import Problem, UsageFailure
from roadworthy.model.version import Level

from .builder import BUILD, ROOT, Built, manifest

SUGAR, CAKE = NormalizedName("sugar"), NormalizedName("cake")
WHOLE = ("sugar-py3-none-any.whl", "sugar.tar.gz")
SWEET = '[project.optional-dependencies]\nsweet = ["sugar>=0.1.0,<0.2"]\n'
DEV = '[dependency-groups]\ndev = ["sugar>=0.1.0,<0.2"]\n'


def pair(requirement: str = "sugar>=0.1.0,<0.2", version: str = "0.1.0") -> Built:
    """Return two members that were released: `cake` requires `sugar`."""
    built = Built().member("sugar", version).member("cake", "1.0.0", requirement)
    return built.tag(f"sugar/v{version}", "cake/v1.0.0")


def sugar(version: str = "0.1.0") -> Built:
    """Return one member that was released at 0.1.0, whatever its manifest says now."""
    return Built().member("sugar", version).tag("sugar/v0.1.0")


def planned(plan: Plan) -> list[str]:
    """Return what is released, in order."""
    return [f"{release.name} {release.planned_version}" for release in plan.releases]


def reasons(plan: Plan, name: str) -> tuple[str, ...]:
    release = plan.release_of(name)
    return release.reasons if release else ()


def rewrites(plan: Plan) -> dict[str, list[str]]:
    """Return the new texts of the requirements that move, by member."""
    return {name: list(moved.values()) for name, moved in plan.rewrites.items()}


def test_a_member_that_was_never_released_goes_out_at_the_version_it_has() -> None:
    built = Built().member("sugar", "0.1.0").touch("sugar", "feat!: everything")
    assert built.plan().releases == (
        Release(
            name=SUGAR,
            path="packages/sugar",
            initial_version=Version("0.1.0"),
            planned_version=Version("0.1.0"),
            prior_tag=None,
            planned_tag="sugar/v0.1.0",
            bump=Level.NONE,
            reasons=(
                "it was never released: this is its first release, at the version in its manifest",
            ),
            wave=1,
            requirements={},
        ),
    )


def test_a_change_releases_a_member_from_its_prior_tag_to_the_next() -> None:
    built = sugar().touch("sugar", "feat!: another grain")
    assert built.plan().releases == (
        Release(
            name=SUGAR,
            path="packages/sugar",
            initial_version=Version("0.1.0"),
            planned_version=Version("0.2.0"),
            prior_tag="sugar/v0.1.0",
            planned_tag="sugar/v0.2.0",
            bump=Level.MAJOR,
            reasons=("feat!: another grain",),
            wave=1,
            requirements={},
            entries=((Level.MAJOR, "another grain (c1)"),),
        ),
    )


@pytest.mark.parametrize(
    ("message", "version"),
    [("fix: a lump", "1.2.4"), ("feat: a grain", "1.3.0"), ("feat!: no lumps", "2.0.0")],
)
def test_the_kind_of_change_decides_the_version(message: str, version: str) -> None:
    built = Built().member("sugar", "1.2.3").tag("sugar/v1.2.3").touch("sugar", message)
    assert planned(built.plan()) == [f"sugar {version}"]


@pytest.mark.parametrize(
    ("message", "version"),
    [("fix: a lump", "0.1.1"), ("feat: a grain", "0.1.1"), ("feat!: no lumps", "0.2.0")],
)
def test_a_breaking_change_before_1_0_moves_the_minor(message: str, version: str) -> None:
    assert planned(sugar().touch("sugar", message).plan()) == [f"sugar {version}"]


def test_the_greatest_of_several_changes_counts() -> None:
    built = sugar().touch("sugar", "fix: a").touch("sugar", "fix!: b").touch("sugar", "feat: c")
    assert planned(built.plan()) == ["sugar 0.2.0"]
    assert reasons(built.plan(), "sugar") == ("feat: c", "fix!: b", "fix: a")


def test_only_changes_since_the_prior_tag_count() -> None:
    built = Built().member("sugar", "0.1.0").touch("sugar", "feat!: old").tag("sugar/v0.1.0")
    assert planned(built.touch("sugar", "fix: new").plan()) == ["sugar 0.1.1"]


def test_a_member_without_changes_is_left_alone() -> None:
    plan = pair().commit("docs: the kitchen", "README.md").plan()
    assert plan.releases == ()
    assert plan.unchanged == (
        Unchanged(name=CAKE, version=Version("1.0.0"), why="unchanged since cake/v1.0.0"),
        Unchanged(name=SUGAR, version=Version("0.1.0"), why="unchanged since sugar/v0.1.0"),
    )


def test_ignored_files_release_nothing() -> None:
    built = sugar().commit("feat: tests", "packages/sugar/tests/test_sugar.py")
    assert planned(built.commit("docs: log", "packages/sugar/CHANGELOG.md").plan()) == []


def test_a_manifest_ahead_of_its_tag_goes_out_at_what_it_says() -> None:
    plan = sugar("0.3.0").plan()
    assert planned(plan) == ["sugar 0.3.0"]
    assert reasons(plan, "sugar") == ("its manifest says 0.3.0, which has no tag",)


@pytest.mark.parametrize(
    ("version", "message", "goes_out_at"),
    [("0.3.0", "feat!: grain", "0.3.0"), ("0.1.1", "feat!: grain", "0.2.0")],
)
def test_the_higher_of_manifest_and_changes_counts(
    version: str, message: str, goes_out_at: str
) -> None:
    assert planned(sugar(version).touch("sugar", message).plan()) == [f"sugar {goes_out_at}"]


def test_a_manifest_behind_its_tag_is_raised_from_the_tag() -> None:
    built = Built().member("sugar", "0.1.0").tag("sugar/v0.1.0", "sugar/v0.4.0")
    assert planned(built.touch("sugar", "fix: a lump").plan()) == ["sugar 0.4.1"]


@pytest.mark.parametrize("only", [(), ("sugar",)])
def test_a_manifest_behind_its_tag_whose_own_version_is_tagged_is_not_due(
    only: tuple[str, ...],
) -> None:
    plan = Built().member("sugar", "0.1.0").tag("sugar/v0.1.0", "sugar/v0.4.0").plan(*only)
    why = "unchanged since sugar/v0.4.0"
    assert plan.releases == ()
    assert plan.unchanged == (Unchanged(name=SUGAR, version=Version("0.1.0"), why=why),)


@pytest.mark.parametrize(
    ("version", "bump"),
    [("0.1.1", Level.PATCH), ("0.2.0", Level.MINOR), ("1.0.0", Level.MAJOR)],
)
def test_where_no_commit_tells_a_level_it_is_that_of_the_step(version: str, bump: Level) -> None:
    (release,) = sugar(version).plan().releases
    assert (release.bump, release.entries) == (bump, ())


def test_a_level_that_a_commit_tells_is_the_bump_whatever_the_step() -> None:
    (release,) = sugar("1.0.0").touch("sugar", "fix: a lump").plan().releases
    assert (release.planned_version, release.bump) == (Version("1.0.0"), Level.PATCH)


def test_a_dependent_that_follows_has_the_bump_of_its_step() -> None:
    release = pair().touch("sugar", "feat!: another grain").plan().release_of("cake")
    assert release is not None
    assert release.bump is Level.PATCH


def test_a_commit_of_a_person_that_begins_like_a_release_counts() -> None:
    plan = sugar().touch("sugar", "release: the lumps").plan()
    assert planned(plan) == ["sugar 0.1.1"]
    assert reasons(plan, "sugar") == ("release: the lumps",)


def test_a_release_commit_does_not_count() -> None:
    files = ("packages/sugar/pyproject.toml", "packages/sugar/CHANGELOG.md", "uv.lock")
    message = "release: sugar 0.1.0\n\n- sugar 0.1.0: feat: a grain"
    assert planned(sugar().commit(message, *files).plan()) == []


def test_a_pre_release_is_followed_by_the_next_one() -> None:
    built = Built().member("sugar", "1.0.0rc1").tag("sugar/v1.0.0rc1")
    assert planned(built.touch("sugar", "feat!: grain").plan()) == ["sugar 1.0.0rc2"]


def test_a_person_makes_a_pre_release_final() -> None:
    built = Built().member("sugar", "1.0.0").tag("sugar/v1.0.0rc1").touch("sugar", "fix: a lump")
    assert planned(built.plan()) == ["sugar 1.0.0"]


def test_a_version_that_leaves_a_range_releases_the_dependent_as_a_patch() -> None:
    plan = pair().touch("sugar", "feat!: another grain").plan()
    assert planned(plan) == ["sugar 0.2.0", "cake 1.0.1"]
    assert reasons(plan, "cake") == ("sugar 0.2.0 is outside of its range >=0.1.0,<0.2",)
    assert rewrites(plan) == {"cake": ["sugar>=0.2.0,<0.3"]}


def test_a_dependent_whose_range_still_holds_is_left_alone() -> None:
    plan = pair().touch("sugar", "feat: a finer grain").plan()
    assert planned(plan) == ["sugar 0.1.1"]
    assert rewrites(plan) == {}


def test_a_floor_moves_when_its_dependent_is_released_anyway() -> None:
    plan = pair().touch("sugar", "fix: a lump").touch("cake", "feat: a layer").plan()
    assert planned(plan) == ["sugar 0.1.1", "cake 1.1.0"]
    assert rewrites(plan) == {"cake": ["sugar>=0.1.1,<0.2"]}


def test_a_release_shows_its_requirements_as_planned() -> None:
    release = pair("sugar ~= 0.1.0").touch("sugar", "feat!: grain").plan().release_of("cake")
    assert release is not None
    assert release.requirements == {"sugar": "~= 0.2.0"}


def test_a_change_of_its_own_counts_above_a_range_that_was_left() -> None:
    plan = pair().touch("sugar", "feat!: grain").touch("cake", "feat: a layer").plan()
    assert planned(plan) == ["sugar 0.2.0", "cake 1.1.0"]


def test_ranges_are_left_from_member_to_member() -> None:
    built = pair().member("party", "0.1.0", "cake==1.0.0").tag("party/v0.1.0")
    plan = built.touch("sugar", "feat!: another grain").plan()
    assert planned(plan) == ["sugar 0.2.0", "cake 1.0.1", "party 0.1.1"]
    assert [release.wave for release in plan.releases] == [1, 2, 3]


def test_a_dependent_that_was_never_released_follows_at_the_version_it_has() -> None:
    built = Built().member("sugar", "0.1.0").tag("sugar/v0.1.0").touch("sugar", "feat!: grain")
    plan = built.member("cake", "1.0.0", "sugar>=0.1.0,<0.2").plan()
    assert planned(plan) == ["sugar 0.2.0", "cake 1.0.0"]
    assert rewrites(plan) == {"cake": ["sugar>=0.2.0,<0.3"]}


def test_a_range_of_an_extra_that_is_left_releases_its_member_too() -> None:
    built = Built().member("sugar", "0.1.0").member("cake", "1.0.0", more=SWEET)
    plan = built.tag("sugar/v0.1.0", "cake/v1.0.0").touch("sugar", "feat!: grain").plan()
    assert planned(plan) == ["sugar 0.2.0", "cake 1.0.1"]
    assert rewrites(plan) == {"cake": ["sugar>=0.2.0,<0.3"]}


def with_group() -> Built:
    built = Built().member("sugar", "0.1.0").member("cake", "1.0.0", more=DEV)
    return built.tag("sugar/v0.1.0", "cake/v1.0.0").touch("sugar", "feat!: another grain")


def test_the_range_of_a_group_never_causes_a_release() -> None:
    plan = with_group().plan()
    assert planned(plan) == ["sugar 0.2.0"]
    assert rewrites(plan) == {}


def test_the_range_of_a_group_causes_none_beside_another_that_holds() -> None:
    built = with_group().member("cake", "1.0.0", "sugar>=0.1.0", more=DEV)
    assert planned(built.plan()) == ["sugar 0.2.0"]


def test_the_range_of_a_group_moves_with_a_release_of_its_member() -> None:
    plan = with_group().touch("cake", "fix: a crumb").plan()
    assert rewrites(plan) == {"cake": ["sugar>=0.2.0,<0.3"]}


def test_the_range_of_a_group_that_still_holds_does_not_move() -> None:
    built = Built().member("sugar", "0.1.0").member("cake", "1.0.0", more=DEV)
    built = built.tag("sugar/v0.1.0", "cake/v1.0.0").touch("sugar", "fix: a lump")
    plan = built.touch("cake", "fix: a crumb").plan()
    assert (planned(plan), rewrites(plan)) == (["cake 1.0.1", "sugar 0.1.1"], {})


def test_an_umbrella_is_rewritten_where_its_range_is_left_and_is_not_released() -> None:
    root = ROOT + manifest("umbrella", "0", ["sugar>=0.1.0,<0.2", "cake"]).replace(BUILD, "")
    plan = pair().text("pyproject.toml", root).touch("sugar", "feat!: another grain").plan()
    assert planned(plan) == ["sugar 0.2.0", "cake 1.0.1"]
    assert rewrites(plan)["umbrella"] == ["sugar>=0.2.0,<0.3"]


def test_dependencies_come_first_even_through_members_that_stay() -> None:
    built = Built().member("sugar", "1.0.0").member("cake", "1.0.0", "sugar>=1")
    built = built.member("a-party", "1.0.0", "cake>=1").member("tea", "1.0.0")
    built = built.tag(*(f"{name}/v1.0.0" for name in ("sugar", "cake", "a-party", "tea")))
    for name in ("a-party", "sugar", "tea"):
        built = built.touch(name, "fix: a detail")
    found = [(release.name, release.wave) for release in built.plan().releases]
    assert found == [("sugar", 1), ("tea", 1), ("a-party", 2)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            manifest("salt", "1").replace("dep", 'classifiers = ["Private :: Do Not Upload"]\ndep'),
            "it has the classifier `Private :: Do Not Upload`",
        ),
        (manifest("salt", "1", [], "[tool.uv]\npackage = false\n"), "it has `package = false`"),
        ('[project]\nname = "salt"\nversion = "1"\n', "it has no [build-system]"),
        (
            f'[project]\nname = "salt"\ndynamic = ["version"]\n{BUILD}',
            "its version is dynamic, and its manifest does not say where `uv_build` takes it from",
        ),
    ],
)
def test_a_member_that_is_not_for_release_is_never_released(text: str, why: str) -> None:
    built = sugar().text("packages/salt/pyproject.toml", text).touch("salt", "feat!: a grain")
    assert built.plan().releases == ()
    assert [u.why for u in built.plan().unchanged] == [why, "unchanged since sugar/v0.1.0"]


def test_members_that_require_each_other_are_refused_with_the_cycle() -> None:
    built = Built().member("cake", "1", "jam>=1").member("jam", "1", "sugar>=1")
    with pytest.raises(UsageFailure) as refused:
        built.member("sugar", "1", "cake>=1").plan()
    message = "members require each other in a cycle: cake -> jam -> sugar -> cake"
    hint = "they cannot be released in any order; move what they share into a member of its own"
    assert refused.value.problems == (Problem("cycle", message, hint),)


def test_a_cycle_through_an_extra_is_no_obstacle() -> None:
    built = Built().member("sugar", "1.0", "cake>=1.0,<2")
    built = built.member("cake", "1.0", more=SWEET.replace("0.1.0,<0.2", "1.0,<2"))
    assert planned(built.plan()) == ["cake 1.0", "sugar 1.0"]


def test_a_cycle_that_only_a_marked_requirement_closes_is_none() -> None:
    built = Built().member("sugar", "1.0", "cake>=1.0,<2; python_version < '3.12'")
    plan = built.member("cake", "1.0", "sugar>=1.0,<2").plan()
    assert [(f"{r.name} {r.planned_version}", r.wave) for r in plan.releases] == [
        ("sugar 1.0", 1),
        ("cake 1.0", 2),
    ]
    assert plan.problems == ()


def test_a_marked_requirement_that_closes_no_cycle_comes_first_too() -> None:
    built = Built().member("sugar", "1.0").member("cake", "1.0", "sugar>=1.0; os_name == 'nt'")
    assert planned(built.plan()) == ["sugar 1.0", "cake 1.0"]


@pytest.mark.parametrize("files", [WHOLE[:1], WHOLE])
def test_a_version_on_the_index_without_a_tag_is_finished_from_its_commit(
    files: tuple[str, ...],
) -> None:
    built = sugar("0.2.0").page("sugar", {"0.2.0": files}, set_at="c0")
    (release,) = built.touch("sugar", "feat!: for the next release").plan().releases
    found = (release.planned_version, release.finished_from, release.bump)
    assert found == (Version("0.2.0"), "c0", Level.MINOR)
    assert release.reasons == ("0.2.0 is on the index but not tagged: this release finishes it",)


def test_a_member_that_is_finished_is_not_edited() -> None:
    built = Built().member("sugar", "0.2.0").member("cake", "1.1.0", "sugar>=0.1.0,<0.2")
    built = built.tag("sugar/v0.1.0", "cake/v1.0.0")
    assert rewrites(built.page("cake", {"1.1.0": ["cake.tar.gz"]}, set_at="c0").plan()) == {}


def test_a_member_that_is_finished_does_not_follow_a_sibling() -> None:
    built = Built().member("sugar", "0.1.0").member("cake", "1.0.0", "sugar>=0.1.0,<0.2")
    built = built.tag("sugar/v0.1.0", "cake/v0.9.0").touch("sugar", "feat!: another grain")
    plan = built.page("cake", {"1.0.0": WHOLE}, set_at="c0").plan()
    assert planned(plan) == ["sugar 0.2.0", "cake 1.0.0"]
    assert reasons(plan, "cake") == (
        "1.0.0 is on the index but not tagged: this release finishes it",
    )


def test_a_version_that_the_index_lacks_is_released_from_here() -> None:
    (release,) = sugar("0.2.0").page("sugar", {"0.1.0": WHOLE}).plan().releases
    assert (release.planned_version, release.finished_from) == (Version("0.2.0"), "")


def test_what_is_tagged_and_on_the_index_is_done() -> None:
    assert planned(sugar().page("sugar", {"0.1.0": WHOLE}).plan(republish=True)) == []


def test_what_is_tagged_can_be_published_to_another_index_from_its_tag() -> None:
    built = sugar().page("sugar", {})
    (release,) = built.commit("docs: the kitchen", "README.md").plan(republish=True).releases
    found = (release.planned_version, release.finished_from, release.tagged)
    assert found == (Version("0.1.0"), "c0", True)
    assert planned(built.plan()) == []


def test_only_the_named_members_are_released() -> None:
    built = pair().touch("sugar", "fix: a lump").touch("cake", "feat: a layer")
    assert [planned(built.plan(name)) for name in ("Cake", "sugar")] == [
        ["cake 1.1.0"],
        ["sugar 0.1.1"],
    ]


def test_dependents_that_must_follow_a_named_member_come_along() -> None:
    built = pair().member("salt", "1").touch("sugar", "feat!: another grain")
    assert planned(built.plan("sugar")) == ["sugar 0.2.0", "cake 1.0.1"]


def both_broken() -> Built:
    """Return two members before 1.0 that both broke; `cake` requires the old `sugar`."""
    built = Built().member("sugar", "0.1.0").member("cake", "0.1.0", "sugar>=0.1.0,<0.2")
    built = built.tag("sugar/v0.1.0", "cake/v0.1.0").touch("sugar", "feat!: another grain")
    return built.touch("cake", "feat!: another layer")


def test_a_dependent_that_comes_along_counts_its_own_changes() -> None:
    plan = both_broken().plan("sugar")
    assert planned(plan) == ["sugar 0.2.0", "cake 0.2.0"]
    assert rewrites(plan) == {"cake": ["sugar>=0.2.0,<0.3"]}
    assert reasons(plan, "cake") == (
        "feat!: another layer",
        "sugar 0.2.0 is outside of its range >=0.1.0,<0.2",
    )
    assert [release.bump for release in plan.releases] == [Level.MAJOR, Level.MAJOR]


def test_a_dependent_whose_range_holds_does_not_come_along_for_its_own_changes() -> None:
    built = pair().touch("sugar", "fix: a lump").touch("cake", "feat!: a layer")
    assert planned(built.plan("sugar")) == ["sugar 0.1.1"]


def test_a_dependent_behind_its_tag_does_not_come_along_for_its_own_changes() -> None:
    built = pair().tag("cake/v1.2.0").touch("sugar", "fix: a lump").touch("cake", "fix: a layer")
    assert planned(built.plan("sugar")) == ["sugar 0.1.1"]


def test_planning_again_for_the_same_names_after_the_edits_gives_the_same_releases() -> None:
    built = both_broken()
    plan = built.plan("sugar")
    after = built.prepared(plan)
    again = after.plan("sugar")
    assert planned(again) == ["sugar 0.2.0", "cake 0.2.0"]
    assert [release.bump for release in again.releases] == [Level.MAJOR, Level.MAJOR]
    assert after.edits(again) == {}


def test_planning_again_keeps_a_dependent_that_was_never_released() -> None:
    built = Built().member("sugar", "0.1.0").tag("sugar/v0.1.0").touch("sugar", "feat!: grain")
    built = built.member("cake", "1.0.0", "sugar>=0.1.0,<0.2")
    plan = built.plan("sugar")
    assert planned(built.prepared(plan).plan("sugar")) == planned(plan)


def test_a_dependent_that_was_never_released_does_not_come_along_unasked() -> None:
    built = Built().member("sugar", "0.1.0").member("cake", "1.0.0", "sugar>=0.1.0,<0.2")
    assert planned(built.plan("sugar")) == ["sugar 0.1.0"]
    tagged = built.tag("sugar/v0.1.0").touch("sugar", "fix: a lump")
    assert planned(tagged.plan("sugar")) == ["sugar 0.1.1"]


def test_a_name_that_no_member_has_is_refused() -> None:
    with pytest.raises(UsageFailure) as refused:
        pair().plan("slat")
    problem = Problem("member-unknown", "no member is named `slat`", "the members are cake, sugar")
    assert refused.value.problems == (problem,)


def test_the_release_is_named_by_the_day_and_numbered_from_the_second_on() -> None:
    first = pair()
    second = first.tag("release/2026.03.14").touch("sugar", "fix: a lump")
    third = second.tag("release/2026.03.14.2").touch("sugar", "fix: another lump")
    assert [built.plan().release_tag for built in (first, second, third)] == [
        "release/2026.03.14",
        "release/2026.03.14.2",
        "release/2026.03.14.3",
    ]


def test_member_tags_whose_release_tag_is_missing_are_still_to_be_closed() -> None:
    facts = sugar().facts()
    waiting, done, elsewhere = (
        Tag(name="sugar/v0.1.0", commit="c1", released_with="release/2026.03.13"),
        Tag(name="cake/v1.0.0", commit="c0", released_with="release/2026.03.12"),
        Tag(name="jam/v1", commit="e1", released_with="release/2026.03.11", reachable=False),
    )
    tags = (waiting, done, elsewhere, Tag(name="release/2026.03.12", commit="c0"))
    assert make_plan(replace(facts, tags=tags)).closing == (waiting,)


def test_a_plan_is_made_from_the_facts_alone() -> None:
    built = pair().touch("sugar", "feat!: another grain")
    assert built.plan() == built.plan()
    assert built.plan().base == built.head
