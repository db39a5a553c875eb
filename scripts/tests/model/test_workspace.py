"""A workspace is read from the texts of its manifests, or refused with the place to mend."""

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.problem import Problem, UsageFailure
from roadworthy.model.workspace.build_system import BuildSystem
from roadworthy.model.workspace.manifest_paths import manifest_paths
from roadworthy.model.workspace.reading import read_workspace
from roadworthy.model.workspace.requirement import InternalRequirement, Kind
from roadworthy.model.workspace.settings import Settings
from roadworthy.model.workspace.workspace import Index, Member, Workspace

from .builder import BUILD, ROOT, Built, manifest

SUGAR = NormalizedName("sugar")


def read(**manifests: str) -> Workspace:
    """Read a workspace of one member for each manifest, in a folder of that name."""
    paths = {f"packages/{name}/pyproject.toml": text for name, text in manifests.items()}
    return read_workspace({"pyproject.toml": ROOT, **paths})


def refusal(**manifests: str) -> tuple[Problem, ...]:
    with pytest.raises(UsageFailure) as refused:
        read(**manifests)
    return refused.value.problems


def paths(root: str, *files: str) -> tuple[str, ...]:
    return manifest_paths(f"[tool.uv.workspace]\n{root}\n", files)


def test_every_folder_that_a_pattern_names_is_a_member() -> None:
    files = ["packages/a/pyproject.toml", "packages/a/src/a.py", "libs/b/pyproject.toml", "x.py"]
    assert paths('members = ["packages/*", "libs/b"]', *files) == (
        "pyproject.toml",
        "libs/b/pyproject.toml",
        "packages/a/pyproject.toml",
    )


def test_patterns_can_reach_deeper() -> None:
    files = ["packages/a/b/pyproject.toml", "packages/a/c/pyproject.toml"]
    assert paths('members = ["packages/**/b"]', *files) == ("pyproject.toml", *files[:1])


def test_a_pattern_of_one_star_reaches_one_level() -> None:
    files = ["packages/a/pyproject.toml", "packages/a/b/pyproject.toml"]
    assert paths('members = ["./packages/*/"]', *files) == ("pyproject.toml", files[0])


def test_excluded_and_hidden_folders_are_no_members() -> None:
    root = 'members = ["packages/*"]\nexclude = ["packages/old"]'
    assert paths(root, "packages/old/x.py", "packages/.cache/x.py") == ("pyproject.toml",)


def test_every_member_folder_without_a_manifest_is_named() -> None:
    with pytest.raises(UsageFailure) as refused:
        paths('members = ["packages/*"]', "packages/a/a.py", "packages/b/src/b.py")
    hint = "add one, or list it under `exclude` in pyproject.toml"
    assert refused.value.problems == (
        Problem("member-manifest", "workspace member `packages/a` has no pyproject.toml", hint),
        Problem("member-manifest", "workspace member `packages/b` has no pyproject.toml", hint),
    )


def test_a_member_that_is_a_link_to_a_folder_or_a_submodule_is_named() -> None:
    root = '[tool.uv.workspace]\nmembers = ["packages/*", "libs/a"]\nexclude = ["packages/old"]\n'
    links = {
        "packages/out": "../../out",
        "packages/within": "../elsewhere",
        "packages/submodule": "",
        "libs": "../libs",
        "packages/README.md": "../README.md",  # to a file
        "packages/old": "../old",
        "packages/.cache": "../cache",
        "packages/a/data": "../../data",  # within a member
        "elsewhere/link": "../out",
    }
    with pytest.raises(UsageFailure) as refused:
        manifest_paths(root, ["README.md", "packages/a/pyproject.toml", *links], links)
    hint = "move it here, or list it under `exclude` in pyproject.toml"
    named = ("packages/out", "packages/within", "packages/submodule", "libs")
    assert refused.value.problems == tuple(
        Problem(
            "member-outside",
            f"workspace member `{name}` is a link or a submodule, not a folder here",
            hint,
        )
        for name in named
    )


