"""The release commit as a value: what it changes, and that a second one changes nothing."""

import tomllib
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from roadworthy.model.plan.plan import Plan
from roadworthy.model.workspace.edit import release_message

from .builder import BUILD, ROOT, Built, manifest

SUGAR, CAKE = "packages/sugar/pyproject.toml", "packages/cake/pyproject.toml"
SUGAR_LOG, CAKE_LOG = "packages/sugar/CHANGELOG.md", "packages/cake/CHANGELOG.md"
RANGE = "sugar>=0.1.0,<0.2"


def pair() -> Built:
    """Return two members that were released; `sugar` has broken since what `cake` requires."""
    built = Built().member("sugar", "0.1.0").member("cake", "1.0.0", RANGE)
    return built.tag("sugar/v0.1.0", "cake/v1.0.0").touch("sugar", "feat!: another grain")


def planned(plan: Plan) -> list[str]:
    return [f"{release.name} {release.planned_version}" for release in plan.releases]


def test_a_release_commit_has_versions_ranges_and_changelogs() -> None:
    built = pair()
    assert built.edits(built.plan()) == {
        SUGAR: manifest("sugar", "0.2.0") + "\n",
        SUGAR_LOG: "# Changelog\n\n## 0.2.0 - 2026-03-14\n\n"
        "### Changed\n\n- **Breaking:** another grain (c1)\n",
        CAKE: manifest("cake", "1.0.1", ["sugar>=0.2.0,<0.3"]) + "\n",
        CAKE_LOG: "# Changelog\n\n"
        "## 1.0.1 - 2026-03-14\n\n### Changed\n\n- Requires `sugar>=0.2.0,<0.3`\n",
    }


def test_a_first_release_writes_its_changelog_and_leaves_its_manifest() -> None:
    built = Built().member("sugar", "0.1.0")
    log = "# Changelog\n\n## 0.1.0 - 2026-03-14\n\nFirst release.\n"
    assert built.edits(built.plan()) == {SUGAR_LOG: log}


def test_a_section_that_a_person_wrote_for_the_version_is_kept() -> None:
    built = pair().text(SUGAR_LOG, "# Changelog\n\n## [0.2.0]\n\nFiner.\n")
    assert SUGAR_LOG not in built.edits(built.plan())


def test_a_later_release_without_changes_does_not_say_that_it_is_the_first() -> None:
    built = Built().member("sugar", "0.2.0").tag("sugar/v0.1.0")
    log = "# Changelog\n\n## 0.2.0 - 2026-03-14\n\nReleased again.\n"
    assert built.edits(built.plan()) == {SUGAR_LOG: log}


def test_a_commit_of_a_person_that_begins_like_a_release_is_listed() -> None:
    built = Built().member("sugar", "0.1.0").tag("sugar/v0.1.0").touch("sugar", "release: lumps")
    log = "# Changelog\n\n## 0.1.1 - 2026-03-14\n\n### Fixed\n\n- lumps (c1)\n"
    assert built.edits(built.plan())[SUGAR_LOG] == log


def test_an_older_changelog_gains_a_section() -> None:
    built = Built().member("sugar", "0.1.0").text(SUGAR_LOG, "# News\n\n## 0.0.1\n\n- a grain\n")
    log = "# News\n\n## 0.1.0 - 2026-03-14\n\nFirst release.\n\n## 0.0.1\n\n- a grain\n"
    assert built.edits(built.plan()) == {SUGAR_LOG: log}


def test_an_umbrella_whose_range_is_left_is_rewritten_and_has_no_changelog() -> None:
    root = ROOT + manifest("umbrella", "0", [RANGE, "cake"]).replace(BUILD, "")
    built = pair().text("pyproject.toml", root)
    edits = built.edits(built.plan())
    assert edits["pyproject.toml"] == root.replace(RANGE, "sugar>=0.2.0,<0.3")
    assert "CHANGELOG.md" not in edits


