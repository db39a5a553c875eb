"""What was typed, written again for a shell."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from ..model.url import without_credentials
from .flags import FLAGS, destination
from .options import Common

# Options whose values are one word, with commas between.
JOINED = frozenset({"--prove"})


def for_real(options: Common, session: str = "", *, but: Sequence[str] = ()) -> str:
    """Return the line for a shell that does what was asked for: of this session, or another."""
    words = as_typed(options, but=["--execute", *but])
    return " ".join([f"nox -s {session or options.command} -- --execute", *words])


def as_typed(options: Common, *, but: Sequence[str] = ()) -> list[str]:
    """Return what was typed as the words of a shell, `but` some options, without credentials.

    All options of a command are looked at, so that none can be forgotten; members come
    before the options that take names, which would take them, too.
    """
    values = {name: _value(options, name) for name in FLAGS if name not in but}
    single = [
        word
        for name, value in values.items()
        if "nargs" not in options.meaning(name)
        for word in _words(name, value)
    ]
    several = [
        word
        for name, value in values.items()
        if "nargs" in options.meaning(name) and value is not None
        for word in (name, *(map(quote, value) if name not in JOINED else [",".join(value)]))
    ]
    return [*_workspace(options), *single, *map(quote, options.members), *several]


def _value(options: Common, name: str) -> Any:  # noqa: ANN401 - each has a type of its own
    """Return what an option has; None where it is as if it were not typed."""
    value = getattr(options, destination(name), None)
    return None if value == options.meaning(name).get("default") else value


def _words(name: str, value: object) -> Iterator[str]:
    """Write an option: by its name alone, or once for each of its values."""
    if value is True:
        yield name
    elif value is not None and value is not False:
        for each in value if isinstance(value, list) else [value]:
            text = f"{each:.9g}" if isinstance(each, float) else without_credentials(str(each))
            yield from ([f"{name}={quote(text)}"] if text[:1] == "-" else [name, quote(text)])


def _workspace(options: Common) -> list[str]:
    elsewhere = options.workspace.resolve() != Path.cwd()
    return ["--workspace", quote(str(options.workspace))] if elsewhere else []
