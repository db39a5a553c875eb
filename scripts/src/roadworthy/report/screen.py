"""The screen of a terminal, by rich: colours, tables, and a line that changes.

Rich takes longer to import than most commands take, so it is imported where it is needed.
"""

from __future__ import annotations

import time
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt
from rich.status import Status

from ..model.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import ConsoleOptions, RenderableType
    from rich.segment import Segment
    from rich.text import Text

__all__ = ["Live", "Prompt", "console", "escape"]
WIDTH_ELSEWHERE, NARROWEST = 132, 72


class _Console(Console):
    """A console that shows what others wrote, whoever prints it, and never obeys it."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which chooses the exit code."""
        raise BrokenPipeError

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - they are rich's
        """Write out what is hidden in a text, before its width is measured."""
        return super().render_str(shown(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Look at each piece once more: a table may have put one at the start of a line."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else piece._replace(text=shown(piece.text))


def console(*, stderr: bool = False) -> Console:
    """Return a console: as wide as the terminal, and wide enough where there is none."""
    width, height = get_terminal_size()  # which is not misled by a COLUMNS that is no number
    made = _Console(stderr=stderr, highlight=False, emoji=False, width=width, height=height)
    made.width = max(width, NARROWEST) if made.file.isatty() else WIDTH_ELSEWHERE
    return made


class Live:
    """A line that says which step is under way, what it does, and for how long."""

    def __init__(self, screen: Console) -> None:
        """Show nothing yet."""
        self._name, self._doing, self._since = "starting", "", time.monotonic()
        self._status = Status("starting", console=screen)

    def __enter__(self) -> Self:
        """Show the line."""
        self._status.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        self._status.stop()

    def start(self, name: str) -> None:
        """Begin another step."""
        self._name, self._doing, self._since = name, "", time.monotonic()
        self._status.update(self)

    def tell(self, doing: str) -> None:
        """Say what the step does now."""
        self._doing = doing
        self._status.update(self)

    def __rich__(self) -> str:
        """Write the line: it is asked for several times a second."""
        seconds = int(time.monotonic() - self._since)
        parts = [f"{self._name:<8}", *([self._doing] if self._doing else []), f"{seconds} s"]
        return escape(" · ".join(parts))
