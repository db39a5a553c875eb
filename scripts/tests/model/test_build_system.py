"""What a build of a member is like, as its manifest says."""

import tomllib

import pytest

from roadworthy.model.problem import UsageFailure
from roadworthy.model.workspace.build_system import BuildSystem, read_build_system

BUILT_IN = '[build-system]\nrequires = ["uv_build>=0.9,<1"]\nbuild-backend = "uv_build"\n'
ROOT = "[tool.uv.workspace]\nmembers = []\n"


def read(text: str, root: str = ROOT) -> BuildSystem:
    """Read a member's manifest beside a root's."""
    return read_build_system("a/pyproject.toml", tomllib.loads(text), tomllib.loads(root))


def test_uvs_own_backend_runs_no_code_of_the_workspace() -> None:
    assert not read(BUILT_IN).runs_code


@pytest.mark.parametrize(
    ("member", "root"),
    [
        ("", ROOT),
        ('[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n', ROOT),
        (f'{BUILT_IN}backend-path = ["."]\n', ROOT),
        (BUILT_IN.replace('"]', '", "a-sibling"]', 1), ROOT),
        (BUILT_IN.replace("uv_build>=0.9,<1", "uv_build @ file:///tmp/mine"), ROOT),
        (BUILT_IN.replace("uv_build>=0.9,<1", "uv_build >"), ROOT),
        ('[build-system]\nbuild-backend = "uv_build"\n', ROOT),
        (f'{BUILT_IN}[tool.uv.sources]\nuv-build = {{ path = "mine" }}\n', ROOT),
        (BUILT_IN, f"{ROOT}[tool.uv.sources]\nuv_build = {{ workspace = true }}\n"),
        (f'{BUILT_IN}[tool.uv.extra-build-dependencies]\nzq = ["mine"]\n', ROOT),
        (BUILT_IN, f'{ROOT}[tool.uv.extra-build-dependencies]\nzq = ["mine"]\n'),
    ],
)
def test_whatever_stands_in_its_place_or_beside_it_may_run_code(member: str, root: str) -> None:
    assert read(member, root).runs_code


@pytest.mark.parametrize(
    ("dynamic", "hides"),
    [("[]", False), ('["classifiers"]', False), ('["version"]', True), ('["dependencies"]', True)],
)
def test_metadata_that_is_dynamic_has_to_be_built(dynamic: str, hides: bool) -> None:  # noqa: FBT001
    assert read(f"[project]\ndynamic = {dynamic}\n{BUILT_IN}").hides_metadata is hides


def test_version_files_and_what_the_member_names_may_be_written_anew() -> None:
    found = read(
        '[tool.setuptools_scm]\nversion_file = "src/a/_version.py"\n'
        '[tool.release]\ngenerated = ["src/**/*.c"]\n'
    )
    paths = ("src/a/_version.py", "src/a/fast.c", "src/a/__init__.py")
    assert [found.may_rewrite(path) for path in paths] == [True, True, False]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("generate = []", "[tool.release] in a/pyproject.toml has an unknown key `generate`"),
        ('generated = ["a", 1]', "[tool.release] `generated` in a/pyproject.toml is ['a', 1]"),
    ],
)
def test_a_setting_that_is_not_known_is_named(table: str, message: str) -> None:
    with pytest.raises(UsageFailure) as failure:
        read(f"[tool.release]\n{table}\n")
    assert failure.value.problems[0].message == message


def test_the_roots_own_settings_are_not_those_of_a_member() -> None:
    table = tomllib.loads('[tool.release]\nindex = "testpypi"\n')
    assert read_build_system("pyproject.toml", table, table).rewrites == ()
