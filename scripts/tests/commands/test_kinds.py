"""Every kind of member installs as its consumers install it, and what does not work is said.

Each kind is a workspace of its own: what stands in the table is what uv's consumers get, and
pip's. Those that need nothing from an index are quick.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import run
from tests.helpers.workspaces import make_workspace, member, with_backend

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

Files = dict[str, str]
BASE = "packages/zq-base"
CODE = f"{BASE}/src/zq_base"
MANIFEST = f"{BASE}/pyproject.toml"
exhaustive = pytest.mark.exhaustive
MISSING = "import zq_base: ModuleNotFoundError: No module named 'zq_nowhere'"
SKIP = "[tool.release.verify]\nskip-imports = { {name} = 'needs hardware' }\n"


SOURCES = "[tool.uv.sources]\n"
WITH_FULL = "[tool.release.verify]\nextras = { full = 'its code needs it' }\n"


def plain() -> Files:
    """Return a library without anything."""
    return member("zq-base")


def edited(files: Files, path: str, before: str, after: str) -> Files:
    assert before in files[path]
    return {**files, path: files[path].replace(before, after, 1)}


def with_table(table: str, code: str = "") -> Files:
    files = member("zq-base", code=code)
    return {**files, MANIFEST: f"{files[MANIFEST]}\n{table}"}


def by(backend: str) -> Files:
    return with_backend(plain(), backend)


def namespace() -> Files:
    """Return a member of a namespace, with a module that ends the interpreter when it is run."""
    files = {path: text for path, text in plain().items() if not path.startswith(CODE)}
    module = '\n[tool.uv.build-backend]\nmodule-name = "zq.base"\n'
    return {
        **files,
        MANIFEST: files[MANIFEST] + module,
        f"{BASE}/src/zq/base/__init__.py": "",
        f"{BASE}/src/zq/base/__main__.py": "raise SystemExit(3)\n",
    }


def bare_namespace() -> Files:
    """Return a namespace whose package has no `__init__.py`, and that is run as a whole."""
    files = {path: text for path, text in plain().items() if not path.startswith(CODE)}
    module = '\n[tool.uv.build-backend]\nmodule-name = "zq"\nnamespace = true\n'
    return {
        **files,
        MANIFEST: files[MANIFEST] + module,
        f"{BASE}/src/zq/run.py": "",
        f"{BASE}/src/zq/__main__.py": "raise SystemExit(3)\n",
    }


def with_extra_of_a_sibling() -> Files:
    """Return members of which one takes a sibling with an extra, which is a third one."""
    extra = '[project.optional-dependencies]\nfull = ["zq-more>=0.1.0,<0.2"]\n'
    base = member("zq-base", more=extra)
    source = "\n[tool.uv.sources]\nzq-more = { workspace = true }\n"
    base[MANIFEST] = base[MANIFEST].replace("[tool.uv.sources]\n", source.lstrip())
    top = member("zq-top", "zq-base>=0.1.0,<0.2", code="import zq_base, zq_more\n")
    top = edited(top, "packages/zq-top/pyproject.toml", "zq-base>=", "zq-base[full]>=")
    return {**base, **member("zq-more"), **top}


def needing_an_extra(table: str = "") -> Files:
    """Return a member whose code needs what only an extra brings: a sibling."""
    extra = '[project.optional-dependencies]\nfull = ["zq-more>=0.1.0,<0.2"]\n'
    files = member("zq-base", code="import zq_more\n", more=extra)
    files[MANIFEST] += f"\n{table}"
    files = edited(files, MANIFEST, SOURCES, f"{SOURCES}zq-more = {{ workspace = true }}\n")
    return {**files, **member("zq-more")}


def needing_nothing() -> Files:
    """Return a member with an extra that its code does without."""
    files = needing_an_extra()
    return {**files, f"{CODE}/__init__.py": ""}


def with_command(body: str) -> Files:
    script = '[project.scripts]\nzq-base = "zq_base:main"\n'
    return member("zq-base", code=body, more=script)


def stubs() -> Files:
    files = {path: text for path, text in plain().items() if not path.startswith(CODE)}
    module = '\n[tool.uv.build-backend]\nmodule-name = "zq_base-stubs"\n'
    return {
        **files,
        MANIFEST: files[MANIFEST] + module,
        f"{BASE}/src/zq_base-stubs/__init__.pyi": "",
    }


def with_pth() -> Files:
    """Return a member that brings a file of paths, whose name is no module's."""
    files = with_backend(plain(), "hatchling")
    table = (
        "\n[tool.hatch.build.targets.wheel]\npackages = ['src/zq_base']\n"
        "[tool.hatch.build.targets.wheel.force-include]\n'zq-base.pth' = 'zq-base.pth'\n"
    )
    return {**files, MANIFEST: files[MANIFEST] + table, f"{BASE}/zq-base.pth": "import sys\n"}


