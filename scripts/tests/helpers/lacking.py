"""A plugin for pytest that takes away what Windows lacks, before anything of ours is imported.

`python -m pytest -p tests.helpers.lacking --collect-only` shows what is collected there.
"""

import os
import signal
import subprocess
import sys

import asyncssh  # noqa: F401 - what others need of it, they take now
import pytest

SIGNALS = ("SIGHUP", "SIGKILL", "SIGQUIT", "SIGSTOP")
CALLS = ("killpg", "mkfifo", "umask")
MODULES = ("grp", "pwd", "resource")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Take it away."""
    for module, names in ((signal, SIGNALS), (os, CALLS)):
        for name in names:
            vars(module).pop(name, None)
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    subprocess.Popen.kill = subprocess.Popen.terminate  # type: ignore[method-assign]
