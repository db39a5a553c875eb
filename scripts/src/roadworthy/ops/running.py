"""Programs that run: waited for until a limit, and stopped with all that they started."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# How often we look whether a program has ended that something else keeps the output of.
GLANCE_SECONDS = 1.0
_ended_early = threading.Event()
_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program printed, and its exit code; None where it was stopped at its limit."""

    code: int | None
    stdout: bytes
    stderr: bytes


def run_to_end(  # noqa: PLR0913 - each is a thing that a program is started with, by its name
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None,
    seconds: float,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    umask: int = -1,
    leaves_nothing: bool = False,
    is_shown: bool = False,
) -> Ended:
    """Run a program in a session of its own, without a terminal: nothing waits at a prompt.

    With `leaves_nothing`, what it started and left running is stopped when it ends. What
    `is_shown` goes where our own output goes.
    Raises `FileNotFoundError` where there is no such program, and `KeyboardInterrupt` in a
    worker that goes on after somebody wanted an end.
    """
    if _ended_early.is_set() and threading.current_thread() is not threading.main_thread():
        raise KeyboardInterrupt
    process = subprocess.Popen(  # noqa: S603 - arguments are a list, and no shell reads them
        [*command],
        cwd=cwd,
        env=None if environment is None else dict(environment),
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=None if is_shown else subprocess.PIPE,
        stderr=None if is_shown else subprocess.PIPE,
        umask=umask,
        start_new_session=True,
    )
    _running.add(process)
    try:
        return _waited_for(process, stdin, seconds)
    except BaseException:
        _stop(process)
        raise
    finally:
        if leaves_nothing:
            _stop(process)
        _close(process)
        _running.discard(process)


def stop_all() -> None:
    """Stop every program that runs, and start none for workers: somebody wants an end.

    The main thread still tidies up, and may need programs for that.
    """
    _ended_early.set()
    for process in tuple(_running):
        _stop(process)


def _waited_for(process: subprocess.Popen[bytes], stdin: bytes | None, seconds: float) -> Ended:
    end = time.monotonic() + seconds
    given: bytes | None = stdin
    while True:
        left = max(0.0, end - time.monotonic())
        try:
            stdout, stderr = process.communicate(given, timeout=min(left, GLANCE_SECONDS))
        except subprocess.TimeoutExpired as so_far:
            given = None  # it was handed over at the first look
            has_ended = process.poll() is not None
            if has_ended or left <= GLANCE_SECONDS:
                code = process.returncode if has_ended else None
                _stop(process)
                return Ended(code, so_far.stdout or b"", so_far.stderr or b"")
        else:
            return Ended(process.returncode, stdout or b"", stderr or b"")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a program and its session, at once."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _close(process: subprocess.Popen[bytes]) -> None:
    """Let go of a program: nobody reads its output any more, and it is no zombie."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with suppress(OSError):
                pipe.close()
    process.wait()
