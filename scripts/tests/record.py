"""Record what a command prints, as the SVG that a document shows.

    cd scripts && uv run --group test python -m tests.record docs/rehearsal.svg nox -s release

It runs in a fresh clone of this repository, on a terminal of 80 columns.
"""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.helpers.cli import ROOT
from tests.helpers.hostile import shielded

LINES, WIDTH = 40, 80
# What a terminal takes away again: a line that changes, before its last state.
OVERWRITTEN = re.compile(r"[^\n]*(?:\r(?!\n)|\n\r?\x1b\[1A\x1b\[2K|\x1b\[2K)")
# Of moves of the cursor nothing is seen; colours stay.
MOVES = re.compile(r"\x1b\[\??[0-9;]*[A-HJ-LN-Zhl]")
# What Nox says of its own work tells nothing of a release.
OF_NOX = re.compile(r"^\S*nox > (?!Session).*\n", re.MULTILINE)
FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def main(target: Path, command: list[str]) -> None:
    """Run a command in a clone, and write what it shows on a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "workspace"
        subprocess.run(("git", "clone", "--quiet", str(ROOT), str(clone)), check=True)
        subprocess.run((*command,), cwd=clone, check=True)  # makes its environment
        printed = on_terminal(command, clone)
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text(f"$ {' '.join(command)}", style="bold"))
    console.print(Text.from_ansi(OF_NOX.sub("", printed)))
    svg = console.export_svg(title=" ".join(command), unique_id="recording")
    target.write_text(FONTS.sub("", svg), "utf-8")


def on_terminal(command: list[str], folder: Path) -> str:
    """Return what a command leaves on a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, WIDTH, 0, 0))
    environment = shielded() | {"TERM": "xterm-256color", "UV_PYTHON_DOWNLOADS": "never"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        raw = b"".join(_read(ours))
    os.close(ours)
    assert process.returncode == 0, raw.decode("utf-8", "replace")
    text = raw.decode("utf-8").replace("\r\n", "\n")
    return MOVES.sub("", OVERWRITTEN.sub("", text))


def _read(terminal: int) -> Iterator[bytes]:
    """Read until the last process has closed its end, which Linux says by an error."""
    with suppress(OSError):
        while piece := os.read(terminal, 65_536):
            yield piece


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