def cycle_by_extra() -> Files:
    """Return two members that require each other, one of them in an extra."""
    extra = '[project.optional-dependencies]\nall = ["zq-top>=0.1.0,<0.2"]\n'
    base = member("zq-base", more=extra)
    base = edited(base, MANIFEST, SOURCES, f"{SOURCES}zq-top = {{ workspace = true }}\n")
    return {**base, **member("zq-top", "zq-base>=0.1.0,<0.2")}


def data_alone() -> Files:
    files = {**plain(), f"{CODE}/words.txt": "word\n"}
    code = "from importlib.resources import files\n\nassert files(__name__).joinpath('words.txt')\n"
    return {**files, f"{CODE}/__init__.py": code}


def lost_in_the_sdist() -> Files:
    """Return a member whose sdist lacks a module that its wheel has."""
    files = with_backend(plain(), "hatchling")
    table = "\n[tool.hatch.build.targets.sdist]\nexclude = ['src/zq_base/more.py']\n"
    return {**files, MANIFEST: files[MANIFEST] + table, f"{CODE}/more.py": ""}


def in_company_of_a_broken_one() -> Files:
    """Return the same beside a member that does not build at all."""
    broken = member("zq-broken")
    broken = edited(broken, "packages/zq-broken/pyproject.toml", '"uv_build"', '"zq_nothing"')
    return {**lost_in_the_sdist(), **broken}


def with_lfs() -> Files:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    return {**plain(), f"{CODE}/weights.bin": pointer}


def more_files(files: Mapping[str, str], manifest: str = "") -> Files:
    made = plain()
    return {**made, MANIFEST: f"{made[MANIFEST]}{manifest}", **files}


def requiring(requirement: str, code: str = "import zq_more\n") -> Files:
    """Return a member that requires another in some way."""
    files = member("zq-base", "zq-more>=0.1.0,<0.2", code=code)
    files = edited(files, MANIFEST, '"zq-more>=0.1.0,<0.2"', requirement)
    return {**files, **member("zq-more")}


def shared_namespace() -> Files:
    """Return two members of one namespace, of which one imports the other."""
    made: Files = {}
    for name, requirements in (("zq-base", ("zq-more>=0.1.0,<0.2",)), ("zq-more", ())):
        files = member(name, *requirements, code="")
        part = name.removeprefix("zq-")
        path = f"packages/{name}/pyproject.toml"
        table = f'\n[tool.uv.build-backend]\nmodule-name = "zq.{part}"\n'
        made[path] = files[path] + table
        made[f"packages/{name}/README.md"] = ""
        made[f"packages/{name}/src/zq/{part}/__init__.py"] = ""
    made["packages/zq-base/src/zq/base/__init__.py"] = "import zq.more\n"
    return made


METHOD = "class Tool:\n    @staticmethod\n    def main() -> None: ...\n"
TESTS_TOO = "\n[tool.uv.build-backend]\nmodule-name = ['zq_base', 'tests']\n"


