"""The options of commands as typed values: what several of them share.

Each command has a class of its own in its module, made of these: its fields are its flags.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar

from .flags import BY_DESTINATION, FLAGS


@dataclass(frozen=True, kw_only=True)
class Common:
    """What every command takes; `command` is its name.

    One that `hands_on` takes all that it does not know, and all behind `--`, for another
    program: its `others`. One that only reads `needs_uv` not. `own_flags` say what a flag
    means to it, where that differs.
    """

    hands_on: ClassVar[bool] = False
    needs_uv: ClassVar[bool] = True
    own_flags: ClassVar[Mapping[str, Mapping[str, object]]] = {}
    names: ClassVar[Mapping[str, object]] = {
        "nargs": "*",
        "metavar": "MEMBER",
        "help": "only these members (default: all)",
    }

    command: str
    workspace: Path
    members: Sequence[str] = ()
    json: bool = False

    @classmethod
    def meaning(cls, flag: str) -> dict[str, object]:
        """Return what a flag takes and means to this command."""
        return {**FLAGS[flag], **cls.own_flags.get(flag, {})}

    @classmethod
    def flags(cls) -> tuple[str, ...]:
        """Return the flags of a command, beside those that every command takes."""
        names = (field.name for field in fields(cls))
        return tuple(BY_DESTINATION[name] for name in names if name in BY_DESTINATION)


@dataclass(frozen=True, kw_only=True)
class WithExecute(Common):
    """Do it for real."""

    execute: bool = False


@dataclass(frozen=True, kw_only=True)
class WithIndex(Common):
    """Name an index; None is the one that is configured."""

    index: str | None = None


@dataclass(frozen=True, kw_only=True)
class WithIntent(Common):
    """Say which members are released, and how far their versions move."""

    only: Sequence[str] = ()
    bump: Sequence[str] = ()
    version: Sequence[str] = ()
    pre: Sequence[str] = ()
    promote: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class WithInstallers(Common):
    """Say by what members are installed, and with which interpreter."""

    installers: Sequence[str] | None = None
    python: str | None = None


@dataclass(frozen=True, kw_only=True)
class WithRepository(Common):
    """Name the repository, the folder of the workspace in it, and revisions."""

    url: str | None = None
    below: str = ""
    refs: Sequence[str] = ()
