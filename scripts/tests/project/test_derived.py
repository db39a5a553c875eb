"""A project made from the template: it names the tooling by git, and carries none of it."""

import shutil
import sys
from pathlib import Path

import pytest
import tomlkit

from tests.helpers.cli import ROOT
from tests.helpers.derived import FROM_TEMPLATE, NOX, TAG, UV, Machine, with_root
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, member, trio

MEMBERS = {**member("zq-base"), **member("zq-top", "zq-base>=0.1.0,<0.2")}
CODE = {
    "src/{module}/__init__.py": '"""A member of a project."""\n\nNAME = "{module}"\n',
    "src/{module}/py.typed": "",
    "tests/test_it.py": '"""Tests of a member."""\n\nfrom {module} import NAME\n\n\n'
    'def test_it_imports() -> None:\n    assert NAME == "{module}"\n',
}


def project(machine: Machine, folder: Path, members: dict[str, str], python: str) -> Repo:
    """Make a project from the template: its files, without the folder of the tooling."""
    repo = Repo.init(folder)
    for name in (*FROM_TEMPLATE, "tests/test_workspace.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(machine.template.path / name, folder / name)
    code = {
        f"packages/{name}/{path.format(module=module)}": text.format(module=module)
        for name, module in (("zq-base", "zq_base"), ("zq-top", "zq_top"))
        for path, text in CODE.items()
    }
    files = {**members, **code, "pyproject.toml": manifest(machine, python)}
    files |= {path: with_tests(text) for path, text in members.items() if "pyproject" in path}
    repo.commit("feat: start", files)
    machine.run(folder, UV, "lock", "--quiet", "--python", sys.executable)
    repo.commit("build: lock")
    return repo


def with_tests(manifest: str) -> str:
    """Give a member a group of what its tests need."""
    return f'{manifest}\n[dependency-groups]\ntest = ["pytest>=8"]\n'


def manifest(machine: Machine, python: str) -> str:
    """Return the root manifest, with one source line in place of the tooling's folder."""
    document = tomlkit.parse((ROOT / "pyproject.toml").read_text("utf-8")).unwrap()
    names = ["zq-base", "zq-top"]
    document["project"] |= {
        "name": "zq-project",
        "dependencies": names,
        "license-files": [],
        "requires-python": python,
    }
    uv = document["tool"]["uv"]
    uv["workspace"]["members"] = ["packages/*"]
    git = {"git": machine.url, "tag": TAG, "subdirectory": "scripts"}
    uv["sources"] = {name: {"workspace": True} for name in names} | {"roadworthy": git}
    if python != ">=3.11":
        groups = ("tooling", "test", "lint", "typecheck", "imports", "attest", "dev")
        uv["dependency-groups"] = {name: {"requires-python": ">=3.11"} for name in groups}
    document["tool"]["release"]["index"] = ""
    del document["tool"]["repo-review"]  # which asks for all files of the template
    return tomlkit.dumps(document)


def test_a_foreign_workspace_is_planned_by_the_tooling_from_a_git_tag(
    machine: Machine, tmp_path: Path
) -> None:
    foreign = make_workspace(tmp_path / "a foreign workspace", trio())
    source = f"roadworthy @ git+{machine.url}@{TAG}#subdirectory=scripts"
    command = ("tool", "run", "--quiet", "--python", sys.executable, "--from", source)
    printed = machine.run(foreign.path, UV, *command, "roadworthy", "plan")
    assert "zq-app/v0.1.0" in printed


@pytest.mark.exhaustive
@pytest.mark.parametrize("python", [">=3.9"])
def test_a_project_without_the_folder_of_the_tooling_works(
    machine: Machine, tmp_path: Path, python: str
) -> None:
    members = {path: text.replace(">=3.11", python) for path, text in MEMBERS.items()}
    repo = project(machine, tmp_path / "a project", members, python)
    assert (repo.path / "noxfile.py").read_bytes() == (ROOT / "noxfile.py").read_bytes()
    nox = (str(NOX), "--envdir", str(tmp_path / "environments"), "-s")
    machine.run(repo.path, *nox, "plan", "tests", "lint", "typecheck")
    offline = Machine(machine.template, machine.environment | {"UV_OFFLINE": "1"})
    printed = offline.run(repo.path, *nox, "plan", "tests", "release")
    assert "zq-top/v0.1.0" in printed
    tested = offline.run(repo.path, *nox, "tests", "--", "top", "--", "-k", "imports")
    assert "1 passed" in tested
    assert repo.git("status", "--porcelain") == ""


SPEED = {
    "src/acme_fast/_speed.c": """\
#include <Python.h>
static PyObject *fast(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"fast", fast, METH_NOARGS, "Return 42."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_speed", NULL, -1, methods};
PyMODINIT_FUNC PyInit__speed(void) { return PyModule_Create(&module); }
""",
    "src/acme_fast/_speed.pyi": "def fast() -> int: ...\n",
    "tests/test_speed.py": """\
\"\"\"The compiled part works.\"\"\"

from acme_fast._speed import fast


def test_it_is_compiled() -> None:
    assert fast() == 42
""",
}
EXTENSION = """
[tool.setuptools]
ext-modules = [{ name = "acme_fast._speed", sources = ["src/acme_fast/_speed.c"] }]
"""
NEW_MEMBERS = (
    ("acme-units", "--kind", "library"),
    ("acme-app", "--kind", "application", "--requires", "acme-units", "--add", "idna"),
    ("acme-hatch", "--backend", "hatch", "--requires", "acme-units"),
    ("acme-fast", "--backend", "setuptools"),
    ("acme-shared", "--namespace", "acme"),
    ("acme-flit", "--backend", "flit"),
    ("acme-pdm", "--backend", "pdm", "--requires", "acme-flit"),
    ("acme-poetry", "--backend", "poetry"),
    ("acme-tool", "--in", "apps", "--kind", "application", "--requires", "acme-shared"),
)


@pytest.mark.exhaustive
def test_a_clone_becomes_a_project_whose_members_are_of_every_kind(
    machine: Machine, tmp_path: Path
) -> None:
    template = with_root(machine).template
    template.git("clone", "--quiet", ".", str(tmp_path / "acme"))
    repo = Repo(tmp_path / "acme")
    nox = (str(NOX), "--envdir", str(tmp_path / "environments"))
    init = ("--name", "acme", "--repository", "https://example.com/acme", "--execute")
    machine.run(repo.path, *nox, "-s", "init", "--", *init)
    root = repo.path / "pyproject.toml"
    wider = root.read_text("utf-8").replace('["packages/*"]', '["packages/*", "apps/*"]')
    root.write_text(wider, "utf-8")
    for arguments in NEW_MEMBERS:
        machine.run(repo.path, *nox, "-s", "new-member", "--", *arguments)
    fast = repo.path / "packages" / "acme-fast"
    for name, text in SPEED.items():
        (fast / name).write_text(text, "utf-8")
    with (fast / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(EXTENSION)
    machine.run(repo.path, *nox)
    repo.commit("feat: members of every kind")
    printed = machine.run(repo.path, *nox, "-s", "release", "--", "--installer", "uv")
    names = [arguments[0] for arguments in NEW_MEMBERS]
    assert [name for name in names if f"{name}/v0.1.0" not in printed] == []
    assert repo.git("status", "--porcelain") == ""
    machine.run(repo.path, *nox, "-s", "rename-member", "--", "acme-flit", "acme-lifted")
    repo.commit("feat!: another name")
    machine.run(repo.path, *nox, "-s", "remove-member", "--", "acme-tool")
    repo.commit("feat!: one fewer")
    machine.run(repo.path, *nox)
    printed = machine.run(repo.path, *nox, "-s", "update-template", "--", "--check")
    assert "Nothing is behind the template." in printed


@pytest.mark.exhaustive
def test_a_session_that_cannot_install_the_tooling_says_why(
    machine: Machine, tmp_path: Path
) -> None:
    template = with_root(machine).template
    template.git("clone", "--quiet", ".", str(tmp_path / "acme"))
    repo = Repo(tmp_path / "acme")
    nox = (str(NOX), "-s", "plan")
    machine.run(repo.path, *nox)
    shutil.rmtree(repo.path / "packages" / "zq-base")
    printed = machine.run(repo.path, *nox, fine=(1,))
    assert "the umbrella in pyproject.toml requires zq-base, which is no member" in printed
