"""Whatever a file says, its reader answers, or says what is wrong; and it does so soon."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.history.change import Commit
from roadworthy.model.history.note import read_note
from roadworthy.model.history.tag import TagFormat
from roadworthy.model.index.filename import parsed
from roadworthy.model.plan.changelog import section_of, with_section
from roadworthy.model.plan.intent import read_intent
from roadworthy.model.problem import Failure, UsageFailure
from roadworthy.model.version import read_version
from roadworthy.model.workspace.glob import matches
from roadworthy.model.workspace.manifest import edited, with_index
from roadworthy.model.workspace.manifest_paths import manifest_paths
from roadworthy.model.workspace.reading import read_workspace
from roadworthy.model.workspace.shape import SHAPES
from roadworthy.model.workspace.version_source import FromFile, version_in
from roadworthy.model.workspace.workspace import Workspace
from roadworthy.stages.build.dist import read_record
from tests.helpers.strange import TEXTS, VALUES, put

ROOT = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
MEMBER = '[project]\nname = "zq-a"\nversion = "1.0"\n'
BACKENDS = ("hatchling.build", "pdm.backend", "flit_core.buildapi", "setuptools.build_meta")
KEYS = (
    *SHAPES,
    *("project.version", "project.scripts.x", "project.optional-dependencies.a"),
    *("build-system.build-backend", "dependency-groups.a", "tool.uv.package", "tool.uv.managed"),
    *(f"tool.hatch.version.{key}" for key in ("source", "path", "pattern")),
    *("tool.hatch.version", "tool.pdm.version", "tool.pdm.version.source", "tool.pdm.version.path"),
    *(f"tool.setuptools.dynamic.version.{key}" for key in ("file", "attr")),
    *("tool.setuptools.package-dir", "tool.setuptools.packages.find.where", "tool.setuptools"),
    *("tool.flit.module", "tool.flit.module.name", "tool.setuptools_scm"),
    *(f"tool.release.{key}" for key in ("branch", "remote", "repository", "index", "ignore")),
    *(f"tool.release.{key}" for key in ("tag-format", "versioning", "cascade", "fixed")),
    "tool.release.require-notes",
)
MANY = settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(MANY, max_examples=75)
SHAPES_OF_TAGS = ("{name}/v{version}", "{version}_{name}", "v{version}")
NAMES = (NormalizedName("zq-a"), NormalizedName("zq-b"))


def workspace_of(root: str = ROOT, member: str = MEMBER) -> Workspace:
    """Read a workspace of one member from the texts of its manifests."""
    manifests = {"pyproject.toml": root, "packages/a/pyproject.toml": member}
    files = [*manifests, "packages/a/changes/a.fix.md", "packages/a/VERSION"]
    read = {path: manifests[path] for path in manifest_paths(root, files)}
    return read_workspace(read, files, lambda paths: dict.fromkeys(paths, "1.0\n"))


def manifest(backend: str, values: list[tuple[str, object]], *, dynamic: bool) -> str:
    """Return a manifest that has any values, at keys that are read."""
    table: dict[str, Any] = tomlkit.parse(ROOT + MEMBER).unwrap()
    table = put(table, "build-system", {"requires": ["x"], "build-backend": backend})
    if dynamic:
        table = put(table, "project", {"name": "zq-a", "dynamic": ["version"]})
    for key, value in values:
        table = put(table, key, value)
    return tomlkit.dumps(table)


MANIFESTS = st.builds(
    manifest,
    st.sampled_from(BACKENDS),
    st.lists(st.tuples(st.sampled_from(KEYS), VALUES), min_size=1, max_size=3),
    dynamic=st.booleans(),
)


def check_manifest(text: str) -> None:
    """Read a manifest as a member's and as the root's, and edit it."""
    for manifests in ((ROOT, text), (text, MEMBER)):
        with suppress(Failure):
            workspace_of(*manifests)
    with suppress(Failure):
        edited(text, {"zq-b": "zq-b>=1"})
    with suppress(Failure):
        with_index(text, {"name": "a", "url": "https://a.example/simple/"})


def check_text(text: str) -> None:
    """Give a text to everybody who reads one."""
    version = Version("9.9.9")
    assert section_of(with_section(text, "## 1!9 - 2026-01-02\n\n- x\n"), Version("1!9")) or text
    note = read_note(f"packages/a/changes/{text}.fix.md", text)
    assert note is not None
    assert note.text
    told = commit(text)
    assert all(words for _, words in told.entries())
    readers: tuple[Callable[[], object], ...] = (
        lambda: section_of(text, version),
        lambda: (told.level(), told.reverts, told.releases),
        lambda: (parsed(text), parsed(f"{text}.whl"), read_version(text)),
        lambda: (matches(text, text), version_in(text, FromFile((), "")), read_record(text)),
        *(partial(TagFormat(shape).parse, text, NAMES) for shape in SHAPES_OF_TAGS),
    )
    for read in readers:
        read()
    check_typed(text)


def check_typed(text: str) -> None:
    """Give a text to the readers that refuse one."""
    workspace = workspace_of()
    told: tuple[Callable[[], object], ...] = (
        lambda: TagFormat(text),
        lambda: read_intent(workspace, bumps=[text], versions=[f"zq-a={text}"]),
        lambda: read_intent(workspace, pre=[text], promote=[text], only=[text]),
        lambda: workspace_of(member=f"{MEMBER}dependencies = [{text!r}]\n"),
        lambda: workspace_of(member=text),
        lambda: workspace_of(text),
    )
    for read in told:
        with suppress(UsageFailure):
            read()


@FEW
@given(MANIFESTS)
def test_a_manifest_is_read_or_refused(text: str) -> None:
    check_manifest(text)


@FEW
@given(TEXTS)
def test_a_text_is_read_or_refused(text: str) -> None:
    check_text(text)


@pytest.mark.exhaustive
@MANY
@given(MANIFESTS)
def test_any_manifest_is_read_or_refused(text: str) -> None:
    check_manifest(text)


@pytest.mark.exhaustive
@MANY
@given(TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    check_text(text)


REFUSED = {
    "deep arrays": (f"{ROOT}x = {'[' * 5000}{']' * 5000}", "is nested too deeply"),
    "deep tables": (f"{ROOT}x = {'{a=' * 3000}1{'}' * 3000}", "is nested too deeply"),
    "deep keys": (f"{ROOT}[tool.release]\nbranch.{'a.' * 20_000}a = 1\n", "is nested too deeply"),
    "a long number": (f"{ROOT}x = {'9' * 5000}", "has a number that is too long"),
    "a byte order mark": (f"\ufeff{ROOT}", "is not TOML: Invalid statement"),
    "ends of lines of old": (ROOT.replace("\n", "\r"), "is not TOML: Expected newline"),
    "no character": (f"{ROOT}\0", "is not TOML: Invalid statement"),
    "another encoding": (f"{ROOT}\n# caf\udce9", "is not UTF-8, in line 4"),
    "a key twice": (f"{ROOT}[tool.uv.workspace]\n", "is not TOML: Cannot declare"),
    "a URL": (f'{ROOT}[[tool.uv.index]]\nname = "x"\nurl = "http://[::1"\n', "'http://[::1'"),
    "a port": (f'{ROOT}[[tool.uv.index]]\nname = "x"\nurl = "https://h:x/"\n', "'https://h:x/'"),
    "a long value": (f"{ROOT}[tool.release]\nbranch = 0x{'f' * 5000}", "a number that is too long"),
    "an option": (f'{ROOT}[tool.release]\nremote = "--exec=x"\n', "`remote` is '--exec=x'"),
    "a line break": (f'{ROOT}[tool.release]\nbranch = ["a\\nb"]\n', "`branch` is 'a\\nb'"),
    "a tag": (f'{ROOT}[tool.release]\ntag-format = "{{name}}\\u202e/{{version}}"\n', "tag-format"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_with_a_manifest_is_said(case: str) -> None:
    text, message = REFUSED[case]
    with pytest.raises(UsageFailure) as told:
        workspace_of(text)
    assert message in str(told.value)


def test_a_secret_in_a_url_that_cannot_be_read_is_not_shown() -> None:
    for more in (
        '[[tool.uv.index]]\nname = "x"\nurl = "https://me:hidden@[::1/"\n',
        '[tool.release]\nrepository = "https://me:hidden@h:port/"\n',
    ):
        with pytest.raises(UsageFailure) as told:
            workspace_of(ROOT + more)
        assert "hidden" not in str(told.value)


@pytest.mark.parametrize("folder", ["a\nb", "caf\udce9", "a\u202eb", "a\tb"])
def test_a_folder_that_nobody_can_name_is_no_member(folder: str) -> None:
    with pytest.raises(UsageFailure) as told:
        manifest_paths(ROOT, ["pyproject.toml", f"packages/{folder}/pyproject.toml"])
    assert "has a name that is not valid UTF-8" in str(told.value)


@pytest.mark.parametrize(
    "requirement",
    [f"x; {'(' * 900}os_name == 'a'{')' * 900}", f"zq-a>={'1' * 5000}", "x" * 5000],
)
def test_a_requirement_without_an_end_is_refused(requirement: str) -> None:
    with pytest.raises(UsageFailure) as told:
        workspace_of(member=f'{MEMBER}dependencies = ["{requirement}"]\n')
    (problem,) = told.value.problems
    assert "has a requirement that cannot be read" in problem.message
    assert len(problem.message) < 400


LONG = 20_000
SLOW: dict[str, Callable[[], object]] = {
    "headings": lambda: section_of("## x\n" * LONG, Version("1")),
    "fences": lambda: with_section("```\n## 1\n" * LONG, "## 2\n"),
    "blank lines": lambda: with_section("\n" * LONG * 4, "## 2\n"),
    "carriage returns": lambda: section_of("\r" * LONG * 4, Version("1")),
    "breaking": lambda: commit("BREAKING CHANGE: x\n" * LONG).entries(),
    "footers": lambda: commit("x\n\nBREAKING CHANGE: x\n" + "more\n" * LONG).entries(),
    "listed": lambda: commit("x\n" + "* fix: x\n" * LONG).entries(),
    "spaces": lambda: commit("x:" + " " * LONG * 10).entries(),
    "reverts": lambda: commit("x\nRefs: " + "abcdef0, " * LONG).reverts,
    "words": lambda: read_note("changes/x.fix.md", "`a " * LONG),
    "globs": lambda: matches("/".join("a" * 60), "/".join(["**"] * 20) + "/b"),
    "stars": lambda: matches("a" * 200, "*a" * 100 + "b"),
    "tags": lambda: TagFormat().parse("-" * LONG * 10, NAMES),
    "digits": lambda: read_version("1" * LONG * 10),
    "names of files": lambda: parsed("a-" * LONG + ".whl"),
    "keys": lambda: suppressed(f"{ROOT}{'a.' * LONG}a = 1\n"),
}


def commit(message: str) -> Commit:
    """Return a commit with a message."""
    return Commit(hash="0" * 40, parents=(), message=message, files=())


def suppressed(root: str) -> None:
    """Read a root's manifest, and refuse it without a word."""
    with suppress(UsageFailure):
        workspace_of(root)


