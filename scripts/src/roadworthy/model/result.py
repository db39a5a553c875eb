"""Results: what came of installing a member as a consumer would."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName

from .problem import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of one installation of one member; `again` is the command to repeat it."""

    member: NormalizedName
    route: str
    installer: str
    requirement: str
    commit: str
    siblings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    seconds: float = 0.0
    again: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether the member works."""
        return not self.problem


def failures(results: Iterable[Result]) -> list[Problem]:
    """Return what went wrong with installations, for people."""
    return [failure_of(result) for result in results if not result.ok]


def failed_members(results: Iterable[Result]) -> dict[NormalizedName, Problem]:
    """Return what went wrong, by member."""
    return {result.member: failure_of(result) for result in results if not result.ok}


def failure_of(result: Result) -> Problem:
    """Say which member failed, how it was installed, and the line to try it by."""
    message = f"{result.member} does not work from {result.route} with {result.installer}"
    hint = f"it was installed as: {result.requirement}"
    if result.again:
        hint += f"\nto see this alone: `{result.again}`"
    return Problem("does-not-work", f"{message}: {result.problem}", hint, result.member)
