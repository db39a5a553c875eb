"""A release in a process of its own, which can be broken off anywhere."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .cli import ROOT, Done, command
from .here import KILL, STOP

RELEASE = ("release", "--execute", "--installer", "uv")
STEPS = (
    "plan",
    "prepare",
    "build",
    "gate",
    "push",
    "publish",
    "verify-index-install",
    "tag",
    "verify-git-install",
)
WAIT_SECONDS = 60


class Running:
    """A release that is under way in a checkout."""

    def __init__(self, checkout: Path, temporary: Path) -> None:
        """Start it; what it leaves behind when it is killed is in the temporary folder."""
        self.orphans: list[int] = []
        self._process = subprocess.Popen(
            command(checkout, *RELEASE),
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(temporary)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, on_step: Callable[[str], None] = lambda _: None) -> Done:
        """Wait for its end, however that comes; tell of each step that is done on the way."""
        assert self._process.stderr is not None
        lines = []
        try:
            for line in self._process.stderr:
                lines.append(line)
                on_step(line.partition(" ")[0])
        except BaseException:
            self.stop(KILL)
            raise
        finally:
            self._process.stderr.close()
            self._process.wait()
        return Done(self._process.returncode, "", "".join(lines))

    def stop(self, how: signal.Signals) -> None:
        """Stop it: SIGKILL takes all that it started with it, as when a machine goes down.

        Any other signal goes to it alone, as from a person or a CI; what it has started
        meanwhile is left an orphan, and may go on for a moment.
        """
        if how is KILL:
            for process in frozen(self._process.pid):
                _send(process, how)
        else:
            self.orphans += below(self._process.pid)
            self._process.send_signal(how)


def below(process: int) -> list[int]:
    """Return all processes that a process has started, and those that these have."""
    children = [child for child, parent in _processes() if parent == process]
    return [*children, *(found for child in children for found in below(child))]


def frozen(process: int) -> list[int]:
    """Hold a process and all below it, so that none starts another; return them."""
    _send(process, STOP)
    children = [child for child, parent in _processes() if parent == process]
    return [process, *(found for child in children for found in frozen(child))]


def wait_for(orphans: list[int]) -> None:
    """Wait until processes that nobody owns any more have come to their own end."""
    latest = time.monotonic() + WAIT_SECONDS
    while are_alive(orphans):
        assert time.monotonic() < latest, f"these do not end: {orphans}"
        time.sleep(0.02)
    orphans.clear()


def are_alive(processes: list[int]) -> bool:
    """Tell whether any of these processes is still at work."""
    return bool(processes) and not {process for process, _ in _processes()}.isdisjoint(processes)


def _processes() -> Iterator[tuple[int, int]]:
    """List all processes with their parents; those that have ended and wait are none."""
    command = ("ps", "-A", "-o", "pid=,ppid=,stat=")
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        process, parent, state = line.split()
        if not state.startswith("Z"):
            yield int(process), int(parent)


def _send(process: int, how: signal.Signals) -> None:
    try:
        os.kill(process, how)
    except ProcessLookupError:
        return  # it came to its own end first
