"""What was typed: read to the letter, and written again for a shell.

An option has its whole name, and stands once unless several values are meant.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from itertools import takewhile
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, NoReturn

from .model.problem import Problem, UsageFailure, stop_on
from .model.url import without_credentials
from .options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from _typeshed import SupportsWrite


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
            hint = "type options in full and after the command, and all members in one place"
        raise UsageFailure(Problem(message.removeprefix("argument "), hint))


def stop_on_repeated(typed: Sequence[str]) -> None:
    """Raise `UsageFailure` where an option stands twice that has one value."""
    words = [word.partition("=")[0] for word in takewhile("--".__ne__, typed)]
    once = ("--workspace", *(name for name, told in OPTIONS.items() if "action" not in told))
    hint = "say it once: of two values, one would be passed over"
    stop_on(
        (
            Problem(f"{name} is typed more than once", hint)
            for name in once
            if words.count(name) > 1
        ),
        UsageFailure,
    )


def for_real(arguments: Namespace, session: str = "", *, but: Sequence[str] = ()) -> str:
    """Return the line for a shell that does what was asked for: of this session, or another."""
    words = as_typed(arguments, but=["--execute", *but])
    return " ".join([f"nox -s {session or arguments.command} -- --execute", *words])


def as_typed(arguments: Namespace, *, but: Sequence[str] = ()) -> list[str]:
    """Return what was typed as the words of a shell, `but` some options, without credentials.

    All options of a command are looked at, so that none can be forgotten; members come
    before the options that take names, which would take them, too.
    """
    values = {name: _value(arguments, name) for name in OPTIONS if name not in but}
    single = [
        word
        for name, value in values.items()
        if "nargs" not in OPTIONS[name]
        for word in _words(name, value)
    ]
    several = [
        word
        for name, value in values.items()
        if "nargs" in OPTIONS[name] and value is not None
        for word in (name, *map(quote, value))
    ]
    return [*_workspace(arguments), *single, *map(quote, arguments.members), *several]


def _value(arguments: Namespace, name: str) -> Any:  # noqa: ANN401 - each has a type of its own
    """Return what an option has; None where it is as if it were not typed."""
    destination = OPTIONS[name].get("dest", name.removeprefix("--").replace("-", "_"))
    value = getattr(arguments, str(destination), None)
    return None if value == OPTIONS[name].get("default") else value


def _words(name: str, value: object) -> Iterator[str]:
    """Write an option: by its name alone, or once for each of its values."""
    if value is True:
        yield name
    elif value is not None and value is not False:
        for each in value if isinstance(value, list) else [value]:
            text = f"{each:.9g}" if isinstance(each, float) else without_credentials(str(each))
            yield from ([f"{name}={quote(text)}"] if text[:1] == "-" else [name, quote(text)])


def _workspace(arguments: Namespace) -> list[str]:
    elsewhere = arguments.workspace.resolve() != Path.cwd()
    return ["--workspace", quote(str(arguments.workspace))] if elsewhere else []
