"""The root manifest of a project takes what the template changed in its own."""

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from roadworthy.model.template.project import Origin
from roadworthy.model.template.root_update import (
    RootUpdate,
    updated_root,
    with_origin,
    with_tooling_by_git,
)
from roadworthy.model.template.tables import Verdict, differences
from roadworthy.model.template.updating import State

URL = "https://github.com/zq/template"
NEW = Origin(url=URL, revision="b" * 40, tag="roadworthy/v1.1.0")
BASE = """\
[project]
name = "zq-workspace"
version = "0"
requires-python = ">=3.11"
dependencies = ["zq-base"]

[tool.uv.workspace]
members = ["packages/*", "scripts"]

[tool.uv.sources]
zq-base = { workspace = true }
roadworthy = { workspace = true }

[tool.release]
index = "shelf"

[tool.template]
only-here = ["tests/template"]

[dependency-groups]
tooling = ["roadworthy"]
lint = ["ruff>=0.12", "zizmor>=1.20"] # for everybody

[tool.ruff]
line-length = 100 # wide

[tool.ruff.lint]
ignore = [
    "CPY001", # the licence is in LICENSE
    "COM812", # the formatter
]
"""
HERE = (
    BASE.replace("zq-workspace", "acme-workspace")
    .replace('["zq-base"]', '["acme-units"]')
    .replace(', "scripts"]', "]")
    .replace("zq-base = { workspace = true }", "acme-units = { workspace = true }")
    .replace(
        "roadworthy = { workspace = true }",
        f'roadworthy = {{ git = "{URL}", tag = "roadworthy/v1.0.0", subdirectory = "scripts" }}',
    )
    .replace('index = "shelf"', 'index = ""')
    .replace('only-here = ["tests/template"]', f'source = "{URL}"\nrevision = "{"a" * 40}"')
)
MOVED = HERE.replace("v1.0.0", "v1.1.0")


def update(target: str, here: str = HERE, origin: Origin = NEW) -> RootUpdate:
    return updated_root(here, BASE, target, origin)


def test_the_tooling_moves_to_the_new_tag_and_nothing_else_changes() -> None:
    found = update(BASE)
    assert (found.state, found.text) == (State.BEHIND, MOVED)


@pytest.mark.parametrize(
    "source",
    [
        'roadworthy = { git = "https://github.com/acme/fork", tag = "roadworthy/v1.0.0" }',
        f'roadworthy = {{ git = "{URL}", branch = "main" }}',
        f'roadworthy = {{ git = "{URL}", tag = "roadworthy/v1.2.0" }}',
        f'roadworthy = {{ git = "{URL}.git", tag = "roadworthy/v1.1.0" }}',
        "roadworthy = { workspace = true }",
        'roadworthy = { path = "../roadworthy" }',
    ],
)
def test_tooling_that_comes_from_elsewhere_or_is_newer_stays(source: str) -> None:
    lines = [source if line.startswith("roadworthy =") else line for line in HERE.splitlines()]
    here = "\n".join(lines) + "\n"
    found = update(BASE, here)
    assert (found.state, found.text) == (State.SAME, here)


def test_a_commit_of_the_tooling_becomes_the_first_tag_that_there_is() -> None:
    at_commit = HERE.replace('tag = "roadworthy/v1.0.0"', f'rev = "{"a" * 40}"')
    assert update(BASE, at_commit).text == MOVED
    no_tag = Origin(url=URL, revision="b" * 40)
    moved = at_commit.replace("a" * 40, "b" * 40, 1)
    assert update(BASE, at_commit, no_tag).text == moved


def test_what_only_the_template_changed_is_taken_with_all_comments_kept() -> None:
    target = (
        BASE.replace("line-length = 100", "line-length = 120")
        .replace("ruff>=0.12", "ruff>=0.13")
        .replace('    "COM812", # the formatter\n', '    "D203", # why\n')
        .replace("[tool.ruff]", "[tool.mypy]\nstrict = true\n\n[tool.ruff]")
        .replace('requires-python = ">=3.11"', 'requires-python = ">=3.12"')
    )
    found = update(target)
    expected = (
        MOVED.replace("line-length = 100", "line-length = 120")
        .replace("ruff>=0.12", "ruff>=0.13")
        .replace('    "COM812", # the formatter\n', '    "D203", # why\n')
        .replace('requires-python = ">=3.11"', 'requires-python = ">=3.12"')
    )
    assert found.state is State.BEHIND
    new = "[tool.mypy]\nstrict = true\n\n[dependency-groups]\n"
    assert found.text == expected.replace("[dependency-groups]\n", new)