# Each kind with what uv's consumers of `zq-base` get, and pip's: nothing where it works.
KINDS: Mapping[str, tuple[Callable[[], Files], str]] = {
    "plain": (plain, ""),
    "a command": (lambda: with_command("def main() -> None: ...\n"), ""),
    "a namespace": (namespace, ""),
    "a namespace that is run": (bare_namespace, ""),
    "stubs alone": (stubs, ""),
    "data": (data_alone, ""),
    "an extra of a sibling that is a sibling": (with_extra_of_a_sibling, ""),
    "members that require each other by an extra": (cycle_by_extra, ""),
    "an import that needs an extra": (
        needing_an_extra,
        "import zq_base: ModuleNotFoundError: No module named 'zq_more'",
    ),
    "the same, proven with that extra": (
        lambda: needing_an_extra(
            "[tool.release.verify]\nextras = { full = 'its code needs it' }\n"
        ),
        "",
    ),
    "an import that cannot be": (lambda: with_table("", "import zq_nowhere\n"), MISSING),
    "the same, passed over": (
        lambda: with_table(SKIP.replace("{name}", "zq_base"), "import zq_nowhere\n"),
        "",
    ),
    "a command that does not load": (
        lambda: with_command("def other() -> None: ...\n"),
        "command zq-base: AttributeError: module 'zq_base' has no attribute 'main'",
    ),
    "an import that ends the interpreter": (
        lambda: with_table("", "import os\nos._exit(0)\n"),
        "its import ends the interpreter",
    ),
    "two of one namespace": (shared_namespace, ""),
    "a package within a package": (
        lambda: more_files({f"{CODE}/deep/__init__.py": "from zq_base import deep\n"}),
        "",
    ),
    "types beside the code": (lambda: more_files({f"{CODE}/py.typed": ""}), ""),
    "a command that is a method": (
        lambda: member(
            "zq-base", code=METHOD, more='[project.scripts]\nzq-base = "zq_base:Tool.main"\n'
        ),
        "",
    ),
    "a command for windows on a screen": (
        lambda: member(
            "zq-base",
            code="def main() -> None: ...\n",
            more='[project.gui-scripts]\nzq-base = "zq_base:main"\n',
        ),
        "",
    ),
    "a requirement that does not hold here": (
        lambda: requiring("\"zq-more>=0.1.0,<0.2; sys_platform == 'nowhere'\"", code=""),
        "",
    ),
    "a requirement that holds here": (
        lambda: requiring("\"zq-more>=0.1.0,<0.2; python_version >= '3'\""),
        "",
    ),
    "a requirement in another spelling": (lambda: requiring('"Zq_More >= 0.1.0, < 0.2"'), ""),
    "a range that excludes its sibling": (
        lambda: requiring('"zq-more>=0.5"'),
        "zq-more",
    ),
    "an extra that nobody asks for": (needing_nothing, ""),
    "a name in another spelling": (
        lambda: edited(plain(), MANIFEST, 'name = "zq-base"', 'name = "Zq_Base"'),
        "",
    ),
    "an import that talks": (lambda: with_table("", "print('hello')\n"), ""),
    "a file with letters of others": (lambda: more_files({f"{CODE}/caf\u00e9.txt": "x\n"}), ""),
    "tests that land beside it": (
        lambda: more_files({f"{BASE}/src/tests/__init__.py": ""}, TESTS_TOO),
        "has `tests` at its top level",
    ),
    "an undeclared sibling": (
        lambda: {**with_table("", "import zq_more\n"), **member("zq-more")},
        "import zq_base: ModuleNotFoundError: No module named 'zq_more'",
    ),
}
QUICK = frozenset(
    {
        "plain",
        "a namespace",
        "an extra of a sibling that is a sibling",
        "the same, proven with that extra",
        "an import that cannot be",
        "a command that does not load",
        "an undeclared sibling",
    }
)
# What comes of these lies with the member, or with the one probe that tries what any installer
# has laid down: pip adds nothing but time.
BY_UV_ALONE = frozenset(
    {
        "stubs alone",
        "data",
        "the same, proven with that extra",
        "the same, passed over",
        "an import that ends the interpreter",
        "a package within a package",
        "types beside the code",
        "a command that is a method",
        "a command that does not load",
        "a namespace that is run",
        "an import that talks",
        "tests that land beside it",
        "a sdist that loses a file",
        "the same beside a broken one",
    }
)
SLOW: Mapping[str, tuple[Callable[[], Files], str]] = {
    "hatchling": (lambda: by("hatchling"), ""),
    "setuptools": (lambda: by("setuptools"), ""),
    "a file of paths": (with_pth, ""),
    "a sdist that loses a file": (lost_in_the_sdist, "the wheel of its sdist differs"),
    "the same beside a broken one": (in_company_of_a_broken_one, "the wheel of its sdist differs"),
}


