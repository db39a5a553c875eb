"""The command line as a person or a CI runs it: a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """What a run of the command line came to."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the one JSON object on stdout."""
        answer: dict[str, Any] = json.loads(self.stdout)
        return answer

    @property
    def problems(self) -> list[str]:
        """Return the messages of its problems."""
        return [problem["message"] for problem in self.json["problems"]]


def command(workspace: Path, *arguments: str) -> tuple[str, ...]:
    """Return the command for a workspace."""
    return (sys.executable, "-m", "scripts", "--workspace", str(workspace), *arguments)


def run(workspace: Path, *arguments: str, **environment: str) -> Done:
    """Run a command on a workspace."""
    done = subprocess.run(
        command(workspace, *arguments),
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
