"""The command `test`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..cli.options import Common
from ..report import as_json, terminal
from ..stages.steps import Steps
from ..stages.testing.suites import select, suites
from ..stages.testing.tested import problems_of, test
from .answer import Answer


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `test` takes; `others` are for pytest."""

    hands_on: ClassVar[bool] = True
    others: Sequence[str] = ()


def run(options: Options, _: Steps) -> Answer:
    """Test the members that are named, or all, each in an environment of its own."""
    root = options.workspace.resolve()
    chosen = select(suites(root), options.members)
    is_shown = len(chosen) == 1 and not options.json
    found = test(root, chosen, options.others, is_shown=is_shown)
    problems = problems_of(found)

    def show() -> None:
        for each in found:
            if not each.ok and each.output:
                terminal.say(f"# {each.suite.name}\n\n{each.output.rstrip()}\n")
        terminal.show_tests(found)

    return Answer(as_json.tests(found), show, problems=problems, exit_code=1 if problems else 0)
