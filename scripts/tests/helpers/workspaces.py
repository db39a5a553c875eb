"""Workspaces for tests: small, on uv_build, with nothing to fetch."""

import os
import subprocess
import sys
from pathlib import Path

from .patterns import PATTERNS
from .repository import Repo

MANIFEST = """\
[project]
name = "{name}"
version = "{version}"
description = "A member"
readme = "README.md"
requires-python = ">=3.11"
dependencies = [{dependencies}]
{more}
[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"

[tool.uv.sources]
{sources}
"""

ROOT = """\
[tool.uv.workspace]
members = ["packages/*"]
{more}
"""

# What each is required as, and its name in a manifest.
BACKENDS = {
    "uv_build": ("uv_build>=0.9,<1", "uv_build"),
    "hatchling": ("hatchling", "hatchling.build"),
    "setuptools": ("setuptools", "setuptools.build_meta"),
}


def member(
    name: str,
    *requirements: str,
    version: str = "0.1.0",
    code: str | None = None,
    more: str = "",
) -> dict[str, str]:
    """Return the files of a member; each requirement is on a sibling."""
    module = name.replace("-", "_")
    siblings = [requirement.partition(">")[0].partition("=")[0] for requirement in requirements]
    imports = "".join(f"import {sibling.replace('-', '_')}\n" for sibling in siblings)
    manifest = MANIFEST.format(
        name=name,
        version=version,
        dependencies=", ".join(f'"{requirement}"' for requirement in requirements),
        sources="\n".join(f"{sibling} = {{ workspace = true }}" for sibling in siblings),
        more=more,
    )
    folder = f"packages/{name}"
    return {
        f"{folder}/pyproject.toml": manifest,
        f"{folder}/README.md": f"# {name}\n",
        f"{folder}/src/{module}/__init__.py": imports if code is None else code,
    }


def with_backend(files: dict[str, str], backend: str) -> dict[str, str]:
    """Return the files of members that another backend builds."""
    ours, theirs = BACKENDS["uv_build"], BACKENDS[backend]
    changed = files
    for old, new in zip(ours, theirs, strict=True):
        changed = {name: text.replace(f'"{old}"', f'"{new}"') for name, text in changed.items()}
    return changed


def trio() -> dict[str, str]:
    """Return three members: a library, one that requires it, and a command that requires both."""
    command = '[project.scripts]\nzq-app = "zq_app:main"\n'
    return {
        **member("zq-base"),
        **member("zq-middle", "zq-base>=0.1.0,<0.2"),
        **member(
            "zq-app",
            "zq-base>=0.1.0,<0.2",
            "zq-middle>=0.1.0,<0.2",
            code="import zq_base, zq_middle\n\n\ndef main() -> None:\n    print('hello')\n",
            more=command,
        ),
    }


def index_table(name: str, url: str) -> str:
    """Return a root's settings for an index that publishes, which is the one to release to."""
    return (
        f'[[tool.uv.index]]\nname = "{name}"\nurl = "{url}simple/"\n'
        f'publish-url = "{url}"\nexplicit = true\n\n[tool.release]\nindex = "{name}"\n'
    )


def make_workspace(path: Path, members: dict[str, str], more: str = "") -> Repo:
    """Write a workspace, lock it and commit it, in a repository that may be there already."""
    files = {"pyproject.toml": ROOT.format(more=more), ".gitignore": "dist/\n", **members}
    if (path / ".git").exists():
        return _committed(Repo(path), files)
    PATTERNS.put(
        f"workspace {sorted(files.items())}", path, lambda p: _committed(Repo.init(p), files)
    )
    return Repo(path)


def _committed(repo: Repo, files: dict[str, str]) -> Repo:
    repo.commit("feat: start", files)
    lock(repo)
    repo.commit("chore: lock")
    return repo


def a_pair() -> dict[str, str]:
    """Return two members, one of which requires the other."""
    return {**member("zq-base"), **member("zq-top", "zq-base>=0.1.0,<0.2")}


def workspace_and_remote(path: Path, members: dict[str, str], more: str = "") -> Repo:
    """Write a workspace with a bare remote beside it, `path` with `.git` at its end."""

    def make(folder: Path) -> None:
        made = make_workspace(folder / path.name, members, more)
        made.with_remote(folder / f"{path.name}.git")

    PATTERNS.put(f"{path.name} {sorted(members.items())} {more}", path.parent, make)
    return Repo(path)


def lock(repo: Repo) -> None:
    """Bring `uv.lock` up to date, without asking any index."""
    command = (os.environ.get("UV", "uv"), "lock", "--quiet", "--offline", "--python")
    # By its path: uv takes ten times as long to look for one of a version.
    subprocess.run((*command, sys.executable), cwd=repo.path, check=True)