def test_what_is_new_comes_with_its_comments_and_those_of_the_project_stay_in_their_place() -> None:
    here = MOVED.replace("[tool.ruff]\n", "[tool.x]\na = 1\n\n# of ruff\n[tool.ruff]\n")
    base = BASE.replace("[tool.ruff]\n", "[tool.x]\na = 1\n\n[tool.ruff]\n")
    table = """\
[tool.x]
a = 1

# Why there is one more,
# in two lines.
b = [
    "c", # first
] # last

[tool.y] # new
# Of z.
z = 1

# of ruff in the template
[tool.ruff]
"""
    target = base.replace("[tool.x]\na = 1\n\n[tool.ruff]\n", table)
    found = updated_root(here, base, target, NEW)
    assert found.state is State.BEHIND
    more = '# Why there is one more,\n# in two lines.\nb = [\n    "c", # first\n] # last\n'
    expected = here.replace("a = 1\n\n# of ruff\n", f"a = 1\n{more}\n# of ruff\n")
    new = "[tool.y] # new\n# Of z.\nz = 1\n\n"
    assert found.text in {
        expected.replace(anchor, f"{new}{anchor}")
        for anchor in ("# of ruff\n", "[dependency-groups]\n")
    }


def test_a_table_in_several_places_takes_what_is_new_where_its_own_keys_are() -> None:
    apart = "[tool.uv.build-backend]\na = []\n\n[tool.uv]\npackage = true\n\n# All.\n"
    base, here = (each.replace("[tool.uv.w", f"{apart}[tool.uv.w") for each in (BASE, MOVED))
    new = 'package = true\n# Of a week ago.\nexclude-newer = "7 days" # or older\n\n'
    found = updated_root(here, base, base.replace("package = true\n\n", new), NEW)
    assert found.text == here.replace("package = true\n\n", new)


def test_new_items_of_a_list_bring_what_the_template_says_behind_them() -> None:
    lines = """    'D"2', # it has a "#"\n    "D2#3",\n    "D4"# d\n"""
    target = BASE.replace("the formatter\n", f"the formatter\n{lines}")
    target = target.replace('"zizmor>=1.20"', '"zizmor>=1.20", "deptry"')
    more = lines.replace("""'D"2'""", '"D\\"2"').replace('"D4"#', '"D4", #')
    expected = MOVED.replace("the formatter\n", f"the formatter\n{more}")
    assert update(target).text == expected.replace('"zizmor>=1.20"', '"zizmor>=1.20", "deptry"')


def test_a_new_item_is_written_as_far_in_as_those_beside_it() -> None:
    target = BASE.replace(
        '"COM812", # the formatter\n', '"COM812", # the formatter\n    "D4", # d\n'
    )
    here = MOVED.replace("\n    ", "\n  ")
    assert update(target, here).text == here.replace("formatter\n", 'formatter\n  "D4", # d\n')


def test_what_the_project_changed_or_removed_stays() -> None:
    here = (
        MOVED.replace("line-length = 100", "line-length = 88")
        .replace('"zizmor>=1.20"', '"zizmor>=1.20", "codespell>=2"')
        .replace('    "COM812", # the formatter\n', "")
    )
    target = BASE.replace("zizmor>=1.20", "zizmor>=1.21")
    found = update(target, here)
    assert (found.state, found.text) == (State.BOTH, here.replace("zizmor>=1.20", "zizmor>=1.21"))
    assert update(BASE, here) == RootUpdate(state=State.YOURS, text=here, base=here, theirs=here)


