"""The command `change`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ..cli.options import Common
from ..gather.workspace import workspace_at
from ..model.history.note import LEVELS
from ..model.problem import Problem, UsageFailure
from ..model.text import visible
from ..model.workspace.workspace import Workspace
from ..ops.tree import open_workspace
from ..report import terminal
from ..stages.change.note import write_note
from ..stages.steps import Steps
from .answer import Answer

USAGE = 'write it as `nox -s change -- MEMBER... LEVEL "What people will notice"`'


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `change` takes."""


def run(options: Options, _: Steps) -> Answer:
    """Write a change note for each member that is named; ask for what is missing."""
    workspace = workspace_at(open_workspace(options.workspace))
    names, level, text = _read(options.members, workspace)
    chosen = workspace.select(names)
    paths = [write_note(options.workspace, member, level, text) for member in chosen]
    lines = "\n".join(["Commit it together with the change that it describes:", *paths])
    return Answer({"notes": paths}, lambda: terminal.say(lines))


def _read(words: Sequence[str], workspace: Workspace) -> tuple[Sequence[str], str, str]:
    """Find the members, the level and the text in what was typed; ask for what is not there.

    Raises `UsageFailure` where something is missing or unknown, and nobody is there to ask.
    """
    place = next((n for n, word in enumerate(words) if word in LEVELS), len(words))
    names, level, text = words[:place], "".join(words[place : place + 1]), words[place + 1 :]
    workspace.select(names)
    if (names and level and any(map(str.strip, text))) or not sys.stdin.isatty():
        _require(names, level, text)
        return names, level, " ".join(text).strip()
    try:
        return _asked(names, level, text, workspace)
    except (EOFError, UnicodeDecodeError):
        raise UsageFailure(
            Problem("change-unanswered", "the questions were not answered", USAGE)
        ) from None


def _asked(
    names: Sequence[str], level: str, text: Sequence[str], workspace: Workspace
) -> tuple[Sequence[str], str, str]:
    """Ask on the terminal for what is missing."""
    released = ", ".join(m.name for m in workspace.members.values() if not m.never_released)
    from ..report.screen import Prompt, console  # noqa: PLC0415 - see there

    screen = console()
    named = names or _words(Prompt.ask(f"Which members ({released})", console=screen))
    workspace.select(named)
    chosen = level or Prompt.ask("What is it", choices=list(LEVELS), console=screen)
    words = text or [Prompt.ask("What will people notice", console=screen)]
    _require(named, chosen, words)
    return named, chosen, " ".join(words).strip()


def _words(answer: str) -> Sequence[str]:
    return answer.replace(",", " ").split()


def _require(names: Sequence[str], level: str, text: Sequence[str]) -> None:
    if not names:
        raise UsageFailure(
            Problem("change-members", "a change note needs one or more members", USAGE)
        )
    if not level:
        levels = ", ".join(LEVELS)
        raise UsageFailure(Problem("change-level", f"a change note needs a level: {levels}", USAGE))
    if not any(map(str.strip, text)):
        raise UsageFailure(Problem("change-text", "a change note needs a text", USAGE))
    if visible(" ".join(text)) != " ".join(text):
        hint = "use plain text: it goes into a changelog"
        raise UsageFailure(
            Problem("change-text", f"the text has invisible characters: {' '.join(text)}", hint)
        )
