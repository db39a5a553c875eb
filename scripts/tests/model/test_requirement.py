"""Ranges move as their authors write them, and then have the version."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.workspace.requirement import (
    InternalRequirement,
    Kind,
    internal_requirement,
    moved_to,
)

NUMBERS = st.integers(0, 20)
FINAL = st.lists(NUMBERS, min_size=1, max_size=4).map(lambda n: ".".join(map(str, n)))
POST = st.builds("{}.post{}".format, FINAL, NUMBERS)
WITH_EPOCH = st.builds("1!{}".format, FINAL)
VERSIONS = (FINAL | POST | WITH_EPOCH).map(Version)
ANY = st.builds(
    lambda *parts: Version("".join(parts)),
    st.sampled_from(["", "1!"]),
    FINAL,
    *(st.sampled_from(["", *ends]) for ends in (("a1", "rc2"), (".post1",), (".dev0", ".dev3"))),
    st.sampled_from(["", "+local.1"]),
)

SPACES = st.sampled_from(["", " ", "  "])
OPERATORS = st.sampled_from([">=", "==", "<", "<="])
PLAIN = st.builds("{}{}{}{}".format, OPERATORS, SPACES, FINAL, SPACES)
BOUNDED = st.builds(">={}{},{}<{}".format, FINAL, SPACES, SPACES, FINAL)
LISTED = st.lists(PLAIN, min_size=2, max_size=3).map(",".join)
ENDS = st.sampled_from(["", "", "a1", ".post1", ".dev1"])
COMPATIBLE = st.builds("~={}{}.{}{}".format, SPACES, NUMBERS, FINAL, ENDS)
WILD = st.builds("=={}{}.*".format, SPACES, FINAL)
MARKERS = st.sampled_from(
    ["", ';python_version<"3.14"', " ; sys_platform == 'win32' and python_version >= \"3.11\""]
)
EXTRAS = st.sampled_from(["", "[hot]", " [hot, sweet]", "[ hot ,sweet ]"])
HEADS = st.builds("{}{}".format, st.sampled_from(["sugar", "Brown.Sugar", "sugar_2"]), EXTRAS)
SHAPES = st.sampled_from(["{}{}{}", "{} {}{}", "{}({}){}", "{} ( {} ) {}"])
TRAILING = st.sampled_from(["{}{},{}", "{}({},){}", "{} ( {} , ) {}"])


def texts(
    ranges: st.SearchStrategy[str], shapes: st.SearchStrategy[str] = SHAPES
) -> st.SearchStrategy[str]:
    return st.builds(lambda shape, *parts: shape.format(*parts), shapes, HEADS, ranges, MARKERS)


BARE = st.builds("{}{}{}".format, HEADS, st.sampled_from(["", "()", " ( )"]), MARKERS)
RANGES = PLAIN | BOUNDED | LISTED | COMPATIBLE | WILD
TEXTS = texts(RANGES)
ALL_TEXTS = TEXTS | texts(RANGES, TRAILING) | BARE
EXACT = texts(st.builds("==={}{}".format, SPACES, FINAL))
KEPT = texts(st.builds("{}{}{}".format, st.sampled_from([">", "!="]), SPACES, FINAL))


def operators(text: str) -> list[str]:
    """Return the operators of the comparators in the order in which they are written."""
    head = text.partition(";")[0]
    parts = head[head.find("]") + 1 :].split(",")
    return ["".join(sign for sign in part if sign in "<>=~") for part in parts]


def has(text: str, version: Version) -> bool:
    return Requirement(text).specifier.contains(version, prereleases=True)


@given(TEXTS | BARE, VERSIONS)
def test_a_moved_range_has_the_version(text: str, version: Version) -> None:
    assert has(moved_to(text, version), version)


@settings(max_examples=200)
@given(ALL_TEXTS, ANY)
def test_a_moved_range_has_pre_dev_and_local_versions_too(text: str, version: Version) -> None:
    moved = moved_to(text, version)
    assert [has(moved, version), has(moved, Version(version.public))] == [True, True]


@given(EXACT, ANY)
def test_an_exact_range_has_the_version_to_the_letter(text: str, version: Version) -> None:
    assert has(moved_to(text, version), version)


@given(KEPT, ANY)
def test_a_bound_that_only_leaves_versions_out_stays(text: str, version: Version) -> None:
    assert moved_to(text, version) == text


@given(ALL_TEXTS | EXACT, ANY)
def test_a_range_that_has_moved_to_any_version_stays(text: str, version: Version) -> None:
    moved = moved_to(text, version)
    assert moved_to(moved, version) == moved


@given(TEXTS | BARE, VERSIONS)
def test_all_but_the_range_is_kept(text: str, version: Version) -> None:
    before, after = Requirement(text), Requirement(moved_to(text, version))
    assert (after.name, after.extras, after.marker) == (before.name, before.extras, before.marker)


@given(TEXTS, VERSIONS)
def test_comparators_keep_their_number_and_order(text: str, version: Version) -> None:
    assert operators(moved_to(text, version)) == operators(text)


@given(TEXTS, VERSIONS)
def test_all_but_the_numbers_is_kept_to_the_letter(text: str, version: Version) -> None:
    moved = moved_to(text, version)
    number = r"[\d.!]+(a\d+)?(post\d+)?(dev\d+)?(\.\*)?"
    before, after = (re.sub(number, "", t) for t in (text, moved))
    assert after == before


@given(TEXTS | BARE, VERSIONS)
def test_a_range_that_has_moved_stays(text: str, version: Version) -> None:
    moved = moved_to(text, version)
    assert moved_to(moved, version) == moved


@pytest.mark.parametrize(
    ("text", "version", "moved"),
    [
        ("sugar>=0.1.0,<0.2", "0.2.0", "sugar>=0.2.0,<0.3"),
        ("sugar >= 1 , < 2", "1.5.0", "sugar >= 1.5.0 , < 2"),
        ("sugar (>=1.0,<2.0)", "2.0.0", "sugar (>=2.0.0,<3)"),
        ("sugar>=1.0.0,<1.5", "1.5.0", "sugar>=1.5.0,<2"),
        ("sugar~=1.4", "2.3.1", "sugar~=2.3"),
        ("sugar ~= 1.4.2", "2.3.1", "sugar ~= 2.3.1"),
        ("sugar==1.2.*", "1.3.4", "sugar==1.3.*"),
        ("sugar==1.2.0", "1.3.4", "sugar==1.3.4"),
        ("sugar===1.2.0", "1.3.4", "sugar===1.3.4"),
        ("sugar>=1,<5", "2.0", "sugar>=2.0,<5"),
        ("sugar<=3", "2.0", "sugar<=3"),
        ("sugar<=1.2", "1.3.4", "sugar<=1.3.4"),
        ("sugar>1.2", "1.3.4", "sugar>1.2"),
        ("sugar>=1.2,!=1.2.5,<2", "1.3.4", "sugar>=1.3.4,!=1.2.5,<2"),
        ("sugar>=1!1.0,<1!2", "1!2.0", "sugar>=1!2.0,<1!3"),
        ("sugar>=1.0,<2", "2.0.0rc1", "sugar>=2.0.0rc1,<3"),
        ('sugar[hot]>=1 ; python_version<"3.14"', "2.0", 'sugar[hot]>=2.0 ; python_version<"3.14"'),
        ("sugar", "0.3.1", "sugar>=0.3.1,<0.4"),
        ("sugar[hot] ; os_name=='nt'", "3.1.0", "sugar[hot]>=3.1.0,<4 ; os_name=='nt'"),
        ("sugar @ https://example.org/s.whl", "2.0", "sugar @ https://example.org/s.whl"),
        ("foo==1.0.*", "2.0a1", "foo==2.0.*"),
        ("foo==1.*", "2.0.dev1", "foo==2.*"),
        ("foo==1.0.*", "1!2.0+local.1", "foo==1!2.0.*"),
        ("foo~=0.0", "0a1", "foo~=0.0a1"),
        ("foo~=1.4.0", "2.0a1", "foo~=2.0.0a1"),
        ("foo~=1.4.0", "2.0a1.dev3", "foo~=2.0.0a1.dev3"),
        ("foo~=1.4", "2.0.dev1", "foo~=2.0.dev1"),
        ("foo~=1.4", "2.0.1a1", "foo~=2.0"),
        ("foo~=1.4.post1", "2.0.0", "foo~=2.0"),
        ("foo~=1.4a1", "2.0", "foo~=2.0"),
        ("foo~=1.4", "2.0+local.1", "foo~=2.0"),
        ("foo>=1,<2,", "2.0", "foo>=2.0,<3,"),
        ("foo ( >=1 , <2 , ) ; os_name=='nt'", "2.0", "foo ( >=2.0 , <3 , ) ; os_name=='nt'"),
        ("foo>=1,<2", "2.0+local.1", "foo>=2.0,<3"),
        ("foo==1.0", "2.0+local.1", "foo==2.0"),
        ("foo===1.0", "2.0+local.1", "foo===2.0+local.1"),
        ("foo<=1.0", "2.0+local.1", "foo<=2.0"),
        ("foo", "2.0+local.1", "foo>=2.0,<3"),
        ("foo ()", "2.0", "foo (>=2.0,<3)"),
        ("foo[hot]( ) ; os_name=='nt'", "0.3.1", "foo[hot](>=0.3.1,<0.4) ; os_name=='nt'"),
        ("foo<2", "2.0rc1", "foo<3"),
    ],
)
def test_each_comparator_keeps_its_style(text: str, version: str, moved: str) -> None:
    assert moved_to(text, Version(version)) == moved


def required(text: str) -> InternalRequirement:
    return InternalRequirement(sibling=NormalizedName("sugar"), text=text, kind=Kind.REQUIRED)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("sugar>=1,<2", ">=1,<2"),
        ("sugar [hot] ( >= 1 , <2 ) ; os_name=='nt'", ">= 1 , <2"),
        ("sugar<2,>=1", "<2,>=1"),
        ("sugar[hot]", ""),
        ("sugar @ https://example.org/s.whl", ""),
        ("sugar ()", ""),
        ("sugar (>=1,<2,)", ">=1,<2,"),
    ],
)
def test_a_range_is_shown_as_its_author_wrote_it(text: str, written: str) -> None:
    assert required(text).range == written


def test_a_range_has_the_pre_releases_in_it() -> None:
    versions = [Version(text) for text in ("1.0", "1.1rc1", "2.0rc1", "2.0")]
    assert [required("sugar>=1,<2").admits(v) for v in versions] == [True, True, False, False]


def test_only_a_requirement_without_range_and_url_is_bare() -> None:
    written = ["sugar", "sugar[hot]; os_name=='nt'", "sugar>=1", "sugar @ https://example.org/s"]
    assert [required(text).is_bare for text in written] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "kind", "is_unconditional"),
    [
        ("sugar>=1", Kind.REQUIRED, True),
        ("sugar>=1; os_name == 'nt'", Kind.REQUIRED, False),
        ("sugar>=1", Kind.EXTRA, False),
        ("sugar>=1", Kind.GROUP, False),
        ("sugar>=1", Kind.BUILD, False),
    ],
)
def test_only_a_dependency_without_a_marker_holds_everywhere_and_always(
    text: str, kind: Kind, *, is_unconditional: bool
) -> None:
    found = InternalRequirement(sibling=NormalizedName("sugar"), text=text, kind=kind)
    assert found.is_unconditional is is_unconditional


def test_a_requirement_on_something_else_is_not_internal() -> None:
    assert internal_requirement("salt>=1", Kind.REQUIRED, frozenset([NormalizedName("a")])) is None


def test_a_sibling_is_recognised_by_any_spelling_of_its_name() -> None:
    name = NormalizedName("brown-sugar")
    found = internal_requirement("Brown_Sugar>=1", Kind.GROUP, frozenset([name]))
    assert found == InternalRequirement(sibling=name, text="Brown_Sugar>=1", kind=Kind.GROUP)


def test_a_requirement_that_an_extra_switches_on_does_not_hold_always() -> None:
    names = frozenset([NormalizedName("sugar")])
    found = internal_requirement('sugar>=1; extra == "sweet"', Kind.REQUIRED, names)
    assert found is not None
    assert found.kind is Kind.EXTRA
