"""The consumer of the documents, run against this very workspace on loopback."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.template.desk import ROOT, Folder, clean_environment, copy_of_the_workspace

EXAMPLE = ROOT / "scripts" / "docs" / "examples" / "consumer"
FORGE = "https://github.com/OWNER/REPO"
RELEASE = "release/2026.11.22"
LATER = "release/2026.11.23"
RECIPE = "packages/pantry-recipe/src/pantry_recipe/__init__.py"


@dataclass(frozen=True, slots=True)
class Example:
    """A copy of the example, and the workspace that its forge leads to."""

    folder: Folder
    members: Folder

    def seen(self) -> list[str]:
        """Return the commit that each project has: by tag, by branch, at HEAD."""
        lines = self.folder.output(sys.executable, "check.py").splitlines()
        return [line.split()[-1] for line in lines if line.startswith("pantry-recipe at ")]


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """Return the example as somebody copies it; their forge answers from the disk."""
    members = copy_of_the_workspace(tmp_path / "workspace")
    members.commit("feat: start")
    members.output("git", "tag", "--annotate", "--message", "all", RELEASE)
    folder = tmp_path / "consumer"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".venv", "uv.lock"))
    uv = Path(os.environ.get("UV", "uv"))
    places = [str(uv.parent)] if uv.is_absolute() else []
    environment = clean_environment() | {
        "PATH": os.pathsep.join([*places, os.environ["PATH"]]),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_PYTHON": sys.executable,
        "UV_NO_GITHUB_FAST_PATH": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{members.path.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": FORGE,
    }
    return Example(Folder(folder, environment), Folder(members.path, environment))


@pytest.mark.exhaustive
def test_an_upgrade_takes_what_is_new_each_in_its_own_way(example: Example) -> None:
    first = example.members.output("git", "rev-parse", "HEAD")
    example.folder.output(sys.executable, "upgrade.py")
    assert example.seen() == [first, first, first]
    text = (example.members.path / RECIPE).read_text("utf-8")
    later = example.members.commit("feat: more", {RECIPE: f"{text}\nNEW = True\n"})
    assert example.seen() == [first, first, first]
    example.folder.output(sys.executable, "upgrade.py")
    assert example.seen() == [first, later, later]
    example.members.output("git", "tag", "--annotate", "--message", "all", LATER)
    example.folder.output(sys.executable, "upgrade.py")
    assert example.seen() == [later, later, later]
    manifest = (example.folder.path / "by-tag" / "pyproject.toml").read_text("utf-8")
    assert manifest.count(f'tag = "{LATER}"') == 2


def test_the_scheduled_workflows_do_what_is_tried_here() -> None:
    for name in (".github/workflows/upgrade.yml", ".gitlab-ci.yml"):
        lines = (EXAMPLE / name).read_text("utf-8").splitlines()
        commands = [line.strip(" -").removeprefix("run: ") for line in lines]
        assert commands.index("python upgrade.py") + 1 == commands.index("python check.py"), name


def test_a_change_of_a_member_is_seen_at_once_in_its_own_workspace(example: Example) -> None:
    workspace = example.members
    workspace.output("uv", "sync", "--quiet", "--locked", "--no-default-groups")
    ask = ("uv", "run", "--quiet", "--no-sync", "python", "-c")
    question = "import pantry_recipe; print(getattr(pantry_recipe, 'NEW', None))"
    assert workspace.output(*ask, question) == "None"
    with (workspace.path / RECIPE).open("a", encoding="utf-8") as file:
        file.write("\nNEW = True\n")
    assert workspace.output(*ask, question) == "True"
