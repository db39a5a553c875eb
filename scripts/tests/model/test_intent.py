"""What people ask for by hand counts over what notes and commits say."""

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.plan.intent import EVERYONE, Intent, read_intent
from roadworthy.model.plan.plan import Plan, Unchanged
from roadworthy.model.problem import Problem, UsageFailure
from roadworthy.model.version import FINAL, Level

from .builder import ROOT, Built

SUGAR, CAKE = NormalizedName("sugar"), NormalizedName("cake")
LOCKSTEP = f'{ROOT}[tool.release]\nversioning = "lockstep"\n'


def pair(sugar: str = "1.2.0", cake: str = "2.0.0", requirement: str = "sugar>=1.2,<2") -> Built:
    """Return two members that were released: `cake` requires `sugar`."""
    built = Built().member("sugar", sugar).member("cake", cake, requirement)
    return built.tag(f"sugar/v{sugar}", f"cake/v{cake}").commit("docs: all", "README.md")


def planned(plan: Plan) -> list[str]:
    return [f"{release.name} {release.planned_version}" for release in plan.releases]


def released(built: Built, plan: Plan) -> Built:
    """Prepare a plan and tag it."""
    after = built.prepared(plan)
    return after.tag(*(release.planned_tag for release in plan.releases))


def test_what_is_typed_is_read() -> None:
    found = read_intent(
        pair().facts().workspace,
        only=["Cake", "sugar"],
        bumps=["cake=minor"],
        versions=["sugar=2.0-RC1"],
        pre=["rc=cake"],
        promote=["sugar"],
    )
    assert found == Intent(
        only=frozenset({SUGAR, CAKE}),
        levels={CAKE: Level.MINOR},
        versions={SUGAR: Version("2.0rc1")},
        phases={CAKE: "rc", SUGAR: FINAL},
    )
    assert read_intent(pair().facts().workspace, pre=["b"]).phases == {EVERYONE: "b"}
    assert read_intent(pair().facts().workspace, promote=[]).phases == {EVERYONE: FINAL}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"bumps": ["slat=minor"]}, "no member is named `slat`"),
        ({"bumps": ["sugar"]}, "--bump sugar has no `=`"),
        ({"bumps": ["sugar=huge"]}, "`huge` is not a level"),
        ({"versions": ["sugar=banana"]}, "`banana` is not a version"),
        (
            {"versions": ["sugar=2"], "bumps": ["sugar=minor"]},
            "sugar has both a level and a version",
        ),
        ({"pre": ["gamma"]}, "`gamma` is not a kind of pre-release"),
        (
            {"pre": ["rc", "a"]},
            "every member is to be two kinds of pre-release, or a pre-release and final",
        ),
        (
            {"only": ["cake"], "bumps": ["sugar=minor"]},
            "an option names sugar, which is not among the selected members",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(asked: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UsageFailure) as refused:
        read_intent(pair().facts().workspace, **asked)  # type: ignore[arg-type]
    assert [problem.message for problem in refused.value.problems] == [message]


@pytest.mark.parametrize(
    ("bump", "version"), [("patch", "1.2.1"), ("minor", "1.3.0"), ("major", "2.0.0")]
)
def test_a_level_that_is_asked_for_counts_over_notes_and_commits(bump: str, version: str) -> None:
    built = pair().note("sugar", "feature", "A grain").touch("sugar", "feat!: no grain")
    plan = built.plan("sugar", bumps=[f"sugar={bump}"])
    assert planned(plan)[0] == f"sugar {version}"


def test_a_level_is_asked_for_without_any_change_and_not_twice_of_one_commit() -> None:
    plan = pair().plan(bumps=["sugar=minor"])
    assert planned(plan) == ["sugar 1.3.0"]
    assert plan.releases[0].reasons == ("a minor release was requested",)
    after = released(pair(), plan)
    assert planned(after.plan(bumps=["sugar=minor"])) == []


def test_a_version_that_is_asked_for_is_released_once() -> None:
    plan = pair().plan(versions=["sugar=3.0"])
    assert planned(plan) == ["sugar 3.0", "cake 2.0.1"]
    assert released(pair(), plan).plan(versions=["sugar=3.0"]).releases == ()


def test_a_version_that_is_asked_for_leaves_one_behind_that_is_half_released() -> None:
    built = pair("1.3.0").page("sugar", {"1.3.0": ["a.whl"]})
    built = Built(**{**vars(built), "tags": built.tags[1:]})
    assert planned(built.plan()) == ["sugar 1.3.0"]
    assert planned(built.plan(versions=["sugar=1.4.0"])) == ["sugar 1.4.0"]


def test_a_version_below_what_was_released_is_a_problem() -> None:
    (problem,) = pair().plan(versions=["sugar=1.1"]).problems[:1]
    assert problem == Problem(
        "version-goes-back",
        "sugar would go from 1.2.0 back to 1.1",
        "choose a version above 1.2.0: `--version sugar=...`",
        "sugar",
    )


def test_members_that_are_due_and_not_asked_for_are_named() -> None:
    built = pair().touch("sugar", "fix: a lump").touch("cake", "fix: a crumb")
    plan = built.plan("cake")
    assert (planned(plan), plan.left_out) == (["cake 2.0.1"], ("sugar",))
    assert built.plan().left_out == ()


def test_all_that_is_due_becomes_a_pre_release_and_is_counted_up() -> None:
    built = pair().touch("sugar", "feat: a grain")
    first = built.plan(pre=["rc"])
    assert planned(first) == ["sugar 1.3.0rc1"]
    built = released(built, first).touch("sugar", "fix: a lump")
    assert planned(built.plan(pre=["rc"])) == ["sugar 1.3.0rc2"]
    assert planned(built.plan()) == ["sugar 1.3.0rc2"]
    assert planned(built.plan(pre=["b"])) == ["sugar 1.3.0b1"]
    assert "back to 1.3.0b1" in built.plan(pre=["b"]).problems[0].message
    assert planned(built.touch("sugar", "feat!: anew").plan(pre=["rc"]))[0] == "sugar 2.0.0rc1"


def test_nothing_becomes_a_pre_release_that_is_not_due() -> None:
    assert planned(pair().plan(pre=["rc"])) == []


def test_dependents_that_must_follow_a_pre_release_are_pre_releases() -> None:
    built = pair().touch("sugar", "feat!: a grain")
    plan = built.plan(pre=["rc=sugar"])
    assert planned(plan) == ["sugar 2.0.0rc1", "cake 2.0.1rc1"]
    assert plan.rewrites == {"cake": {"sugar>=1.2,<2": "sugar>=2.0.0rc1,<3"}}
    assert plan.problems == ()


def test_a_final_release_does_not_come_to_require_a_pre_release() -> None:
    built = pair().touch("sugar", "feat: a grain").touch("cake", "fix: a crumb")
    plan = built.plan(pre=["rc=sugar"])
    assert planned(plan) == ["sugar 1.3.0rc1", "cake 2.0.1"]
    assert (plan.rewrites, plan.problems) == ({}, ())


def test_floors_follow_pre_releases_and_come_back_when_all_are_made_final() -> None:
    built = pair().touch("sugar", "feat: a grain").touch("cake", "fix: a crumb")
    plan = built.plan(pre=["rc"])
    assert plan.rewrites == {"cake": {"sugar>=1.2,<2": "sugar>=1.3.0rc1,<2"}}
    after = released(built, plan)
    assert planned(after.plan()) == []
    final = after.plan(promote=[])
    assert planned(final) == ["sugar 1.3.0", "cake 2.0.1"]
    assert final.rewrites == {"cake": {"sugar>=1.3.0rc1,<2": "sugar>=1.3.0,<2"}}
    assert planned(released(after, final).plan(promote=[])) == []


def test_a_final_release_that_would_require_a_pre_release_is_a_problem() -> None:
    built = pair().touch("sugar", "feat: a grain").touch("cake", "fix: a crumb")
    after = released(built, built.plan(pre=["rc"]))
    assert after.plan(promote=["cake"]).problems == (
        Problem(
            "requires-pre-release",
            "cake 2.0.1 would require sugar 1.3.0rc1",
            "a final release can require final releases only: `--promote sugar cake`",
            "cake",
        ),
    )


@pytest.mark.parametrize("asked", [{"pre": ["rc"]}, {"bumps": ["sugar=major"]}, {}])
def test_a_release_that_broke_off_is_planned_again_with_or_without_what_was_asked(
    asked: dict[str, list[str]],
) -> None:
    built = pair().note("sugar", "fix", "A lump").touch("sugar", "feat!: hidden by the note")
    plan = built.plan(**asked)
    after = built.prepared(plan)
    for again in (after.plan(**asked), after.plan()):
        assert planned(again) == planned(plan)
        assert after.edits(again) == {}


def test_notes_decide_the_version_the_reasons_and_the_changelog_and_are_consumed() -> None:
    built = pair().touch("sugar", "feat!: as the commit has it").note("sugar", "fix", "A lump less")
    built = built.note("sugar", "misc", "Nobody sees this")
    plan = built.plan()
    (release,) = plan.releases
    assert (str(release.planned_version), release.reasons) == ("1.2.1", ("A lump less",))
    edits = built.edits(plan)
    gone = [path for path, text in edits.items() if text is None]
    assert gone == ["packages/sugar/changes/3.fix.md", "packages/sugar/changes/4.misc.md"]
    log = edits["packages/sugar/CHANGELOG.md"]
    assert log == "# Changelog\n\n## 1.2.1 - 2026-03-14\n\n### Fixed\n\n- A lump less\n"


def test_a_note_that_nobody_notices_releases_nothing() -> None:
    assert planned(pair().note("sugar", "misc", "Tidy").touch("sugar", "feat: x").plan()) == []


def test_a_file_among_the_notes_that_is_none_is_told_and_no_obstacle() -> None:
    built = pair().text("packages/sugar/changes/lid.bugfix.md", "").touch("sugar", "fix: a lump")
    plan = built.plan()
    assert planned(plan) == ["sugar 1.2.1"]
    message = "packages/sugar/changes/lid.bugfix.md is not a change note"
    assert [warning.message.partition(":")[0] for warning in plan.warnings] == [message]


@pytest.mark.parametrize(
    ("file", "is_said"),
    [
        ("packages/sugar/changes/12.feature.rst", True),
        ("packages/sugar/changes/12.feature", False),
        ("packages/sugar/changes/more/lid.fix.md", True),
        ("packages/sugar/changes/lid.txt", True),
        ("packages/sugar/changes/README.md", False),
        ("packages/sugar/changes/_template.rst", False),
        ("packages/sugar/src/changes/words.md", False),
        ("docs/changes/words.rst", False),
        (".changeset/funny-lids-fit.md", True),
        (".changeset/README.md", False),
    ],
)
def test_what_looks_like_a_note_and_is_not_read_is_said(file: str, is_said: bool) -> None:  # noqa: FBT001
    plan = pair().text(file, "").touch("sugar", "fix: a lump").plan()
    assert planned(plan) == ["sugar 1.2.1"]
    assert [file in warning.message for warning in plan.warnings] == [True] * is_said


def grouped() -> Built:
    root = f'{ROOT}[tool.release]\nfixed = [["sugar", "cake"]]\n'
    built = Built().text("pyproject.toml", root).member("sugar", "1.2.0").member("cake", "1.3.0")
    return built.member("salt", "0.1.0").tag("sugar/v1.2.0", "cake/v1.3.0", "salt/v0.1.0")


def test_members_of_a_group_are_released_together_at_one_version() -> None:
    built = grouped().touch("sugar", "fix: a lump")
    plan = built.plan("sugar")
    assert planned(plan) == ["cake 1.3.1", "sugar 1.3.1"]
    assert plan.releases[0].reasons == ("it shares its version with sugar",)
    assert planned(released(built, plan).plan()) == []


def test_members_of_a_group_are_finished_together_from_one_commit() -> None:
    built = grouped().touch("sugar", "fix: a lump")
    after = built.prepared(built.plan()).page("cake", {"1.3.1": ["a.whl"]}, set_at="c2")
    plan = after.touch("sugar", "feat: for later").plan()
    assert [(f"{r.name} {r.planned_version}", r.finished_from) for r in plan.releases] == [
        ("cake 1.3.1", "c2"),
        ("sugar 1.3.1", "c2"),
    ]


def test_a_group_of_unknown_members_is_refused() -> None:
    with pytest.raises(UsageFailure, match="`fixed` names `cake`, which is no member"):
        Built().text("pyproject.toml", grouped().texts["pyproject.toml"]).member(
            "sugar", "1"
        ).facts()


def test_in_lockstep_all_are_released_together_changed_or_not_with_one_tag() -> None:
    built = Built().text("pyproject.toml", LOCKSTEP).member("sugar", "1.0.0")
    built = built.member("cake", "1.0.0", "sugar>=1.0.0,<2").tag("v1.0.0")
    plan = built.touch("sugar", "feat: a grain").plan()
    assert [(f"{r.name} {r.planned_version}", r.planned_tag) for r in plan.releases] == [
        ("sugar 1.1.0", "v1.1.0"),
        ("cake 1.1.0", "v1.1.0"),
    ]
    assert (plan.release_tag, plan.problems) == ("v1.1.0", ())
    assert planned(released(built.touch("sugar", "feat: a grain"), plan).plan()) == []


@pytest.mark.parametrize(
    ("cascade", "expected"),
    [
        ("patch", ["sugar 2.0.0", "cake 2.0.1"]),
        ("same", ["sugar 2.0.0", "cake 3.0.0"]),
        ("none", ["sugar 2.0.0"]),
    ],
)
def test_a_dependent_follows_as_far_as_the_cascade_says(cascade: str, expected: list[str]) -> None:
    root = f'{ROOT}[tool.release]\ncascade = "{cascade}"\n'
    plan = pair().text("pyproject.toml", root).touch("sugar", "feat!: a grain").plan()
    assert planned(plan) == expected
    messages = [problem.message for problem in plan.problems]
    broken = ["cake requires `sugar>=1.2,<2`, which 2.0.0 is not in"]
    assert messages == (broken if cascade == "none" else [])


@pytest.mark.parametrize(
    ("cascade", "expected"),
    [("patch", ["sugar 2.0.0", "cake 2.0.1"]), ("same", ["sugar 2.0.0", "cake 3.0.0"])],
)
def test_a_version_that_somebody_chose_counts_as_far_as_it_leads(
    cascade: str, expected: list[str]
) -> None:
    root = f'{ROOT}[tool.release]\ncascade = "{cascade}"\n'
    built = pair().text("pyproject.toml", root).touch("sugar", "fix: a grain")
    assert planned(built.plan(versions=["sugar=2.0.0"])) == expected
    by_hand = pair().text("pyproject.toml", root).member("sugar", "2.0.0")
    assert planned(by_hand.touch("sugar", "fix: a grain").plan()) == expected


@pytest.mark.parametrize("cascade", ["patch", "same"])
def test_a_dependent_of_a_first_release_follows_by_a_patch(cascade: str) -> None:
    root = f'{ROOT}[tool.release]\ncascade = "{cascade}"\n'
    built = Built().text("pyproject.toml", root).member("sugar", "3.0.0")
    plan = built.member("cake", "1.0.0", "sugar>=1,<2").tag("cake/v1.0.0").plan()
    assert planned(plan) == ["sugar 3.0.0", "cake 1.0.1"]


def test_what_was_taken_back_releases_nothing() -> None:
    built = pair().touch("sugar", "feat!: a grain")
    assert planned(built.touch("sugar", f"Revert\n\nThis reverts commit {built.head}.").plan()) == [
        "sugar 2.0.0",
        "cake 2.0.1",
    ]
    history = (
        *built.history[:-1],
        type(built.history[-1])(
            hash="abcdef0",
            parents=(built.history[-2].hash,),
            message="feat!: a grain",
            files=built.history[-1].files,
        ),
    )
    built = Built(**{**vars(built), "history": history})
    taken = built.touch("sugar", "Revert\n\nThis reverts commit abcdef0.")
    assert planned(taken.plan()) == []


def dynamic(table: str, backend: str = "hatchling.build") -> str:
    return (
        '[project]\nname = "sugar"\ndynamic = ["version"]\n'
        f'[build-system]\nrequires = ["x"]\nbuild-backend = "{backend}"\n{table}'
    )


def test_a_version_in_a_file_is_written_there() -> None:
    path = "packages/sugar/src/sugar.py"
    text = dynamic('[tool.hatch.version]\npath = "src/sugar.py"\n')
    built = Built().text("packages/sugar/pyproject.toml", text)
    built = built.text(path, '"""Sugar."""\r\n__version__ = "1.0.0"  # here\r\n')
    built = built.tag("sugar/v1.0.0").touch("sugar", "feat: a grain")
    plan = built.plan()
    assert planned(plan) == ["sugar 1.1.0"]
    assert built.edits(plan)[path] == '"""Sugar."""\r\n__version__ = "1.1.0"  # here\r\n'
    assert "packages/sugar/pyproject.toml" not in built.edits(plan)
    assert planned(released(built, plan).plan()) == []


def test_a_version_from_a_tag_needs_no_edit_and_is_given_by_hand_at_first() -> None:
    text = dynamic('[tool.hatch.version]\nsource = "vcs"\n')
    built = Built().text("packages/sugar/pyproject.toml", text).member("cake", "1.0")
    (unchanged,) = built.plan().unchanged
    hint = "give the first with `--version sugar=0.1.0`"
    why = f"hatch-vcs takes its version from its tag, and it has none yet: {hint}"
    assert unchanged == Unchanged(name=SUGAR, version=None, why=why)
    assert planned(built.plan(versions=["sugar=0.1.0"])) == ["cake 1.0", "sugar 0.1.0"]
    after = built.tag("sugar/v0.1.0", "cake/v1.0").touch("sugar", "feat!: a grain")
    plan = after.plan()
    assert planned(plan) == ["sugar 0.2.0"]
    assert list(after.edits(plan)) == ["packages/sugar/CHANGELOG.md"]


def test_a_proposed_range_begins_at_what_is_there_now_and_has_what_is_planned() -> None:
    built = pair(requirement="sugar").touch("sugar", "feat: a grain")
    assert built.plan().proposals == {"cake": {"sugar": "sugar>=1.2.0,<2"}}
    broken = built.touch("sugar", "feat!: no grain").plan()
    assert broken.proposals == {"cake": {"sugar": "sugar>=2.0.0,<3"}}
