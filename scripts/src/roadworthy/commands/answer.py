"""The answer of a command: for programs, for people, and its exit code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..model.problem import Problem
from ..model.result import Result, failures
from ..report import as_json, terminal


@dataclass(slots=True)
class Answer:
    """What a command found or did."""

    data: Mapping[str, object]
    show: Callable[[], None]
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    exit_code: int = 0
    markdown: str = ""


def verified(found: Sequence[Result], warnings: Sequence[Problem] = ()) -> Answer:
    """Answer with installations: the table, and what failed."""
    problems = failures(found)
    return Answer(
        as_json.results(found),
        lambda: terminal.show_results(found),
        problems=problems,
        warnings=warnings,
        exit_code=1 if problems else 0,
    )
