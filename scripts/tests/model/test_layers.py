"""Imports run one way: the model knows nobody, the doors know the model, nobody knows Nox."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOOLING = ROOT / "scripts" / "src" / "roadworthy"
OUTSIDE = {"subprocess", "requests", "urllib.request", "os", "time", "socket", "shutil", "tempfile"}
CLOCKS = {"now", "utcnow", "today"}

Check = Callable[[str, str], list[str]]


def imported(path: str, source: str) -> set[str]:
    """Return all that a module imports; what is in the tooling begins with a dot."""
    return {name for node in ast.walk(ast.parse(source)) for name in _names(node, path)}


def _names(node: ast.AST, path: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = path.split("/")[: -node.level] if node.level else []
        start = "." * bool(node.level) + ".".join([*above, *filter(None, [node.module])])
        yield start
        yield from (f"{start.rstrip('.')}.{alias.name}" for alias in node.names)


def among(names: set[str], wanted: set[str]) -> list[str]:
    """Return the names that are one of those wanted, or inside of one."""
    return sorted(n for n in names if any(n == w or n.startswith(f"{w}.") for w in wanted))


def strays_of_model(path: str, source: str) -> list[str]:
    """Report what the model may not know: other layers, the system, the clock."""
    names = imported(path, source)
    within = {name for name in names if name.startswith(".")} - {".", ".model"}
    outside = among(names, OUTSIDE)
    nodes = ast.walk(ast.parse(source))
    clocks = [n.attr for n in nodes if isinstance(n, ast.Attribute) and n.attr in CLOCKS]
    return [*sorted(within - set(among(within, {".model"}))), *outside, *clocks]


def strays_of_ops(path: str, source: str) -> list[str]:
    """Report what a door may not know: all of the tooling but the model and other doors."""
    within = {name for name in imported(path, source) if name.startswith(".")} - {"."}
    return sorted(within - set(among(within, {".model", ".ops"})))


def strays_of_stages(path: str, source: str) -> list[str]:
    """Report what a stage may not know: how it is called, and how it is shown."""
    return among(imported(path, source), {".report", ".commands", ".cli", ".__main__"})


def strays_of_gather(path: str, source: str) -> list[str]:
    """Report what the reading of facts may not know: all that comes after it."""
    return among(imported(path, source), {".report", ".commands", ".cli", ".stages", ".__main__"})


def strays_of_report(path: str, source: str) -> list[str]:
    """Report what a report may not know: who asks for it."""
    return among(imported(path, source), {".commands", ".cli", ".__main__"})


def strays_of_commands(path: str, source: str) -> list[str]:
    """Report what a command may not know: what chooses an exit code."""
    return among(imported(path, source), {".__main__"})


def strays_of_cli(path: str, source: str) -> list[str]:
    """Report what the reading of options may not know: how anything is done or shown."""
    return among(imported(path, source), {".report", ".ops", ".gather", ".__main__"})


def strays_of_all(path: str, source: str) -> list[str]:
    """Report what none of the tooling may know: the task runner, and its own folder's name."""
    return among(imported(path, source), {"nox", "roadworthy"})


def strays(check: Check, *folders: str) -> list[str]:
    """Report what the modules of some folders import and may not."""
    modules = [path for folder in folders for path in sorted(TOOLING.glob(f"{folder}.py"))]
    assert modules
    return [
        f"{path.name}: {name}"
        for path in modules
        for name in check(path.relative_to(TOOLING).as_posix(), path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    ("check", "folder"),
    [
        (strays_of_model, "model/**/*"),
        (strays_of_ops, "ops/**/*"),
        (strays_of_stages, "stages/**/*"),
        (strays_of_gather, "gather/**/*"),
        (strays_of_all, "**/*"),
        (strays_of_report, "report/**/*"),
        (strays_of_commands, "commands/**/*"),
        (strays_of_cli, "cli/**/*"),
    ],
)
def test_imports_run_one_way(check: Check, folder: str) -> None:
    assert strays(check, folder) == []


def test_the_noxfile_needs_nothing_but_nox() -> None:
    source = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    roots = {name.partition(".")[0] for name in imported("noxfile.py", source)}
    assert roots - sys.stdlib_module_names == {"nox"}


@pytest.mark.parametrize(
    ("check", "path", "source", "found"),
    [
        (strays_of_model, "model/a.py", "from ..ops import git", [".ops", ".ops.git"]),
        (strays_of_model, "model/a.py", "from .. import gather", [".gather"]),
        (strays_of_model, "model/a.py", "from ..gather import x", [".gather", ".gather.x"]),
        (strays_of_model, "model/a.py", "def f():\n    import subprocess", ["subprocess"]),
        (strays_of_model, "model/a.py", "from os import path", ["os", "os.path"]),
        (strays_of_model, "model/a.py", "from urllib import request", ["urllib.request"]),
        (strays_of_model, "model/a.py", "x = datetime.now(UTC)", ["now"]),
        (strays_of_model, "model/a.py", "x = date.today", ["today"]),
        (strays_of_ops, "ops/a.py", "from ..gather import x", [".gather", ".gather.x"]),
        (strays_of_ops, "ops/a.py", "from .. import stages", [".stages"]),
        (strays_of_stages, "stages/a.py", "from ..report import x", [".report", ".report.x"]),
        (strays_of_stages, "stages/a.py", "from .. import commands", [".commands"]),
        (strays_of_gather, "gather/a.py", "from ..stages import x", [".stages", ".stages.x"]),
        (strays_of_all, "report/a.py", "import nox", ["nox"]),
        (strays_of_report, "report/a.py", "from ..cli import typed", [".cli", ".cli.typed"]),
        (
            strays_of_commands,
            "commands/a.py",
            "from ..__main__ import main",
            [".__main__", ".__main__.main"],
        ),
        (strays_of_cli, "cli/a.py", "from ..ops import git", [".ops", ".ops.git"]),
        (
            strays_of_all,
            "report/a.py",
            "from roadworthy.model import tag",
            ["roadworthy.model", "roadworthy.model.tag"],
        ),
    ],
)
def test_an_import_the_other_way_is_reported(
    check: Check, path: str, source: str, found: list[str]
) -> None:
    assert check(path, source) == found


@pytest.mark.parametrize(
    ("check", "path", "source"),
    [
        (strays_of_model, "model/a.py", "from . import tag\nfrom .tag import Tag\nimport re"),
        (
            strays_of_model,
            "model/a.py",
            "from datetime import date\nfrom urllib.parse import quote",
        ),
        (
            strays_of_ops,
            "ops/a.py",
            "import os\nfrom ..model.tag import Tag\nfrom . import process",
        ),
        (
            strays_of_stages,
            "stages/a.py",
            "from ..ops import git\nfrom ..gather.facts import gather",
        ),
        (strays_of_all, "ops/a.py", 'hint = "run `nox -s release`"\nfrom noxious import x'),
    ],
)
def test_an_import_the_right_way_is_not(check: Check, path: str, source: str) -> None:
    assert check(path, source) == []
