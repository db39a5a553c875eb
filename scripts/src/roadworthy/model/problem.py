"""What can be wrong, said for people: the thing, the place and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what to do about it.

    `code` is stable: programs and searches go by it; docs/errors.md explains each.
    """

    code: str
    message: str
    hint: str
    member: str | None = None


class Failure(Exception):  # noqa: N818 - it fails a command; it is not a bug
    """A check or a step failed; carries all problems that were found."""

    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems, in the order in which they are to be read."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class UsageFailure(Failure):
    """The command or the workspace's configuration is wrong."""

    exit_code = 2


class NothingToRelease(Failure):
    """There is nothing to do, and that is fine."""

    exit_code = 3


def stop_on(problems: Iterable[Problem], failure: type[Failure] = Failure) -> None:
    """Raise `failure` with all of the problems, if there are any."""
    found = tuple(problems)
    if found:
        raise failure(*found)