def test_a_manifest_without_a_workspace_table_is_no_root() -> None:
    with pytest.raises(UsageFailure) as refused:
        manifest_paths('[project]\nname = "alone"\n', [])
    hint = 'the root needs [tool.uv.workspace] with `members = ["packages/*"]`'
    problem = Problem(
        "workspace-not-a-root", "pyproject.toml is not the root of a uv workspace", hint
    )
    assert refused.value.problems == (problem,)


def test_a_member_is_read_as_its_manifest_has_it() -> None:
    extra = '[project.optional-dependencies]\nhot = ["salt==1.*"]\n'
    group = '[dependency-groups]\ndev = [{ include-group = "hot" }, "salt"]\nhot = []\n'
    text = manifest("Cake", "0.1.0", ["sugar>=1", "flour"], extra, group)
    read_member = read(cake=text, sugar=manifest("sugar", "1.0"), salt=manifest("salt", "1.0"))
    salt = NormalizedName("salt")
    assert read_member.members[NormalizedName("cake")] == Member(
        name=NormalizedName("cake"),
        path="packages/cake",
        changelog="packages/cake/CHANGELOG.md",
        version=Version("0.1.0"),
        requirements=(
            InternalRequirement(sibling=SUGAR, text="sugar>=1", kind=Kind.REQUIRED),
            InternalRequirement(sibling=salt, text="salt==1.*", kind=Kind.EXTRA),
            InternalRequirement(sibling=salt, text="salt", kind=Kind.GROUP),
        ),
        stated=("sugar>=1", "flour", "salt==1.*"),
        build=BuildSystem(
            requires=("uv_build>=0.9,<1",),
            backend="uv_build",
            runs_code=False,
        ),
    )


def test_a_root_with_a_project_is_a_member_too() -> None:
    root = ROOT + manifest("umbrella", "0", ["sugar"])
    built = Built().text("pyproject.toml", root).member("sugar", "0.1.0")
    assert {n: m.file("x.py") for n, m in built.facts().workspace.members.items()} == {
        "sugar": "packages/sugar/x.py",
        "umbrella": "x.py",
    }


def test_members_are_in_the_order_of_their_names() -> None:
    texts = {name: manifest(name, "0.1.0") for name in ("salt", "cake", "sugar")}
    assert list(read(**texts).members) == ["cake", "salt", "sugar"]


def test_a_requirement_on_itself_is_left_out() -> None:
    more = '[project.optional-dependencies]\nall = ["sugar[hot]"]\nhot = []\n'
    (member,) = read(sugar=manifest("sugar", "0.1.0", [], more)).members.values()
    assert member.requirements == ()


def test_what_holds_always_is_told_from_what_a_marker_an_extra_or_a_build_needs() -> None:
    extra = '[project.optional-dependencies]\nhot = ["salt"]\n'
    group = '[dependency-groups]\ndev = ["knife"]\n'
    requires = ["sugar>=1", "milk>=1; os_name == 'nt'"]
    cake = manifest("cake", "0.1.0", requires, extra, group).replace('["uv', '["tin", "uv')
    others = {name: manifest(name, "1.0") for name in ("knife", "milk", "salt", "sugar", "tin")}
    workspace = read(cake=cake, **others)
    empty: dict[str, set[str]] = {name: set() for name in others}
    assert workspace.always == {"cake": {"sugar"}, **empty}
    assert workspace.graph == {"cake": {"sugar", "milk"}, **empty}
    assert workspace.released_graph == {"cake": {"sugar", "milk", "salt", "tin"}, **empty}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            manifest("sugar", "1").replace(
                "dep", 'classifiers = ["Private :: Do Not Upload"]\ndep'
            ),
            "it has the classifier `Private :: Do Not Upload`",
        ),
        (manifest("sugar", "1", [], "[tool.uv]\npackage = false\n"), "it has `package = false`"),
        ('[project]\nname = "sugar"\nversion = "1"\n', "it has no [build-system]"),
        (
            f'[project]\nname = "sugar"\ndynamic = ["version"]\n{BUILD}',
            "its version is dynamic, and its manifest does not say where `uv_build` takes it from",
        ),
        (manifest("sugar", "1"), ""),
    ],
)
def test_some_members_are_never_released_and_the_reason_is_said(text: str, why: str) -> None:
    assert read(sugar=text).members[SUGAR].never_released == why


