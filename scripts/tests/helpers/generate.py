"""A uv workspace of any size: members in layers, locked, committed, and with a history if wanted.

It is the same for the same numbers, so that two measurements are of the same thing.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .hostile import shielded

VERSION = "0.1.0"
RANGE = ">=0.1.0,<0.2"
LAYERS = 5
MOST_REQUIRED = 3
BRANCH = "main"
# Nothing of the machine's own git: no signing, no hooks, no other default branch.
IDENTITY = {
    "GIT_AUTHOR_NAME": "Bench",
    "GIT_AUTHOR_EMAIL": "bench@localhost",
    "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@localhost",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
INDEX = """
[[tool.uv.index]]
name = "{name}"
url = "https://index.invalid/simple/"
publish-url = "https://index.invalid/legacy/"
explicit = true

[tool.release]
index = "{name}"
"""
ROOT = """\
[project]
name = "bench-workspace"
version = "0"
requires-python = ">=3.11"
classifiers = ["Private :: Do Not Upload"]

[tool.uv.workspace]
members = ["packages/*"]
"""
MEMBER = """\
[project]
name = "{name}"
version = "{version}"
description = "The member {name} of a generated workspace"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
classifiers = ["Programming Language :: Python :: 3", "Typing :: Typed"]
dependencies = [{requirements}]

[tool.uv.sources]
{sources}
[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"
"""
README = "# {name}\n\nIt is there to be planned, built, published and installed.\n"
LICENCE = "MIT License\n\nUse it as you like, without any warranty.\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Generated:
    """A member as it is generated: its name and the siblings that it requires."""

    name: str
    requires: tuple[str, ...]

    @property
    def module(self) -> str:
        """Return the name that it is imported by."""
        return _module(self.name)

    def files(self) -> dict[str, str]:
        """Return its files, by their path in its folder."""
        requirements = ", ".join(f'"{sibling}{RANGE}"' for sibling in self.requires)
        sources = "".join(f"{sibling} = {{ workspace = true }}\n" for sibling in self.requires)
        return {
            "pyproject.toml": MEMBER.format(
                name=self.name, version=VERSION, requirements=requirements, sources=sources
            ),
            "README.md": README.format(name=self.name),
            "LICENSE": LICENCE,
            f"src/{self.module}/__init__.py": self._code(),
            f"src/{self.module}/py.typed": "",
        }

    def _code(self) -> str:
        imports = "".join(f"import {_module(sibling)}\n" for sibling in self.requires)
        names = "".join(f"{_module(sibling)}.NAME, " for sibling in self.requires)
        return (
            f'"""The member {self.name}."""\n\n{imports}\nNAME = "{self.name}"\nUSES = ({names})\n'
        )


def generate(
    folder: Path, members: int = 50, *, commits: int = 0, tagged: bool = False, index: str = ""
) -> Path:
    """Make a workspace in a new folder and return its root.

    With `tagged`, all members are tagged at the first commit; `commits` follow for each
    of them. `index` is the name of an index for its settings; nothing answers there.
    """
    made = generated(members)
    _write(folder / "pyproject.toml", ROOT + (INDEX.format(name=index) if index else ""))
    for member in made:
        for path, text in member.files().items():
            _write(folder / "packages" / member.name / path, text)
    uv = os.environ.get("UV", "uv")
    command = (uv, "lock", "--quiet", "--python", sys.executable)
    subprocess.run(command, cwd=folder, check=True)
    git(folder, "init", "--quiet", "--template=", f"--initial-branch={BRANCH}")
    _commit(folder, f"Start with {members} members")
    for member in made if tagged else ():
        tag = f"{member.name}/v{VERSION}"
        git(folder, "tag", "--annotate", f"--message={member.name} {VERSION}", tag)
    for number in range(commits):
        _change_all(folder, made, number)
    return folder


def generated(count: int) -> tuple[Generated, ...]:
    """Say which members there are: in layers, each requiring up to three of earlier layers."""
    names = [f"bench-m{number:03}" for number in range(1, count + 1)]
    width = -(-count // LAYERS) or 1
    return tuple(
        Generated(name=name, requires=_chosen(name, names[: place // width * width]))
        for place, name in enumerate(names)
    )


def git(folder: Path, *arguments: str) -> None:
    """Run git as the generated workspace's author."""
    subprocess.run(("git", *arguments), cwd=folder, env=shielded() | IDENTITY, check=True)


def _chosen(name: str, earlier: Sequence[str]) -> tuple[str, ...]:
    choice = Random(name)  # noqa: S311 - the same choice for the same name, no secret
    number = min(len(earlier), choice.randint(0, MOST_REQUIRED))
    return tuple(sorted(choice.sample(earlier, number)))


def _change_all(folder: Path, members: Sequence[Generated], number: int) -> None:
    """Commit one more change of each member."""
    for member in members:
        code = folder / "packages" / member.name / "src" / member.module / "__init__.py"
        with code.open("a", encoding="utf-8") as file:
            file.write(f"CHANGE_{number} = {number}\n")
        _commit(folder, f"fix: change {member.name} for the better")


def _commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", f"--message={message}")


def _module(name: str) -> str:
    return name.replace("-", "_")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
