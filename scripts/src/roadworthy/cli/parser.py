"""Reads what was typed, to the letter, into the typed options of a command.

An option has its whole name, and stands once unless several values are meant.
"""

from __future__ import annotations

import sys
from argparse import SUPPRESS, ArgumentParser
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..model.problem import Problem, UsageFailure, stop_on
from .commands import COMMANDS, module_of
from .flags import FLAGS
from .values import folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import SupportsWrite

    from .options import Common


def options_of(typed: Sequence[str]) -> Common:
    """Read what was typed; raise `UsageFailure` where it cannot be meant."""
    stop_on_repeated(typed)
    parser, end = _parser(typed), typed.index("--") if "--" in typed else len(typed)
    known, unknown = parser.parse_known_args(typed)
    kind = module_of(known.command).Options
    if unknown and not kind.hands_on:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if kind.hands_on:
        known, unknown = parser.parse_known_args(typed[:end])
        known.others = [*unknown, *typed[end + 1 :]]
    return kind(**vars(known))


class Parser(ArgumentParser):
    """Reads what was typed; what is wrong with it is a problem like any other."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - they are argparse's
        """Take no option by the start of its name: a later one may start alike."""
        super().__init__(allow_abbrev=False, **given)

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help; argparse would pass over a disk that is full."""
        (file or sys.stdout).write(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Raise `UsageFailure` with what argparse found."""
        hint = f"`{self.prog} --help` says what it takes"
        if message.startswith("unrecognized"):
            hint = "write options in full and after the command, and put all members in one place"
        raise UsageFailure(Problem("usage", message.removeprefix("argument "), hint))


def stop_on_repeated(typed: Sequence[str]) -> None:
    """Raise `UsageFailure` where an option stands twice that has one value."""
    words = [word.partition("=")[0] for word in takewhile("--".__ne__, typed)]
    once = ("--workspace", *(name for name, flag in FLAGS.items() if "action" not in flag))
    hint = "give it once: only one value can be used"
    stop_on(
        (
            Problem("option-twice", f"{name} is given more than once", hint)
            for name in once
            if words.count(name) > 1
        ),
        UsageFailure,
    )


def _parser(typed: Sequence[str]) -> Parser:
    """Return the parser; commands that are not typed have their line of help alone."""
    parser = Parser(prog="roadworthy", description="Release the workspace's members.")
    _add_workspace(parser, default=Path.cwd())
    names = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        about = f"{summary[0].upper()}{summary[1:]}."
        own = names.add_parser(name, help=summary, description=about)
        if name in typed:
            _fill(own, module_of(name).Options)
    return parser


def _fill(parser: Parser, options: type[Common]) -> None:
    parser.add_argument("members", **options.names)  # type: ignore[arg-type]
    _add_workspace(parser, default=SUPPRESS)  # so that it can follow a session's two dashes
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    for flag in options.flags():
        parser.add_argument(flag, **options.meaning(flag))  # type: ignore[arg-type]


def _add_workspace(parser: Parser, *, default: Path | str) -> None:
    parser.add_argument(
        "--workspace",
        type=folder,
        default=default,
        metavar="DIR",
        help="the root of the workspace (default: the current folder)",
    )