def test_a_member_that_is_finished_is_not_edited() -> None:
    built = Built().member("sugar", "0.1.0").page("sugar", {"0.1.0": ["a.whl"]}, set_at="c0")
    assert built.edits(built.plan()) == {}


def test_a_plan_without_releases_changes_nothing() -> None:
    built = Built().member("sugar", "0.1.0").tag("sugar/v0.1.0")
    assert built.edits(built.plan()) == {}


def test_the_message_says_what_is_released_and_why() -> None:
    assert release_message(pair().plan()) == (
        "release: sugar 0.2.0, cake 1.0.1\n"
        "\n"
        "- sugar 0.2.0: feat!: another grain\n"
        "- cake 1.0.1: sugar 0.2.0 is outside of its range `>=0.1.0,<0.2`\n"
        "\n"
        "Releases: sugar==0.2.0\n"
        "Releases: cake==1.0.1\n"
    )


def test_many_releases_are_counted_in_the_subject() -> None:
    built = reduce(lambda built, name: built.member(name, "1.0"), "abcdef", Built())
    assert release_message(built.plan()).splitlines()[0] == "release: 6 members"


NAMES = ("butter", "cake", "sugar", "tea-party")
STYLES = st.sampled_from(
    [
        "{}>=0.1.0,<0.2",
        "{} ~= 0.1",
        "{}~=0.1.0; python_version >= '3.11'",
        "{}==0.1.0",
        "{}[hot] (>=0.1, <1)",
        "{}>=0.1",
    ]
)
TABLES = ("", "project.optional-dependencies", "dependency-groups")
EDGES = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), STYLES, st.sampled_from(TABLES)))
MESSAGES = st.sampled_from(
    ["fix: it", "feat: it", "feat!: it", "Do it", "docs: it\n\nBREAKING-CHANGE: x"]
)
TOUCHED = st.sets(st.sampled_from(NAMES), max_size=2)
COMMITS = st.lists(st.tuples(MESSAGES, TOUCHED), max_size=4)
VERSIONS = st.lists(st.sampled_from(["0.1.0", "0.1.3", "0.2.0", "1.0.0rc1", "1.4"]), min_size=4)


def members(edges: list[tuple[int, int, str, str]], versions: list[str]) -> Built:
    """Build members that require only those before them in the order of their names."""
    built = Built()
    for place, (name, version) in enumerate(zip(NAMES, versions, strict=False)):
        own = [(t, style.format(NAMES[to]), t) for at, to, style, t in edges if at == place > to]
        requires = [text for table, text, _ in own if not table]
        more = [f"[{t}]\n" + _list(t, own) for t in TABLES[1:] if _list(t, own)]
        built = built.member(name, version, *requires, more="\n".join(more))
    return built


def _list(table: str, own: list[tuple[str, str, str]]) -> str:
    texts = [f'"{text}"' for at, text, _ in own if at == table]
    return f"some = [{', '.join(texts)}]\n" if texts else ""


def grown(built: Built, commits: list[tuple[str, set[str]]]) -> Built:
    """Commit changes of code, some of them of several members."""
    for message, names in commits:
        built = built.commit(message, *(f"packages/{name}/src/x.py" for name in sorted(names)))
    return built


@st.composite
def histories(draw: st.DrawFn) -> Built:
    """Draw a workspace of which some members were released, with changes since and before."""
    versions = draw(VERSIONS)
    built = members(draw(EDGES), versions)
    for place in draw(st.lists(st.integers(0, 3), unique=True)):
        built = grown(built, draw(COMMITS))
        prior = draw(st.sampled_from(["0.0.9", "0.1.0", versions[place]]))
        built = built.tag(f"{NAMES[place]}/v{prior}")
    return grown(built, draw(COMMITS))


@st.composite
def released(draw: st.DrawFn) -> Built:
    """Draw a workspace of which every member was released, with changes since and before."""
    versions = draw(VERSIONS)
    built = members(draw(EDGES), versions)
    for name, version in zip(NAMES, versions, strict=False):
        prior = draw(st.sampled_from(["0.0.9", "0.1.0", version]))
        built = grown(built, draw(COMMITS)).tag(f"{name}/v{prior}")
    return grown(built, draw(COMMITS))


