"""A member with compiled code is released like any other; its bytes depend on the folder."""

from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.workspaces import make_workspace, member, with_backend

SETUP = """\
from setuptools import Extension, setup

setup(ext_modules=[Extension("zq_base.fast", ["src/zq_base/fast.c"], extra_compile_args=["-g"])])
"""
FAST = """\
#include <Python.h>

static PyObject *answer(PyObject *self, PyObject *nothing) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "fast", "", -1, methods};
PyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&module); }
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_c_extension_passes_the_gate_and_is_released(installer: str, tmp_path: Path) -> None:
    files = with_backend(member("zq-base", code="from .fast import answer\n"), "setuptools")
    files |= {
        "packages/zq-base/setup.py": SETUP,
        "packages/zq-base/src/zq_base/fast.c": FAST,
        "packages/zq-base/setup.cfg": "[bdist_wheel]\n# kept as it is\nuniversal = 0\n",
    }
    repo = make_workspace(tmp_path / "w", files)
    repo.with_remote(tmp_path / "remote.git")
    done = run(repo.path, "release", "--execute", "--index", "", "--installer", installer)
    assert done.code == 0, done.stderr
    assert "zq-base/v0.1.0" in repo.git("ls-remote", "--tags", "origin")


INIT = "from .fast import answer\n"
SCIKIT = """\
cmake_minimum_required(VERSION 3.15)
project(zq_base LANGUAGES C)
find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
python_add_library(fast MODULE src/zq_base/fast.c WITH_SOABI)
install(TARGETS fast DESTINATION zq_base)
"""
MESON = """\
project('zq-base', 'c', version: '0.1.0')
py = import('python').find_installation(pure: false)
py.extension_module('fast', 'src/zq_base/fast.c', subdir: 'zq_base', install: true)
py.install_sources('src/zq_base/__init__.py', subdir: 'zq_base')
"""
BUILT_BY = {
    "scikit": (
        '["scikit-build-core", "cmake", "ninja"]',
        "scikit_build_core.build",
        {"CMakeLists.txt": SCIKIT},
    ),
    "meson": ('["meson-python", "ninja"]', "mesonpy", {"meson.build": MESON}),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("backend", BUILT_BY)
def test_a_member_that_a_backend_compiles_installs_from_git(backend: str, tmp_path: Path) -> None:
    requires, name, more = BUILT_BY[backend]
    files = member("zq-base", code=INIT)
    manifest = files["packages/zq-base/pyproject.toml"]
    manifest = manifest.replace('["uv_build>=0.9,<1"]', requires).replace('"uv_build"', f'"{name}"')
    files |= {f"packages/zq-base/{path}": text for path, text in more.items()}
    files |= {
        "packages/zq-base/pyproject.toml": manifest,
        "packages/zq-base/src/zq_base/fast.c": FAST,
    }
    repo = make_workspace(tmp_path / "w", files)
    done = run(repo.path, "verify-git-install", "--installer", "uv")
    assert done.code == 0, done.stderr
