"""The command line: `roadworthy [--workspace DIR] COMMAND [MEMBER ...] [options]`.

The only place that prints an error and chooses an exit code: 0 done, 1 a check or a
step failed, 2 wrong use or configuration, 3 nothing to release.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .cli.commands import COMMANDS, module_of
from .cli.parser import options_of
from .model.problem import Failure, NothingToRelease, Problem
from .ops import process, running

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .cli.options import Common
    from .commands.answer import Answer

# Done, and nothing to release.
FINE = {0, NothingToRelease.exit_code}
INTERRUPTED = 130
BROKEN_PIPE = 141
# How a person, a CI and a closed terminal tell us to end.
ENDING = tuple(getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    _open_streams()
    process.put_away_credentials()
    typed = sys.argv[1:] if arguments is None else arguments
    for each in ENDING:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(each, _interrupted)
    code = 0
    try:
        code = _run(typed)
        sys.stdout.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE  # whoever reads us has seen enough
    except OSError as error:  # what we print cannot be written
        if not code:  # else it is said already
            _show_problems([_from_system(error)])
            code = 1
    _give_up_what_cannot_be_written()
    return code


def _run(typed: Sequence[str]) -> int:
    try:
        return _answer(options_of(typed))
    except Failure as failure:
        return _failed(typed, failure)
    except SystemExit as end:  # after --help
        return int(end.code or 0)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _failed(typed, Failure(_from_system(error)))
    except KeyboardInterrupt:
        hint = "run the same command again; it resumes where it stopped"
        _show_problems([Problem("interrupted", "interrupted", hint)])
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last net: nobody is helped by a traceback
        return _failed(typed, Failure(_from_ourselves(error)))


def _interrupted(number: int, frame: object) -> None:  # noqa: ARG001 - what a handler is told
    """End in order: what runs is stopped, and the next signal does not break off the tidying up."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    running.stop_all()
    raise KeyboardInterrupt


def _open_streams() -> None:
    """Give what we print somewhere to go, and let no character stop it.

    In the place of a stream that is closed, a file that we open later would get our words.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - it stays open
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _give_up_what_cannot_be_written() -> None:
    """Write the rest where it is lost: Python would complain of it once more at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _answer(options: Common) -> int:
    from .report import terminal  # noqa: PLC0415 - a third of the time that --help takes

    with terminal.watched() as steps:
        answer = module_of(options.command).run(options, steps)
    _show_problems([*answer.warnings, *_summarised(answer)], kind="warning")
    if options.json:
        _print_json(options.command, answer.problems, answer.data, ok=answer.exit_code in FINE)
    else:
        answer.show()
    _show_problems(answer.problems)
    return answer.exit_code


def _summarised(answer: Answer) -> Sequence[Problem]:
    """Write the summary of a job; where that cannot be, all else was done all the same."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if not summary or not answer.markdown:
        return ()
    try:
        with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(answer.markdown)
    except OSError as error:
        message = f"the summary of this CI job could not be written: {error.strerror or error}"
        return [Problem("ci-summary", message, "check the file that GITHUB_STEP_SUMMARY names")]
    return ()


def _failed(typed: Sequence[str], failure: Failure) -> int:
    if "--json" in typed:
        command = next((word for word in typed if word in COMMANDS), None)
        _print_json(command, failure.problems, {}, ok=failure.exit_code in FINE)
    kind = "note" if isinstance(failure, NothingToRelease) else "error"
    _show_problems(failure.problems, kind=kind)
    return failure.exit_code


def _show_problems(problems: Sequence[Problem], *, kind: str = "error") -> None:
    from .report import terminal  # noqa: PLC0415 - a third of the time that --help takes

    terminal.show_problems(problems, kind=kind)


def _from_system(error: OSError) -> Problem:
    """Say what the system refused: a full disk, a folder that cannot be written."""
    where = f": {error.filename}" if error.filename else ""
    message = f"{error.strerror or error}{where}"
    return Problem(
        "system", message, "fix this and run the same command again; it resumes where it stopped"
    )


def _from_ourselves(error: Exception) -> Problem:
    """Say that the fault is ours, and where; Python's own development mode shows all of it."""
    import traceback  # noqa: PLC0415 - nobody needs it, mostly

    from .model.text import short  # noqa: PLC0415

    if sys.flags.dev_mode:
        traceback.print_exception(error)
    steps = traceback.extract_tb(error.__traceback__)
    here = str(Path(__file__).parent)
    place = [step for step in steps if step.filename.startswith(here)][-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    message = f"this is a bug in roadworthy: {type(error).__name__}: {short(str(error))}"
    hint = "please report it; PYTHONDEVMODE=1 shows the traceback"
    return Problem("bug", f"{message} ({where})", hint)


def _print_json(
    command: str | None, problems: Sequence[Problem], data: Mapping[str, object], *, ok: bool
) -> None:
    from .report import as_json  # noqa: PLC0415 - --help needs none

    told = {
        "schema": as_json.SCHEMA,
        "command": command,
        "ok": ok,
        "problems": as_json.problems(problems),
        **data,
    }
    print(json.dumps(as_json.only_text(told), indent=2, allow_nan=False))


if __name__ == "__main__":
    sys.exit(main())
