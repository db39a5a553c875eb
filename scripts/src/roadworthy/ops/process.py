"""The door to other programs: run one, without a shell, and fail with its own words."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from signal import Signals

from ..model.problem import Failure, Problem
from ..model.text import short, without_scratch
from .kept import kept_for_others
from .running import run_to_end

WORDS_KEPT = 25
# How long each kind of work may take, in all: seconds.
ORDINARY, BUILDING, INSTALLING, IMPORTING = 600.0, 1800.0, 600.0, 120.0
TESTING = 7200.0
# What goes out to everybody is for everybody to read, whatever the user's own files are.
OWN_UMASK, FOR_EVERYBODY = -1, 0o022
# The variables that uv takes the credentials of an upload from.
FOR_UPLOADS = "UV_PUBLISH_"
_put_away: dict[str, str] = {}
# uv tells GitHub so, on a line of its own, which token to hide: nobody else may read it.
MASK = "::add-mask::"

# What may be wrong where the system ends a program.
SIGNALLED = "check memory, disk space and limits, then run the same command again"


class CommandFailure(Failure):
    """A program ended with an error, or was stopped at its time limit."""

    def __init__(self, command: Sequence[str], ended: str, output: str, hint: str = "") -> None:
        """Say which command, how it ended, and the end of what it printed."""
        self.output = output
        self.hint = hint or (SIGNALLED if "by the signal" in ended else "")
        line = without_scratch(" ".join([Path(command[0]).name, *command[1:]]))
        self.ended = f"`{short(line)}` {ended}"
        super().__init__(self.said(output))

    def said(self, output: str) -> Problem:
        """Return the failure as a problem, with the end of what the program said."""
        said = without_scratch(output.strip()).splitlines()
        lines = [line for line in said if not line.startswith(MASK)]
        tail = "\n".join(lines[-WORDS_KEPT:])
        return Problem("program-failed", f"{self.ended}\n{tail}" if tail else self.ended, self.hint)


def run(  # noqa: PLR0913 - each is a thing that a program is started with, by its name
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
    seconds: float = ORDINARY,
    hint: str = "",
    umask: int = OWN_UMASK,
    leaves_nothing: bool = False,
) -> str:
    """Run a program and return what it printed on stdout.

    `seconds` bounds all of it: then it is stopped, with all that it started. With
    `leaves_nothing`, what it left running is stopped, too: so it is with others' code.
    Raises `CommandFailure` where it ends with an error or at its limit, and `Failure`
    where it is not there.
    """
    try:
        ended = run_to_end(
            command,
            cwd=cwd,
            environment=environment,
            stdin=None if stdin is None else stdin.encode("utf-8", "surrogateescape"),
            seconds=seconds,
            umask=umask,
            leaves_nothing=leaves_nothing,
        )
    except FileNotFoundError:
        raise Failure(_missing(command[0])) from None
    stdout = ended.stdout.decode("utf-8", "surrogateescape")
    if ended.code != 0:
        output = ended.stderr.decode("utf-8", "replace")
        output += stdout if ended.code else ""
        raise CommandFailure(command, how_it_ended(ended.code, seconds), output, hint)
    return stdout


def run_with_all_output(
    command: Sequence[str], environment: Mapping[str, str], seconds: float
) -> str:
    """Run a program and return all that it says, on both of its outputs.

    Raises `CommandFailure` as `run` does: git says what a hook of its own said on stderr,
    and ends well all the same.
    """
    ended = run_to_end(command, environment=environment, seconds=seconds)
    output = (ended.stdout + ended.stderr).decode("utf-8", "replace")
    if ended.code != 0:
        raise CommandFailure(command, how_it_ended(ended.code, seconds), output)
    return output


def watched(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], *, is_shown: bool
) -> tuple[int | None, str]:
    """Run tests; return how they ended, and what they printed where that was not shown at once.

    The code is None where they were stopped at the limit of `TESTING` seconds.
    """
    ended = run_to_end(
        command, cwd=cwd, environment=environment, seconds=TESTING, is_shown=is_shown
    )
    return ended.code, (ended.stdout + ended.stderr).decode("utf-8", "replace")


def how_it_ended(code: int | None, seconds: float) -> str:
    """Return how a program ended that did not end well; without a code it was stopped."""
    if code is None:
        return f"was stopped: it took longer than {in_words(seconds)}"
    if code < 0:
        return f"was ended by the signal {_signal(-code)}"
    return f"ended with exit code {code}"


def _signal(number: int) -> str:
    with suppress(ValueError):
        return Signals(number).name
    return str(number)


def in_words(seconds: float) -> str:
    """Return a time limit for people."""
    if seconds >= 120 and not seconds % 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:g} seconds"


def scrubbed(home: Path) -> dict[str, str]:
    """Make an empty HOME, and return an environment that lives there, without secrets."""
    temporary = home / "tmp"
    temporary.mkdir(parents=True)
    return {
        **kept_for_others(),
        **own_folders(home, sys.platform),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }


def own_folders(home: Path, platform: str) -> dict[str, str]:
    """Return the variables that programs find a HOME by, and what they keep in it."""
    found = {"HOME": home, "USERPROFILE": home, "XDG_CACHE_HOME": home / ".cache"}
    if platform == "win32":
        data = home / "AppData"
        found |= {"APPDATA": data / "Roaming", "LOCALAPPDATA": data / "Local"}
    return {name: str(folder) for name, folder in found.items()}


def put_away_credentials() -> None:
    """Take uv's variables for uploads out of our environment: no program inherits them.

    What the system shows of how this process was started has them all the same.
    """
    for name in [name for name in os.environ if name.startswith(FOR_UPLOADS)]:
        _put_away[name] = os.environ.pop(name)


def own_environment() -> dict[str, str]:
    """Return a copy of the environment that we were started in, secrets and all."""
    return {**_put_away, **os.environ}


def without(environment: Mapping[str, str], *prefixes: str) -> dict[str, str]:
    """Return an environment without the variables that start with one of the prefixes."""
    return {name: value for name, value in environment.items() if not name.startswith(prefixes)}


def _missing(program: str) -> Problem:
    name = Path(program).name
    ways = {
        "git": "install git 2.32 or newer",
        "uv": 'run `python -m pip install "nox[uv]"`',
    }
    return Problem(
        "program-missing",
        f"{name} is not installed, or not on PATH",
        ways.get(name, f"install {name}"),
    )
