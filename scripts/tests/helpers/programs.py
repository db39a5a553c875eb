"""Programs of a test's own: hooks, helpers and what stands in for a vendor's command.

The first line of a script holds no path with a space in it, and Python may lie in one.
So every program is a shell script, and Python is started by its quoted path.
"""

import shlex
import sys
from pathlib import Path


def shell_program(path: Path, text: str) -> Path:
    """Write a program in the language of the shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def python_program(path: Path, text: str) -> Path:
    """Write a program in Python, which starts without any site-packages."""
    code = path.with_name(f"{path.name}.py")
    code.parent.mkdir(parents=True, exist_ok=True)
    code.write_text(text, "utf-8")
    return shell_program(path, f'exec {shlex.join((sys.executable, "-IS", str(code)))} "$@"')
