"""The command line as a person or a CI runs it, in this process or in one of its own."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from roadworthy.__main__ import ENDING, main
from roadworthy.ops import keyring, process, running, uv

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Done:
    """What a run of the command line came to."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the one JSON object on stdout."""
        answer: dict[str, Any] = json.loads(self.stdout)
        return answer

    @property
    def problems(self) -> list[str]:
        """Return the messages of its problems."""
        return [problem["message"] for problem in self.json["problems"]]


def command(workspace: Path, *arguments: str) -> tuple[str, ...]:
    """Return the command for a workspace."""
    return (sys.executable, "-m", "roadworthy", "--workspace", str(workspace), *arguments)


def run(workspace: Path, *arguments: str, **environment: str) -> Done:
    """Run a command on a workspace, in this process: to start one takes longer than most do."""
    if threading.current_thread() is not threading.main_thread():
        return run_alone(workspace, *arguments, **environment)
    with _as_in_a_process(environment), _printed() as (stdout, stderr):
        code = main(("--workspace", str(workspace), *arguments))
        return Done(code, _text(stdout), _text(stderr))


def run_alone(workspace: Path, *arguments: str, **environment: str) -> Done:
    """Run a command on a workspace as a process, where that is what is tested."""
    done = subprocess.run(
        command(workspace, *arguments),
        cwd=ROOT,
        env={**process.own_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def _as_in_a_process(environment: Mapping[str, str]) -> Iterator[None]:
    """Have what a process has of its own: an environment, signals, and nothing remembered."""
    keyring._password.cache_clear()  # noqa: SLF001 - it is asked once in the life of a process
    uv.cache_folder.cache_clear()
    handlers = {each: signal.getsignal(each) for each in ENDING}
    where = Path.cwd()
    os.chdir(ROOT)
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(tempfile, "tempdir", None),
        mock.patch.object(process, "_put_away", {}),
        mock.patch.object(running, "_ended_early", threading.Event()),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO())),
    ):
        try:
            yield
        finally:
            os.chdir(where)
            for each, handler in handlers.items():
                signal.signal(each, handler)


@contextmanager
def _printed() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Collect what is printed on both outputs."""
    outputs = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    stdout, stderr = outputs
    with redirect_stdout(stdout), redirect_stderr(stderr):
        yield stdout, stderr


def _text(output: io.TextIOWrapper) -> str:
    output.seek(0)
    return output.read()