def said(tmp_path: Path, files: Files, installer: str) -> str:
    """Return what is wrong with `zq-base` for consumers of an installer."""
    repo = make_workspace(tmp_path / "workspace", files)
    names = [name for name in ("zq-base", "zq-top") if f"packages/{name}/pyproject.toml" in files]
    done = run(repo.path, "verify-git-install", *names, "--installer", installer, "--json")
    found = [r["problem"] or "" for r in done.json["results"]]
    assert found, done.stderr
    return "; ".join(filter(None, found))


def walks(kinds: Mapping[str, object]) -> "list[ParameterSet]":
    """Return each kind with each installer that it is tried by."""
    by_uv = [pytest.param(k, "uv", marks=() if k in QUICK else exhaustive) for k in kinds]
    by_pip = [pytest.param(k, "pip", marks=exhaustive) for k in kinds if k not in BY_UV_ALONE]
    return by_uv + by_pip


@pytest.mark.parametrize(("kind", "installer"), walks(KINDS))
def test_a_kind_of_member_works_as_it_does_for_consumers(
    kind: str, installer: str, tmp_path: Path
) -> None:
    files, expected = KINDS[kind]
    found = said(tmp_path, files(), installer)
    assert (expected in found, bool(found)) == (True, bool(expected)), found


@pytest.mark.parametrize(("kind", "installer"), walks(SLOW))
def test_a_kind_of_member_that_needs_an_index_does_so_too(
    kind: str, installer: str, tmp_path: Path
) -> None:
    files, expected = SLOW[kind]
    found = said(tmp_path, files(), installer)
    assert (expected in found, bool(found)) == (True, bool(expected)), found


def test_how_a_member_is_proven_is_said_with_the_result(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", needing_an_extra(WITH_FULL))
    done = run(repo.path, "verify-git-install", "zq-base", "--installer", "uv")
    assert "zq-base: with the extra `full`: its code needs it" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("extras = ['full']", "settings-value"),
        ("extras = { gone = 'why' }", "settings-value"),
        ("skip-imports = { zq = '' }", "settings-value"),
        ("imports = {}", "settings-key"),
    ],
)
def test_how_a_member_is_proven_is_a_table_of_reasons(
    table: str, code: str, tmp_path: Path
) -> None:
    files = with_table(f"[tool.release.verify]\n{table}\n")
    repo = make_workspace(tmp_path / "workspace", files)
    assert [p["code"] for p in run(repo.path, "plan", "--json").json["problems"]] == [code]


def test_a_pointer_of_git_lfs_is_no_file(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", with_lfs())
    done = run(repo.path, "build", "--json")
    assert {p["code"] for p in done.json["problems"]} == {"lfs-pointer"}, done.stderr


@exhaustive
def test_the_last_words_of_a_backend_are_told(tmp_path: Path) -> None:
    files = {**by("setuptools"), f"{BASE}/setup.py": "raise SystemExit('my own last words')\n"}
    repo = make_workspace(tmp_path / "workspace", files)
    (problem,) = run(repo.path, "build", "--json").json["problems"]
    assert (problem["code"], "my own last words" in problem["message"]) == ("build-failed", True)
