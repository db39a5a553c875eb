"""What the machine has that runs the tests: what it lacks, a test may need."""

import os
import signal
from collections.abc import Collection

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


def missing(item: pytest.Item) -> Collection[str]:
    """Return what a test needs and this machine lacks: `@pytest.mark.needs("links")`."""
    return {name for mark in item.iter_markers("needs") for name in mark.args if not HAS[name]}
