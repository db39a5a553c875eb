"""A program for a hook or an alias: it runs commands there, and says what they changed.

`python -m tests.helpers.inside WORKSPACE REPORT`, where git has set what it sets.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from .cli import run

COMMANDS = (
    ("plan",),
    ("status",),
    ("prepare",),
    ("build",),
    ("release", "--installer", "uv"),
    ("verify-git-install", "--installer", "uv"),
)


def everything(*folders: Path) -> dict[str, str]:
    """Return what every file and link below folders is, git's own included; `dist` aside."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink():
                found[str(path)] = str(path.readlink())
            elif path.is_file() and "dist" not in path.parts:
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the files that are there no more, are new, or are other ones."""
    return sorted(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )


def main(workspace: Path, report: Path) -> None:
    """Run the commands, and write how each ended and what all of them changed."""
    watched = workspace.parent
    before = everything(watched)
    done = {command[0]: run(workspace, *command) for command in COMMANDS}
    told = {
        "set": sorted(name for name in os.environ if name.startswith("GIT_")),
        "failed": {name: each.stderr for name, each in done.items() if each.code},
        "changed": changed(before, everything(watched)),
    }
    report.write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
