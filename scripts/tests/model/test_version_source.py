"""A dynamic version comes from a tag, from a file that is found, or from nobody knows where."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from roadworthy.model.workspace.version_source import (
    FromFile,
    FromTag,
    Unknown,
    VersionSource,
    version_in,
    version_source,
    with_version,
)

HATCH, SETUPTOOLS = "hatchling.build", "setuptools.build_meta"
ASSIGNED = version_source(
    tomllib.loads(
        f'[build-system]\nbuild-backend = "{HATCH}"\n[tool.hatch.version]\npath = "x.py"\n'
    )
)
WHOLE = FromFile(("VERSION",), "")


def source(backend: str, table: str = "", requires: str = "") -> VersionSource:
    build = f'[build-system]\nbuild-backend = "{backend}"\nrequires = ["{requires or backend}"]\n'
    return version_source(tomllib.loads(f'[project]\nname = "zq-jam"\n{build}{table}'))


@pytest.mark.parametrize(
    ("backend", "table", "requires", "tool"),
    [
        (HATCH, '[tool.hatch.version]\nsource = "vcs"', "", "hatch-vcs"),
        (
            HATCH,
            '[tool.hatch.version]\nsource = "uv-dynamic-versioning"',
            "",
            "uv-dynamic-versioning",
        ),
        (SETUPTOOLS, "[tool.setuptools_scm]", "", "setuptools-scm"),
        (SETUPTOOLS, "", "setuptools_scm>=8", "setuptools-scm"),
        (SETUPTOOLS, "[tool.versioningit]", "", "versioningit"),
        ("pdm.backend", '[tool.pdm.version]\nsource = "scm"', "", "pdm-backend"),
        ("poetry_dynamic_versioning.backend", "", "poetry-dynamic-versioning", None),
    ],
)
def test_a_tool_that_reads_tags_is_known(
    backend: str, table: str, requires: str, tool: str | None
) -> None:
    assert source(backend, table, requires) == FromTag(tool or requires)


@pytest.mark.parametrize(
    ("backend", "table", "paths"),
    [
        (HATCH, '[tool.hatch.version]\npath = "src/jam/about.py"', ("src/jam/about.py",)),
        ("pdm.backend", '[tool.pdm.version]\nsource = "file"\npath = "jam.py"', ("jam.py",)),
        (SETUPTOOLS, '[tool.setuptools.dynamic]\nversion = {file = ["VERSION"]}', ("VERSION",)),
        (
            SETUPTOOLS,
            '[tool.setuptools.dynamic]\nversion = {attr = "jam.meta.number"}',
            ("src/jam/meta/__init__.py", "src/jam/meta.py", "jam/meta/__init__.py", "jam/meta.py"),
        ),
        (
            "flit_core.buildapi",
            "",
            ("src/zq_jam/__init__.py", "src/zq_jam.py", "zq_jam/__init__.py", "zq_jam.py"),
        ),
    ],
)
def test_a_file_that_a_manifest_names_is_found(
    backend: str, table: str, paths: tuple[str, ...]
) -> None:
    found = source(backend, table)
    assert isinstance(found, FromFile)
    assert found.paths == paths


@pytest.mark.parametrize(
    ("backend", "table"),
    [
        (SETUPTOOLS, ""),
        (SETUPTOOLS, "[tool.setuptools]\ndynamic = 1"),
        (HATCH, '[tool.hatch.version]\nsource = "env"\npath = "x.py"'),
        (HATCH, '[tool.hatch.version]\npath = "x.py"\npattern = "(no group)"'),
        (HATCH, '[tool.hatch.version]\npath = "x.py"\npattern = "("'),
        ("my_backend", ""),
    ],
)
def test_what_cannot_be_known_is_said(backend: str, table: str) -> None:
    why = f"its version is dynamic, and its manifest does not say where `{backend}` takes it from"
    assert source(backend, table) == Unknown(why)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('__version__ = "1.2.0"', Version("1.2")),
        ("import x\n__version__: str = 'v1.2.0rc1'  # here\n", Version("1.2.0rc1")),
        ('VERSION = "1.2"', Version("1.2")),
        ('__version__ = "banana"', None),
        ("x = 1", None),
        ("", None),
    ],
)
def test_a_version_is_read_where_it_is_assigned(text: str, found: Version | None) -> None:
    assert isinstance(ASSIGNED, FromFile)
    assert version_in(text, ASSIGNED) == found


def test_a_file_without_a_version_is_left_alone() -> None:
    assert isinstance(ASSIGNED, FromFile)
    assert with_version("x = 1\n", ASSIGNED, Version("2")) == "x = 1\n"


NEW = st.sampled_from(["0.1.0", "2.0rc1", "1!3.0.post1"]).map(Version)
LINES = st.lists(st.sampled_from(['"""Jam."""', "x = 1", "", "é = 2"])).map("\r\n".join)


@given(LINES, LINES, NEW)
def test_only_the_version_itself_is_written(before: str, after: str, version: Version) -> None:
    assert isinstance(ASSIGNED, FromFile)
    text = f'{before}\r\n__version__ = "{{}}"\r\n{after}'
    written = with_version(text.format("1.0"), ASSIGNED, version)
    assert written == text.format(version)
    assert version_in(written, ASSIGNED) == version
    assert with_version(written, ASSIGNED, version) == written


@given(st.sampled_from(["{}", "{}\n", " {}\r\n"]), NEW)
def test_a_file_that_is_all_version_keeps_the_space_around_it(shape: str, version: Version) -> None:
    written = with_version(shape.format("1.0"), WHOLE, version)
    assert (written, version_in(written, WHOLE)) == (shape.format(version), version)