@pytest.mark.parametrize(
    ("text", "installable"),
    [
        (manifest("sugar", "1"), True),
        (manifest("sugar", "1", [], "[tool.uv]\npackage = false\n"), False),
        ('[project]\nname = "sugar"\nversion = "1"\n', False),
    ],
)
def test_only_what_can_be_built_can_be_installed(text: str, *, installable: bool) -> None:
    assert read(sugar=text).members[SUGAR].installable is installable


def test_a_dynamic_version_is_unknown() -> None:
    text = f'[project]\nname = "sugar"\ndynamic = ["version"]\n{BUILD}'
    assert read(sugar=text).members[SUGAR].version is None


def test_two_members_whose_names_are_normalised_alike_are_refused() -> None:
    found = refusal(a=manifest("Brown.Sugar", "1"), b=manifest("brown_sugar", "1"))
    message = (
        "two members are both named `brown-sugar`: "
        "packages/a/pyproject.toml and packages/b/pyproject.toml"
    )
    hint = "rename one: names are compared as PEP 503 normalises them"
    assert found == (Problem("member-name-twice", message, hint),)


def test_a_version_that_is_no_string_is_refused() -> None:
    message = "sugar has the version 3, which is not one"
    hint = "write a PEP 440 version such as 0.1.0 in packages/sugar/pyproject.toml"
    text = '[project]\nname = "sugar"\nversion = 3\n'
    assert refusal(sugar=text) == (Problem("version-invalid", message, hint, "sugar"),)


def test_a_version_that_is_none_is_refused() -> None:
    message = "sugar has the version 'banana', which is not one"
    hint = "write a PEP 440 version such as 0.1.0 in packages/sugar/pyproject.toml"
    assert refusal(sugar=manifest("sugar", "banana")) == (
        Problem("version-invalid", message, hint, "sugar"),
    )


def test_a_member_without_a_version_is_refused() -> None:
    hint = 'add `version = "0.1.0"` to the [project] of packages/sugar/pyproject.toml'
    text = f'[project]\nname = "sugar"\n{BUILD}'
    assert refusal(sugar=text) == (
        Problem("version-missing", "sugar has no version", hint, "sugar"),
    )


NAMELESS = 'give it a [project] with `name = "..."`, or list it under `exclude`'


@pytest.mark.parametrize("text", ["", '[project]\nversion = "1"\n', '[project]\nname = ""\n'])
def test_a_member_without_a_name_is_refused(text: str) -> None:
    message = "packages/sugar/pyproject.toml has no project name"
    assert refusal(sugar=text) == (Problem("member-name", message, NAMELESS),)


def test_a_name_that_is_none_is_refused() -> None:
    message = "packages/sugar/pyproject.toml: 'brown sugar' is no name"
    text = '[project]\nname = "brown sugar"\nversion = "1"\n'
    assert refusal(sugar=text) == (Problem("member-name", message, NAMELESS),)


def test_a_root_that_is_a_project_needs_a_name() -> None:
    with pytest.raises(UsageFailure) as refused:
        read_workspace({"pyproject.toml": f'[project]\nversion = "1"\n{ROOT}'})
    assert refused.value.problems == (
        Problem("member-name", "pyproject.toml has no project name", NAMELESS),
    )


def test_a_requires_python_that_is_no_range_is_refused() -> None:
    text = '[project]\nname = "sugar"\nversion = "1"\nrequires-python = "banana"\n'
    hint = 'write one such as ">=3.11" in packages/sugar/pyproject.toml'
    message = "sugar has the requires-python 'banana', which is not a range"
    assert refusal(sugar=text) == (Problem("python-range-invalid", message, hint, "sugar"),)


