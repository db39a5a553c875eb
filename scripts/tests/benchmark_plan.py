"""Measure planning on workspaces of several sizes, and a release commit with its tags.

`python -m tests.benchmark_plan [--members 50 200 1000]`, from the folder of the tooling.
Each member has ten commits and three tags. `plan` is the best of three runs of the
command; `prepare` and `tag` make and push the release commit and the tags of all members
and of a fifth of them, to a bare remote, once. Memory is the peak of the command itself.
"""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from .helpers.generate import IDENTITY, git
from .helpers.long_history import generate_history

ROOT = Path(__file__).resolve().parents[1]
MOST_PREPARED = 200
PER_MIB = 1024 * 1024 if sys.platform == "darwin" else 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print one table."""
    parser = ArgumentParser(prog="python -m tests.benchmark_plan", description=__doc__)
    parser.add_argument("--members", type=int, nargs="+", default=[50, 200, 1000])
    table = Table(box=None, header_style="bold")
    for heading in ("members", "what", "seconds", "MiB"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for members in parser.parse_args(arguments).members:
        for row in _rows(members):
            table.add_row(str(members), *row)
    Console().print(table)
    return 0


def _rows(members: int) -> Iterator[tuple[str, str, str]]:
    with TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        workspace = generate_history(folder / "all", members)
        seconds, mib = min(_run(workspace, "plan", "--json") for _ in range(3))
        yield "plan", f"{seconds:.2f}", f"{mib:.0f}"
        for title, changed in (("all", 1), ("a fifth", 5)) if members <= MOST_PREPARED else ():
            checkout = _with_remote(folder / f"changed-{changed}", members, changed)
            prepared, _ = _run(checkout, "prepare", "--execute")
            tagged, mib = _run(checkout, "tag", "--execute")
            yield f"prepare, {title}", f"{prepared:.2f}", f"{mib:.0f}"
            yield f"tag, {title}", f"{tagged:.2f}", f"{mib:.0f}"
            yield f"prepare and tag, {title}", f"{prepared + tagged:.2f}", ""


def _with_remote(folder: Path, members: int, changed: int) -> Path:
    """Return a locked workspace with a bare remote."""
    workspace = generate_history(folder / "checkout", members, changed=changed)
    command = (os.environ.get("UV", "uv"), "lock", "--quiet", "--offline", "--python")
    subprocess.run((*command, sys.executable), cwd=workspace, check=True)
    git(workspace, "add", "uv.lock")
    git(workspace, "commit", "--quiet", "--message=chore: lock")
    git(folder, "clone", "--quiet", "--bare", str(workspace), str(folder / "remote.git"))
    git(workspace, "remote", "add", "origin", str(folder / "remote.git"))
    return workspace


def _run(workspace: Path, *arguments: str) -> tuple[float, float]:
    """Run a command of the tooling; return its seconds and its own peak memory in MiB."""
    command = (sys.executable, "-m", "roadworthy", "--workspace", str(workspace), *arguments)
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | IDENTITY, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}")
    return seconds, usage.ru_maxrss / PER_MIB


if __name__ == "__main__":
    sys.exit(main())
