"""Record what a command prints, as the SVG that a document shows.

    cd scripts && uv run --group test python -m tests.record docs/rehearsal.svg nox -s release

It runs in a fresh clone of this repository, on a terminal of 80 columns.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.helpers.cli import ROOT
from tests.helpers.hostile import shielded

WIDTH = 80


def main(target: Path, command: list[str]) -> None:
    """Run a command in a clone, and write what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "workspace"
        subprocess.run(("git", "clone", "--quiet", str(ROOT), str(clone)), check=True)
        environment = shielded() | {"UV_PYTHON_DOWNLOADS": "never", "COLUMNS": str(WIDTH)}
        printed = printed_by(command, clone, environment)
    console = Console(record=True, width=WIDTH, file=Path(os.devnull).open("w", encoding="utf-8"))
    console.print(Text(f"$ {' '.join(command)}", style="bold"))
    console.print(Text.from_ansi(printed.replace(folder, "~")))
    console.save_svg(str(target), title=" ".join(command), unique_id="recording")


def printed_by(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """Return what a command prints the second time: the first makes its environment."""
    for _ in range(2):
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
    return done.stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