def test_two_changes_of_one_value_are_a_conflict_in_which_neither_is_lost() -> None:
    here = MOVED.replace("line-length = 100", "line-length = 88").replace("ruff>=0.12", "ruff<1")
    target = BASE.replace("line-length = 100", "line-length = 120").replace("ruff>=0.12", "ruff==1")
    found = update(target, here)
    assert (found.state, found.text) == (State.CONFLICT, here)
    assert found.base == MOVED
    assert tomllib.loads(found.theirs)["tool"]["ruff"]["line-length"] == 120
    assert found.theirs == MOVED.replace("= 100 ", "= 120 ").replace("ruff>=0.12", "ruff==1")


def test_members_of_the_template_and_its_own_name_never_come_to_a_project() -> None:
    target = (
        BASE.replace("zq-workspace", "zq2-workspace")
        .replace('["zq-base"]', '["zq-base", "zq-more"]')
        .replace("[tool.uv.sources]\n", "[tool.uv.sources]\nzq-more = { workspace = true }\n")
        .replace('index = "shelf"', 'index = "other"')
        .replace('"scripts"]', '"scripts", "extra/*"]')
        .replace('["tests/template"]', '["tests/other"]')
    )
    assert update(target, MOVED) == RootUpdate(
        state=State.SAME, text=MOVED, base=MOVED, theirs=MOVED
    )


def test_the_template_and_its_commit_are_recorded() -> None:
    recorded = tomllib.loads(with_origin(HERE, NEW))["tool"]["template"]
    assert recorded == {"source": URL, "revision": "b" * 40}
    first = with_origin("[project]\n\n[tool.x]\n\n[dependency-groups]\n", NEW)
    expected = f'[tool.template]\nsource = "{URL}"\nrevision = "{"b" * 40}"\n'
    assert first == f"[project]\n\n[tool.x]\n\n{expected}\n[dependency-groups]\n"
    assert tomllib.loads(with_origin("", NEW)) == {"tool": {"template": recorded}}


def test_the_folder_of_the_tooling_becomes_a_source_by_git() -> None:
    table = tomllib.loads(with_tooling_by_git(BASE, NEW))
    assert table["tool"]["uv"]["workspace"]["members"] == ["packages/*"]
    assert table["tool"]["uv"]["sources"]["roadworthy"] == {
        "git": URL,
        "tag": "roadworthy/v1.1.0",
        "subdirectory": "scripts",
    }


values = st.one_of(
    st.integers(0, 3),
    st.sampled_from(["x", "y"]),
    st.lists(st.sampled_from(["a>=1", "a>=2", "b", "c"]), unique_by=lambda text: text[0]),
)
tables = st.recursive(
    st.dictionaries(st.sampled_from("abc"), values, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), st.one_of(values, inner), max_size=3),
    max_leaves=6,
)


def merged(base: dict[str, Any], target: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    """Merge tables as manifests: `[tool.x]` is one that both may own."""
    own, was, now = (tomlkit.dumps({"tool": {"x": table}}) for table in (here, base, target))
    text = updated_root(own, was, now, NEW).text
    found: dict[str, Any] = tomllib.loads(text)["tool"]["x"]
    return found


@given(tables, tables)
def test_a_side_that_changed_nothing_takes_the_other(
    base: dict[str, Any], other: dict[str, Any]
) -> None:
    assert merged(base, base, other) == other
    assert ordered(merged(base, other, other)) == ordered(other)
    assert without_empty(ordered(merged(base, other, base))) == without_empty(ordered(other))


@given(tables, tables, tables)
def test_a_value_is_taken_only_where_the_project_left_it_alone(
    base: dict[str, Any], target: dict[str, Any], here: dict[str, Any]
) -> None:
    for difference in differences(base, target, here):
        if difference.verdict is Verdict.CONFLICT:
            assert difference.base != difference.target


def ordered(value: Any) -> Any:  # noqa: ANN401 - any value of TOML
    """Return a value with its lists in one order: where an item stands says nothing."""
    if isinstance(value, dict):
        return {key: ordered(inner) for key, inner in value.items()}
    return sorted(value) if isinstance(value, list) else value


def without_empty(value: Any) -> Any:  # noqa: ANN401 - any value of TOML
    """Return a table without the tables that are empty."""
    if not isinstance(value, dict):
        return value
    inner = {key: without_empty(each) for key, each in value.items()}
    return {key: each for key, each in inner.items() if each != {}}