@given(released(), st.sets(st.sampled_from(NAMES), min_size=1))
def test_planning_again_for_the_same_names_gives_the_same_and_no_edits(
    built: Built, names: set[str]
) -> None:
    plan = built.plan(*names)
    after = built.prepared(plan)
    again = after.plan(*names)
    assert planned(again) == planned(plan)
    assert after.edits(again) == {}


@given(histories())
def test_planning_again_after_the_release_commit_gives_the_same_and_no_edits(built: Built) -> None:
    plan = built.plan()
    after = built.prepared(plan)
    again = after.plan()
    assert planned(again) == planned(plan)
    assert after.edits(again) == {}


@given(histories())
def test_after_a_release_there_is_nothing_to_release(built: Built) -> None:
    plan = built.plan()
    after = built.prepared(plan).tag(*(release.planned_tag for release in plan.releases))
    assert after.plan().releases == ()


@given(histories(), st.data())
def test_a_release_that_broke_off_is_finished_as_it_was_planned(
    built: Built, data: st.DataObject
) -> None:
    plan = built.plan()
    after = built.prepared(plan)
    for release in plan.releases:
        files = data.draw(st.sampled_from([[], ["a.whl"], ["a.whl", "a.tar.gz"]]))
        pages = {str(release.planned_version): files}
        after = after.page(release.name, pages, set_at=after.head)
    again = after.plan()
    assert planned(again) == planned(plan)
    assert after.edits(again) == {}


@given(histories())
def test_a_plan_moves_versions_upwards_only(built: Built) -> None:
    lowered = [r for r in built.plan().releases if r.planned_version < r.initial_version]
    assert lowered == []


@given(histories())
def test_every_range_of_what_is_released_has_the_version_of_its_sibling(built: Built) -> None:
    plan = built.plan()
    found = [*plan.problems, *built.prepared(plan).plan().problems]
    # A final release that requires a pre-release is a problem of its own, not of a range.
    assert [p for p in found if "would require" not in p.message] == []


@given(histories())
def test_a_manifest_differs_only_in_the_lines_that_the_plan_names(built: Built) -> None:
    plan = built.plan()
    for path, after in built.edits(plan).items():
        before = built.texts.get(path, "")
        if path.endswith("pyproject.toml") and after:
            assert tomllib.loads(after)
            lines = list(zip(before.split("\n"), after.split("\n"), strict=True))
            (name,) = (m.name for m in built.facts().workspace.members.values() if m.path in path)
            named = ["version = ", *plan.rewrites.get(name, {})]
            assert all(any(old in b for old in named) for b, a in lines if b != a)


ASKED = st.fixed_dictionaries(
    {},
    optional={
        "pre": st.sampled_from([["rc"], ["a"], ["dev"], ["rc=cake"]]),
        "bumps": st.sampled_from([["cake=minor"], ["sugar=major", "butter=patch"]]),
        "versions": st.sampled_from([["tea-party=9.0"], ["tea-party=9.0rc1"]]),
    },
)
NOTES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["breaking", "feature", "fix", "misc"])),
    max_size=3,
)
GROUPS = st.sampled_from(["", 'fixed = [["cake", "sugar"]]', 'cascade = "same"'])


@given(histories(), NOTES, ASKED, GROUPS)
def test_whatever_is_asked_planning_again_gives_the_same_and_no_edits(
    built: Built, notes: list[tuple[str, str]], asked: dict[str, list[str]], groups: str
) -> None:
    built = built.text("pyproject.toml", f"{ROOT}[tool.release]\n{groups}\n")
    for name, level in notes:
        built = built.note(name, level, f"A {level} of {name}")
    plan = built.plan(**asked)
    after = built.prepared(plan)
    again = after.plan(**asked)
    assert planned(again) == planned(plan)
    assert after.edits(again) == {}
    released = after.tag(*(release.planned_tag for release in plan.releases))
    if not plan.problems:
        assert released.plan(**asked).releases == ()
