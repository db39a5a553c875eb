"""The command `affected`."""

from dataclasses import dataclass
from typing import ClassVar

from ..cli.options import Common
from ..gather.change import affected_since
from ..ops.tree import open_workspace
from ..report import as_json, terminal
from ..stages.steps import Steps
from .answer import Answer


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `affected` takes."""

    needs_uv: ClassVar[bool] = False

    base: str | None = None


def run(options: Options, _: Steps) -> Answer:
    """Print the members that a change concerns, and why."""
    base, _workspace, found = affected_since(open_workspace(options.workspace), options.base)
    return Answer(as_json.affected(base, found), lambda: terminal.show_affected(base, found))
