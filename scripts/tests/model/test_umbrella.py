"""The umbrella has a place for every member, and for none that is gone."""

import tomllib

import pytest

from roadworthy.model.template.member import with_place, without_place
from roadworthy.model.workspace.reading import read_workspace
from roadworthy.model.workspace.umbrella import is_umbrella, umbrella_problems

ROOT = """\
[project]
name = "zq-workspace"
version = "0"
classifiers = ["Private :: Do Not Upload"]
dependencies = {dependencies}

[build-system]
requires = ["uv_build"]
build-backend = "uv_build"

[tool.uv.build-backend]
module-name = []

[tool.uv.workspace]
members = ["packages/*"]

[tool.uv.sources]
{sources}
"""
MEMBER = '[project]\nname = "{}"\nversion = "1"\n\n[build-system]\nrequires = ["uv_build"]\n'


def root(*names: str) -> str:
    """Return the root manifest of an umbrella."""
    sources = "".join(f"{name} = {{ workspace = true }}\n" for name in names)
    return ROOT.format(dependencies=str(list(names)).replace("'", '"'), sources=sources)


def problems(text: str, *members: str) -> list[str]:
    manifests = {"pyproject.toml": text}
    manifests |= {f"packages/{name}/pyproject.toml": MEMBER.format(name) for name in members}
    workspace = read_workspace(manifests, may_be_empty=True)
    return [problem.message for problem in umbrella_problems(tomllib.loads(text), workspace)]


def test_an_umbrella_that_has_every_member_is_fine() -> None:
    assert problems(root("zq-a", "zq-b"), "zq-a", "zq-b") == []
    assert problems(root()) == []


def test_a_member_that_it_lacks_is_named_and_so_is_one_that_is_gone() -> None:
    assert problems(root("zq-a", "zq-gone"), "zq-a", "zq-new") == [
        "the umbrella in pyproject.toml does not require the member zq-new",
        "the umbrella in pyproject.toml requires zq-gone, which is no member",
    ]


@pytest.mark.parametrize(
    "text",
    [
        root("zq-a").replace("Private :: Do Not Upload", "Typing :: Typed"),
        root("zq-a").replace('["zq-a"]', '["zq-a", "httpx"]'),
        root().replace("module-name = []", 'module-name = "zq"'),
        '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
    ],
)
def test_a_root_with_something_of_its_own_is_no_umbrella(text: str) -> None:
    assert not is_umbrella(tomllib.loads(text))
    assert problems(text, "zq-a", "zq-b") == []


def test_a_place_is_made_in_order_and_taken_away_again() -> None:
    made = with_place(root("zq-a", "zq-c"), "zq-b")
    assert tomllib.loads(made)["project"]["dependencies"] == ["zq-a", "zq-b", "zq-c"]
    assert 'dependencies = ["zq-a", "zq-b", "zq-c"]' in made
    assert problems(made, "zq-a", "zq-b", "zq-c") == []
    assert without_place(made, "zq-b") == root("zq-a", "zq-c")


def test_a_long_list_stands_on_lines_of_their_own_and_keeps_its_comments() -> None:
    made = root()
    for name in ("zq-e", "zq-a", "zq-c", "zq-d", "zq-b"):
        made = with_place(made, name)
    listed = "".join(f'    "zq-{letter}",\n' for letter in "abcde")
    assert f"dependencies = [\n{listed}]" in made
    noted = made.replace('"zq-a",', '"zq-a", # first')
    assert '"zq-a", # first' in with_place(noted, "zq-ba")
