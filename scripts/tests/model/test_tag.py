"""Tags are read in the shape in which they are written, and in no other."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from roadworthy.model.history.tag import Tag, TagFormat, release_tag
from roadworthy.model.problem import Problem, UsageFailure

DAY = date(2026, 3, 14)
SHAPES = (
    "{name}/v{version}",
    "{name}-v{version}",
    "{name}=={version}",
    "{name}-{version}",
    "{name}_{version}",
    "{version}-{name}",
    "v{version}/{name}",
    "r-{name}-1{version}-r",
)
WORDS = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
TRAPS = st.sampled_from(["v1", "v", "v1-v2", "release"])
NAMES = st.lists(WORDS | TRAPS, min_size=1, max_size=3).map("-".join).map(canonicalize_name)
VERSIONS = st.builds(
    lambda epoch, numbers, *ends: Version(epoch + ".".join(map(str, numbers)) + "".join(ends)),
    st.sampled_from(["", "1!"]),
    st.lists(st.integers(0, 2030), min_size=1, max_size=4),
    st.sampled_from(["", "a1", "b2", "rc3"]),
    st.sampled_from(["", ".post1"]),
    st.sampled_from(["", ".dev2"]),
    st.sampled_from(["", "+ubuntu.1"]),
)


@given(st.sampled_from(SHAPES), NAMES, VERSIONS, st.sets(NAMES))
def test_what_is_rendered_is_read_back(
    shape: str, name: NormalizedName, version: Version, others: set[NormalizedName]
) -> None:
    tag = TagFormat(shape).render(name, version)
    assert TagFormat(shape).parse(tag, others | {name}) == ((name,), version)


@given(st.sampled_from(SHAPES), st.text(max_size=20) | st.builds("{}-v{}".format, NAMES, VERSIONS))
def test_what_is_read_renders_to_the_same_tag(shape: str, tag: str) -> None:
    read = TagFormat(shape).parse(tag, [canonicalize_name("sugar"), canonicalize_name("v1")])
    assert read is None or TagFormat(shape).render(read[0][0], read[1]) == tag


@pytest.mark.parametrize(
    "tag",
    [
        "sugar-v0.1.0",
        "sugar/0.1.0",
        "sugar/v0.1.0-rc1",
        "sugar/v00.1.0",
        "sugar/vbanana",
        "Sugar/v0.1.0",
        "old/sugar/v0.1.0",
        "salt/v0.1.0",
        "release/2026.03.14",
        "v0.1.0",
        "sugar",
    ],
)
def test_a_tag_of_any_other_shape_is_no_release_of_a_member(tag: str) -> None:
    assert TagFormat().parse(tag, [NormalizedName("sugar")]) is None


def test_a_name_that_begins_another_is_told_apart() -> None:
    names = [NormalizedName("jam"), NormalizedName("jam-v2")]
    read = [TagFormat("{name}-v{version}").parse(tag, names) for tag in ("jam-v2-v3", "jam-v3")]
    assert read == [(("jam-v2",), Version("3")), (("jam",), Version("3"))]


@pytest.mark.parametrize("sign", list("@#?%:~^\\ "))
def test_a_shape_that_no_git_url_can_name_is_refused(sign: str) -> None:
    with pytest.raises(UsageFailure) as refused:
        TagFormat(f"{{name}}{sign}{{version}}")
    assert refused.value.problems == (
        Problem(
            "tag-format-unsafe",
            f"tag-format `{{name}}{sign}{{version}}` has {sign!r}",
            "pip and uv cannot name such a tag in a URL; `{name}/v{version}` works",
        ),
    )


@pytest.mark.parametrize(
    "shape",
    [
        "{name}{version}",
        "{name}.{version}",
        "{name}v{version}",
        "{version}{name}",
        "v{version}+{name}",
    ],
)
def test_a_shape_in_which_name_and_version_run_together_is_refused(shape: str) -> None:
    with pytest.raises(UsageFailure) as refused:
        TagFormat(shape)
    message = f"tag-format `{shape}` cannot be read back"
    hint = "put one of / - _ = between {name} and {version}, as in `{name}/v{version}`"
    assert refused.value.problems == (Problem("tag-format-ambiguous", message, hint),)


@pytest.mark.parametrize(
    "shape",
    [
        "{name}",
        "fixed",
        "{name}/{name}/v{version}",
        "{name}/{version}{x}",
        "{name}/{version}}",
        "{name!r}/{version}",
        "{{name}}/{version}",
    ],
)
def test_a_shape_that_does_not_name_one_release_is_refused(shape: str) -> None:
    with pytest.raises(UsageFailure) as refused:
        TagFormat(shape)
    message = f"tag-format `{shape}` does not name a release of a member"
    hint = "use {name} and {version} once each, as in `{name}/v{version}`"
    assert refused.value.problems == (Problem("tag-format-incomplete", message, hint),)


def tags(*names: str, commit: str = "old") -> list[Tag]:
    return [Tag(name=name, commit=commit) for name in names]


def test_a_release_is_named_by_its_day() -> None:
    assert release_tag(DAY, "new", []) == "release/2026.03.14"


def test_a_second_and_a_third_release_of_a_day_are_numbered() -> None:
    first = tags("release/2026.03.14")
    second = tags("release/2026.03.14", "release/2026.03.14.2")
    named = [release_tag(DAY, "new", taken) for taken in (first, second)]
    assert named == ["release/2026.03.14.2", "release/2026.03.14.3"]


def test_releases_of_other_days_and_members_do_not_count() -> None:
    taken = tags("release/2026.03.13", "release/2026.03.13.2", "sugar/v0.1.0")
    assert release_tag(DAY, "new", taken) == "release/2026.03.14"


def test_a_commit_keeps_the_release_tag_that_it_bears() -> None:
    taken = [*tags("release/2026.03.13", commit="new"), *tags("release/2026.03.14")]
    assert release_tag(DAY, "new", taken) == "release/2026.03.13"


@given(st.integers(1, 12))
def test_every_release_of_a_day_has_a_name_of_its_own(count: int) -> None:
    taken: list[Tag] = []
    for number in range(count):
        taken += [Tag(name=release_tag(DAY, f"c{number}", taken), commit=f"c{number}")]
    assert len({tag.name for tag in taken}) == count


@pytest.mark.parametrize("shape", ["v{version}", "{version}", "pantry-{version}"])
def test_a_tag_without_a_name_is_for_all_members(shape: str) -> None:
    names = (NormalizedName("jam"), NormalizedName("sugar"))
    tag = TagFormat(shape).render("jam", Version("1.2.0"))
    assert tag == shape.replace("{version}", "1.2.0")
    assert TagFormat(shape).parse(tag, names) == (names, Version("1.2.0"))
    assert TagFormat(shape).parse("other/v1.2.0", names) is None