@pytest.mark.parametrize(
    ("lines", "key", "shape"),
    [
        ("project = 3\n", "project", "a table"),
        ("[[project]]\nname = 'sugar'\n", "project", "a table"),
        ("project.name = 3\n", "project.name", "a string"),
        ("project.classifiers = 3\n", "project.classifiers", "a list of strings"),
        ('project.dependencies = "salt"\n', "project.dependencies", "a list of strings"),
        ("project.dependencies = [3]\n", "project.dependencies", "a list of strings"),
        (
            "project.optional-dependencies.hot = [3]\n",
            "project.optional-dependencies",
            "a table of lists of strings",
        ),
        ('dependency-groups.dev = "salt"\n', "dependency-groups", "a table of lists"),
        ('build-system.requires = "hatchling"\n', "build-system.requires", "a list of strings"),
        ("tool = 3\n", "tool", "a table"),
        ("tool.uv.index = [3]\n", "tool.uv.index", "a list of tables"),
    ],
)
def test_a_key_of_another_type_is_refused(lines: str, key: str, shape: str) -> None:
    message = f"packages/sugar/pyproject.toml: `{key}` is not {shape}"
    assert refusal(sugar=lines) == (Problem("manifest-shape", message, f"write it as {shape}"),)


def test_every_manifest_of_a_wrong_shape_is_named() -> None:
    found = refusal(a="project = 3\n", b='[project]\nname = "b"\ndependencies = "salt"\n')
    assert [problem.message for problem in found] == [
        "packages/a/pyproject.toml: `project` is not a table",
        "packages/b/pyproject.toml: `project.dependencies` is not a list of strings",
    ]


@pytest.mark.parametrize("text", ["", manifest("sugar", "1")])
def test_a_member_that_uv_does_not_manage_is_skipped(text: str) -> None:
    unmanaged = f"{text}\n[tool.uv]\nmanaged = false\n"
    assert list(read(salt=manifest("salt", "1"), sugar=unmanaged).members) == ["salt"]


def test_a_member_that_uv_manages_by_its_word_is_one() -> None:
    managed = manifest("sugar", "1", [], "[tool.uv]\nmanaged = true\n")
    assert list(read(sugar=managed).members) == ["sugar"]


def test_a_workspace_whose_members_are_all_unmanaged_has_none() -> None:
    hint = "add one: `nox -s new-member -- NAME --kind library`"
    unmanaged = manifest("sugar", "1", [], "[tool.uv]\nmanaged = false\n")
    assert refusal(sugar=unmanaged) == (
        Problem("workspace-empty", "the workspace has no member", hint),
    )


def test_a_requirement_that_cannot_be_read_is_refused() -> None:
    (problem,) = refusal(cake=manifest("cake", "1", ["sugar=>1"]))
    start = "cake has a requirement that cannot be read, `sugar=>1`: "
    assert problem.message.startswith(start)
    assert (problem.hint, problem.member) == ("fix it in packages/cake/pyproject.toml", "cake")


def test_a_manifest_that_is_no_toml_is_refused_by_its_path() -> None:
    (problem,) = refusal(cake="[project\n")
    assert problem.message.startswith("packages/cake/pyproject.toml is not TOML: ")


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = refusal(a=manifest("a", "banana"), b=manifest("b", "kiwi"), c=manifest("A", "1"))
    assert [problem.member for problem in found] == [None, "a", "b"]


def test_a_workspace_without_members_is_refused() -> None:
    hint = "add one: `nox -s new-member -- NAME --kind library`"
    assert refusal() == (Problem("workspace-empty", "the workspace has no member", hint),)


def test_members_are_selected_by_any_spelling_and_all_by_none() -> None:
    workspace = read(a=manifest("brown-sugar", "1"), b=manifest("salt", "1"))
    chosen = [[m.name for m in workspace.select(names)] for names in ([], ["Brown_Sugar"])]
    assert chosen == [["brown-sugar", "salt"], ["brown-sugar"]]


