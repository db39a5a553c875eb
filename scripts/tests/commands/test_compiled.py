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