@pytest.mark.parametrize("case", SLOW)
def test_no_text_takes_long(case: str) -> None:
    start = time.process_time()
    SLOW[case]()
    assert time.process_time() - start < 1.5


def test_a_line_of_others_is_no_line_of_ours() -> None:
    forged = "x\n\n- zq-a 1.0: it\u2028- zq-b 9.9: forged\x85- zq-b 9.8: too"
    assert commit(f"release: {forged}").releases == {"zq-a": "1.0"}
    assert section_of("# Log\n\n- it\u2028## 9.9.9\n", Version("9.9.9")) == ""


def test_a_fence_that_a_note_leaves_open_ends_with_its_item() -> None:
    log = "# Log\n\n## 2.0\n\n- see:\n  ```\n  code\n\n## 1.0\n\n- first\n"
    assert section_of(log, Version("1.0")) == "- first"
    assert section_of(log, Version("2.0")) == "- see:\n  ```\n  code"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("changes/x.fix.md", "\ufeffit\r\n", "it"),
        ("changes/scale-a-recipe.feature.md", " \n", "scale a recipe"),
        ("changes/.fix.md", "", "fix"),
        (
            "changes/a.fix.md",
            "a\x1b[31m\u202eb\n\n- `code` stays\n",
            "a\\x1b[31m\\u202eb\n\n- `code` stays",
        ),
    ],
)
def test_a_note_is_told_as_text(path: str, text: str, expected: str) -> None:
    note = read_note(path, text)
    assert note is not None
    assert note.text == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[" * 100_000,
        '{"distributions": [{"filename": [], "commit": 1, "sha256": {}}]}',
        '{"distributions": [{"filename": "a", "commit": 5, "sha256": "b"}]}',
        '{"distributions": {"a": 1}}',
        f'{{"distributions": {"9" * 5000}}}',
    ],
)
def test_a_record_that_is_strange_says_nothing(text: str) -> None:
    assert read_record(text) == {}


