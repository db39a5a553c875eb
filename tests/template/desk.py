"""A folder in which tests run programs, and git without anybody's settings."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOX = Path(sys.executable).with_name("nox")
IDENTITY = {
    "GIT_AUTHOR_NAME": "Tester",
    "GIT_AUTHOR_EMAIL": "tester@localhost",
    "GIT_COMMITTER_NAME": "Tester",
    "GIT_COMMITTER_EMAIL": "tester@localhost",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in which programs are run, in an environment of their own."""

    path: Path
    environment: dict[str, str]

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program there, whatever comes of it."""
        return subprocess.run(
            command,
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def output(self, *command: str | Path) -> str:
        """Run a program that must succeed there; return what it prints."""
        done = self.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def commit(self, message: str, files: dict[str, str] | None = None) -> str:
        """Write files and commit everything; return the commit."""
        for name, text in (files or {}).items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text, "utf-8")
        self.output("git", "add", "--all")
        self.output("git", "commit", "--quiet", "--allow-empty", "--message", message)
        return self.output("git", "rev-parse", "HEAD")


def clean_environment() -> dict[str, str]:
    """Return the environment without what would choose another git, or another environment."""
    strange = ("GIT_", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "NOX_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    return {**kept, **IDENTITY, "UV_PYTHON_DOWNLOADS": "never", "NOX_SCRIPT_MODE": "none"}


def copy_of_the_workspace(target: Path, *below: str) -> Folder:
    """Copy what git has of the workspace, or of some folders of it, into a new repository."""
    here = Folder(ROOT, clean_environment())
    for name in here.output("git", "ls-files", "--", *below).splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    made = Folder(target, clean_environment())
    made.output("git", "init", "--quiet", "--initial-branch=main")
    return made
