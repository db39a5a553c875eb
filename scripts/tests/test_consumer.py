"""The consumer of the documents, run against this very workspace on loopback."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.cli import ROOT
from tests.helpers.hostile import shielded
from tests.helpers.repository import Repo

EXAMPLE = ROOT / "scripts" / "docs" / "examples" / "consumer"
FORGE = "https://github.com/OWNER/REPO"
RELEASE = "release/2026.11.22"
LATER = "release/2026.11.23"
RECIPE = "packages/pantry-recipe/src/pantry_recipe/__init__.py"


@dataclass(frozen=True, slots=True)
class Example:
    """A copy of the example, and the workspace that its forge leads to."""

    folder: Path
    members: Repo
    environment: dict[str, str]

    def run(self, *command: str) -> str:
        """Run a command there, and return what it prints."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def seen(self) -> list[str]:
        """Return the commit that each project has: by tag, by branch, at HEAD."""
        lines = self.run("./check").splitlines()
        return [line.split()[-1] for line in lines if line.startswith("pantry-recipe at ")]


@pytest.fixture
def members(tmp_path: Path) -> Repo:
    """Return a repository with the template's own members, released once."""
    repo = Repo.init(tmp_path / "workspace")
    for name in ("pyproject.toml", "uv.lock", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, repo.path)
    without = shutil.ignore_patterns("__pycache__", ".*", "dist")
    shutil.copytree(ROOT / "packages", repo.path / "packages", ignore=without)
    repo.commit("feat: start")
    repo.git("tag", "--annotate", "--message", "all", RELEASE)
    return repo


@pytest.fixture
def example(tmp_path: Path, members: Repo) -> Example:
    """Return the example as somebody copies it; their forge answers from the disk."""
    folder = tmp_path / "consumer"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".venv", "uv.lock"))
    uv = Path(os.environ.get("UV", "uv"))
    places = [str(uv.parent)] if uv.is_absolute() else []
    environment = shielded() | {
        "PATH": os.pathsep.join([*places, os.environ["PATH"]]),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_PYTHON": sys.executable,
        "UV_NO_GITHUB_FAST_PATH": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{members.path.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": FORGE,
    }
    return Example(folder, members, environment)


def test_an_upgrade_takes_what_is_new_each_in_its_own_way(example: Example) -> None:
    first = example.members.head()
    example.run("./upgrade")
    assert example.seen() == [first, first, first]
    text = (example.members.path / RECIPE).read_text("utf-8")
    later = example.members.commit("feat: more", {RECIPE: f"{text}\nNEW = True\n"})
    assert example.seen() == [first, first, first]
    example.run("./upgrade")
    assert example.seen() == [first, later, later]
    example.members.git("tag", "--annotate", "--message", "all", LATER)
    example.run("./upgrade")
    assert example.seen() == [later, later, later]
    manifest = (example.folder / "by-tag" / "pyproject.toml").read_text("utf-8")
    assert manifest.count(f'tag = "{LATER}"') == 2


def test_the_scheduled_workflows_do_what_is_tried_here() -> None:
    for name in (".github/workflows/upgrade.yml", ".gitlab-ci.yml"):
        lines = (EXAMPLE / name).read_text("utf-8").splitlines()
        commands = [line.strip(" -").removeprefix("run: ") for line in lines]
        assert commands.index("./upgrade") + 1 == commands.index("./check"), name


def test_a_change_of_a_member_is_seen_at_once_in_its_own_workspace(example: Example) -> None:
    workspace = Example(example.members.path, example.members, example.environment)
    workspace.run("uv", "sync", "--quiet", "--locked", "--no-default-groups")
    ask = ("uv", "run", "--quiet", "--no-sync", "python", "-c")
    question = "import pantry_recipe; print(getattr(pantry_recipe, 'NEW', None))"
    assert workspace.run(*ask, question) == "None\n"
    with (workspace.folder / RECIPE).open("a", encoding="utf-8") as file:
        file.write("\nNEW = True\n")
    assert workspace.run(*ask, question) == "True\n"
