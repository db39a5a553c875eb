"""The command line: `python -m scripts [--workspace DIR] COMMAND [MEMBER ...] [options]`.

The only place that prints an error and chooses an exit code: 0 done, 1 a check or a
step failed, 2 wrong use or configuration, 3 nothing to release.
"""

import json
import os
import signal
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from .commands.context import Answer
from .model.problem import Failure, NothingToRelease, Problem
from .options import INTENT, OPTIONS
from .report import as_json, terminal
from .stages.steps import Steps

INTERRUPTED = 130
BROKEN_PIPE = 141
# How a person, a CI and a closed terminal tell us to end.
ENDING = tuple(getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n))


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it does, its module in `commands/`, and which options it takes."""

    summary: str
    module: str
    options: tuple[str, ...] = ()

    def run(self, options: Namespace, steps: Steps) -> Answer:
        """Run it; only its own module is imported, so that a plan does not wait for a server."""
        run = import_module(f".commands.{self.module}", __package__).run
        answer: Answer = run(options, steps)
        return answer


COMMANDS: Mapping[str, Command] = {
    "status": Command(
        "show the three facts and the next step of each member", "status", ("--index",)
    ),
    "plan": Command(
        "show what would be released, to which version, and why",
        "plan",
        ("--index", *INTENT, "--check", "--base", "--fix", "--markdown"),
    ),
    "change": Command("write a change note: MEMBER... LEVEL TEXT", "change"),
    "add-index": Command(
        "add a package index to the root manifest: one that is known, or any by its URLs",
        "add_index",
        ("--kind", "--set", "--url", "--publish-url", "--public"),
    ),
    "doctor": Command(
        "look at all that a release relies on, and say the way out", "doctor", ("--index",)
    ),
    "graph": Command("draw the members and what they require", "graph", ("--format",)),
    "prepare": Command(
        "show the release commit; --execute pushes it",
        "prepare",
        ("--execute", "--branch", *INTENT),
    ),
    "build": Command(
        "build the distributions of members, as committed, into dist/",
        "build",
        ("--due", "--index"),
    ),
    "tag": Command(
        "show the tags that are due; --execute pushes them, --close finishes the release",
        "tag",
        ("--execute", "--close", "--verified", "--index", "--installer", "--python", *INTENT),
    ),
    "publish": Command(
        "show the uploads that are due; --execute uploads",
        "publish",
        ("--execute", "--index", "--from", "--wait", *INTENT),
    ),
    "verify-git-install": Command(
        "install each member from git and prove that it works",
        "verify_git_install",
        (
            *("--url", "--below", "--ref", "--unfinished", "--installer", "--route", "--all"),
            *("--run-commands", "--direct", "--python"),
        ),
    ),
    "snippet": Command(
        "write the lines that install members from git, for uv, pip and a container",
        "snippet",
        ("--url", "--below", "--ref"),
    ),
    "verify-index-install": Command(
        "install each member from an index and prove that it works",
        "verify_index_install",
        ("--index", "--python", "--wait"),
    ),
    "release": Command(
        "rehearse a release; --execute releases",
        "release",
        ("--execute", "--index", "--installer", "--python", "--wait", *INTENT),
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    options = _parser().parse_args(arguments)
    for each in ENDING:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(each, _interrupted)
    try:
        return _answer(options)
    except BrokenPipeError:
        # Whoever reads us has seen enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Failure as failure:
        return _failed(options, failure)
    except OSError as error:
        return _failed(options, Failure(_from_system(error)))
    except KeyboardInterrupt:
        hint = "the same command goes on from the facts"
        terminal.show_problems([Problem("interrupted", hint)])
        return INTERRUPTED


def _interrupted(number: int, frame: object) -> None:  # noqa: ARG001 - what a handler is told
    """End in order: the next signal does not break off the tidying up."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _failed(options: Namespace, failure: Failure) -> int:
    if options.json:
        _print_json(options.command, failure.problems, {}, ok=False)
    kind = "note" if isinstance(failure, NothingToRelease) else "error"
    terminal.show_problems(failure.problems, kind=kind)
    return failure.exit_code


def _from_system(error: OSError) -> Problem:
    """Say what the system refused: a full disk, a folder that cannot be written."""
    where = f": {error.filename}" if error.filename else ""
    message = f"{error.strerror or error}{where}"
    return Problem(message, "mend that; the same command goes on from the facts")


def _answer(options: Namespace) -> int:
    with terminal.watched() as steps:
        answer = COMMANDS[options.command].run(options, steps)
    terminal.show_problems(answer.warnings, kind="warning")
    if options.json:
        _print_json(options.command, answer.problems, answer.data, ok=answer.exit_code == 0)
    else:
        answer.show()
    terminal.show_problems(answer.problems)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and answer.markdown:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(answer.markdown)
    return answer.exit_code


def _print_json(
    command: str, problems: Sequence[Problem], data: Mapping[str, object], *, ok: bool
) -> None:
    told = {
        "schema": as_json.SCHEMA,
        "command": command,
        "ok": ok,
        "problems": as_json.problems(problems),
        **data,
    }
    print(json.dumps(told, indent=2))


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m scripts", description="Release the workspace's members."
    )
    _add_workspace(parser, default=Path.cwd())
    names = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        summary = command.summary
        own = names.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
        )
        own.add_argument("members", nargs="*", metavar="MEMBER", help="these alone (all)")
        _add_workspace(own, default=SUPPRESS)  # so that it can follow a session's two dashes
        own.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        for option in command.options:
            own.add_argument(option, **OPTIONS[option])  # type: ignore[arg-type]
    return parser


def _add_workspace(parser: ArgumentParser, *, default: Path | str) -> None:
    parser.add_argument(
        "--workspace", type=Path, default=default, metavar="DIR", help="the workspace's root (here)"
    )


if __name__ == "__main__":
    sys.exit(main())