def test_every_name_that_no_member_has_is_refused() -> None:
    with pytest.raises(UsageFailure) as refused:
        read(a=manifest("sugar", "1"), b=manifest("salt", "1")).select(["slat", "sugar", "oil"])
    hint = "the members are salt, sugar"
    assert refused.value.problems == (
        Problem("member-unknown", "no member is named `slat`", hint),
        Problem("member-unknown", "no member is named `oil`", hint),
    )


INDEXES = """
[[tool.uv.index]]
name = "shelf"
url = "https://example.org/simple/"
publish-url = "https://example.org/upload/"

[[tool.uv.index]]
url = "https://example.org/nameless/"

[tool.uv]
required-version = ">=0.9"
"""


def with_indexes() -> Workspace:
    return Built().text("pyproject.toml", ROOT + INDEXES).member("sugar", "1").facts().workspace


def test_an_index_is_found_by_its_name_and_none_by_the_empty_name() -> None:
    shelf = Index(
        name="shelf", url="https://example.org/simple/", publish_url="https://example.org/upload/"
    )
    assert with_indexes().indexes == (shelf,)
    assert [with_indexes().index(name) for name in ("shelf", "")] == [shelf, None]


def test_an_unknown_index_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageFailure) as refused:
        with_indexes().index("pypi")
    hint = "configured in the root pyproject.toml: shelf"
    assert refused.value.problems == (
        Problem("index-not-configured", "no [[tool.uv.index]] is named `pypi`", hint),
    )


def test_the_version_of_uv_that_is_asked_for_is_read() -> None:
    assert with_indexes().uv_required == ">=0.9"


def test_an_interpreter_must_suit_every_member() -> None:
    texts = {
        name: manifest(name, "1").replace("dep", f'requires-python = "{asked}"\ndep')
        for name, asked in (("a", ">=3.11"), ("b", ">=3.12,<4"))
    }
    assert read(**texts).requires_python == SpecifierSet(">=3.11,>=3.12,<4")


def test_the_settings_are_those_of_the_root() -> None:
    root = f'{ROOT}[tool.release]\nremote = "upstream"\n'
    workspace = Built().text("pyproject.toml", root).member("sugar", "1").facts().workspace
    assert workspace.settings == Settings(remote="upstream")


def test_an_extra_that_is_asked_for_brings_what_it_names_and_no_other_does() -> None:
    extras = '[project.optional-dependencies]\nhot = ["salt"]\nbrown = ["milk"]\n'
    workspace = read(
        sugar=manifest("sugar", "0.1.0", [], extras),
        cake=manifest("cake", "0.1.0", ["sugar[hot]>=0.1"]),
        salt=manifest("salt", "1.0"),
        milk=manifest("milk", "1.0"),
    )
    assert workspace.needed(NormalizedName("cake")) == {"cake", "sugar", "salt"}
    assert workspace.needed(SUGAR) == {"sugar"}


LOCKED = """
version = 1

[[package]]
name = "cake"
version = "0.1.0"
source = { editable = "packages/cake" }

[package.metadata]
requires-dist = [
    { name = "sugar", editable = "packages/sugar", specifier = ">=0.1,<0.2" },
    { name = "elsewhere", specifier = ">=1" },
]
"""


def test_requirements_that_a_build_finds_come_from_the_lock_file() -> None:
    dynamic = manifest("cake", "0.1.0").replace("dependencies = [\n]", 'dynamic = ["dependencies"]')
    texts = {
        "pyproject.toml": ROOT,
        "packages/cake/pyproject.toml": dynamic,
        "packages/sugar/pyproject.toml": manifest("sugar", "0.1.0"),
    }
    files = {**texts, "uv.lock": LOCKED}
    workspace = read_workspace(texts, tuple(files), lambda paths: {p: files[p] for p in paths})
    (found,) = workspace.members[NormalizedName("cake")].requirements
    assert (found.sibling, found.text, found.is_dynamic) == (SUGAR, "sugar>=0.1,<0.2", True)
    assert workspace.graph["cake"] == {"sugar"}  # type: ignore[index]
