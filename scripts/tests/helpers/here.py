"""What the machine has that runs the tests: what it lacks, a test may need."""

import os
import signal
from collections.abc import Collection
from pathlib import Path

import pytest

# Where there is no such signal, no test that sends it is collected.
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
HANGUP = getattr(signal, "SIGHUP", signal.SIGTERM)
STOP = getattr(signal, "SIGSTOP", signal.SIGTERM)
HAS = {
    "signals": hasattr(signal, "SIGKILL"),  # to end a program at once, with all that it started
    "scripts": os.name == "posix",  # programs that start with `#!`, and `bash -c`
    "links": os.name == "posix" and hasattr(os, "symlink"),  # without a right of its own
    "modes": os.name == "posix" and hasattr(os, "umask"),  # who may read, write and run a file
    "users": hasattr(os, "getuid"),
}

# Tests make thousands of small files, which is where a disk takes most of their time: git's
# own tests are run so. https://github.com/git/git/blob/master/t/README
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 - pytest makes a folder of its own there


def roomy_memory() -> Path | None:
    """Return where files lie in memory, if there is such a place, with room, for programs too."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return None
    there = os.statvfs(MEMORY)
    has_room = there.f_bavail * there.f_frsize >= ROOM
    return MEMORY if has_room and not there.f_flag & os.ST_NOEXEC else None


def missing(item: pytest.Item) -> Collection[str]:
    """Return what a test needs and this machine lacks: `@pytest.mark.needs("links")`."""
    return {name for mark in item.iter_markers("needs") for name in mark.args if not HAS[name]}