def test_a_record_is_read() -> None:
    told = '{"distributions": [{"filename": "a.whl", "commit": "c", "sha256": "d"}]}'
    assert read_record(told) == {"a.whl": ("c", "d")}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"bumps": ["=minor"]}, "--bump =minor has no member"),
        ({"bumps": ["zq-a=minor", "ZQ_a=major"]}, "has two values for zq-a: minor and major"),
        ({"versions": ["=1.0"]}, "--version =1.0 has no member"),
        ({"versions": [f"zq-a={'1' * 5000}"]}, "is not a version"),
        ({"pre": ["rc="]}, "--pre rc= has no member"),
    ],
)
def test_nothing_that_is_typed_stands_for_more_than_it_says(
    asked: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(UsageFailure) as told:
        read_intent(workspace_of(), **asked)  # type: ignore[arg-type]
    assert message in str(told.value)


def test_many_numbers_in_a_text_are_no_deep_key() -> None:
    numbers = ", ".join(f"-170.{number}" for number in range(2000))
    data = f'[[examples.here]]\ngeometry = "POLYGON (({numbers}))"\nnumbers = [{numbers}]\n'
    manifest = f'[project]\nname = "zq-base"\nversion = "1"\n\n{data}'
    found = read_workspace({"pyproject.toml": ROOT, "packages/zq-base/pyproject.toml": manifest})
    assert list(found.members) == ["zq-base"]
