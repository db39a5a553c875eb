"""Results: what came of installing a member as a consumer would."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName

from .problem import Problem

# One environment of pip has all members: where one fails, all do.
TOGETHER = "pip"
MEANT = (
    "if it needs an extra, or cannot be imported here: `extras` and `skip-imports` in "
    "[tool.release.verify] of its manifest say so"
)
# What was tried when something failed, before what failed.
_TRIED = re.compile(r"^(?:import|command) [^:]+: ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of one installation of one member; `again` is the command to repeat it.

    `note` says how it was tried, where that is not as all others; where there was nothing to
    try, `tried` is false, and it says why.
    """

    member: NormalizedName
    route: str
    installer: str
    requirement: str
    commit: str
    siblings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    seconds: float = 0.0
    again: str = ""
    needs: int = 0
    note: str = ""
    tried: bool = True

    @property
    def ok(self) -> bool:
        """Tell whether the member works."""
        return not self.problem

    @property
    def is_proof(self) -> bool:
        """Tell whether it was tried, and works."""
        return self.ok and self.tried

    @property
    def outcome(self) -> str:
        """Return what came of it, in a word."""
        if not self.tried:
            return "nothing to try"
        return "ok" if self.ok else "FAILED"

    @property
    def way(self) -> str:
        """Return how it was installed, in a word."""
        return f"{self.route}/{self.installer}"

    @property
    def causes(self) -> frozenset[str]:
        """Return what went wrong, apart from what was tried: two of one cause share some."""
        pieces = (piece.strip() for line in self.problem.splitlines() for piece in line.split("; "))
        return frozenset(_TRIED.sub("", piece) for piece in pieces if piece)


def failures(results: Iterable[Result]) -> list[Problem]:
    """Return what went wrong with installations, for people: one problem for each cause.

    The others that fail for the same cause are named in it.
    """
    failed: dict[NormalizedName, list[Result]] = {}
    for result in results:
        if not result.ok:
            failed.setdefault(result.member, []).append(result)
    return [_problem(failed, group) for group in _groups(failed)]


def failed_members(results: Iterable[Result]) -> dict[NormalizedName, Problem]:
    """Return what went wrong, by member."""
    return {result.member: failure_of(result) for result in results if not result.ok}


def failure_of(result: Result, also: str = "") -> Problem:
    """Say which member failed, how it was installed, and the line to try it by."""
    message = f"{result.member} does not work from {result.route} with {result.installer}"
    hint = f"it was installed as: {result.requirement}"
    if result.again:
        hint += f"\nto see this alone: `{result.again}`"
    if result.problem.startswith(("import ", "command ")):
        hint += f"\n{MEANT}"
    said = f"{message}: {result.problem}{also}"
    return Problem("does-not-work", said, hint, result.member)


def _groups(failed: Mapping[NormalizedName, Sequence[Result]]) -> list[list[NormalizedName]]:
    """Put members together that fail for one cause.

    One that fails only together with others says nothing of itself, where others fail alone.
    """
    alone = {name for name, own in failed.items() if any(r.installer != TOGETHER for r in own)}
    groups: list[tuple[set[str], list[NormalizedName]]] = []
    for name in sorted(alone) or failed:
        causes = {c for r in failed[name] if r.installer != TOGETHER or not alone for c in r.causes}
        same = [group for group in groups if group[0] & causes]
        merged = (causes.union(*(g[0] for g in same)), [n for g in same for n in g[1]] + [name])
        groups = [group for group in groups if group not in same] + [merged]
    names = [group for _, group in groups]
    if alone:
        names[0] += [name for name in failed if name not in alone]
    return names


def _problem(
    failed: Mapping[NormalizedName, Sequence[Result]], group: Sequence[NormalizedName]
) -> Problem:
    """Say what is wrong with the member that fails in most ways, and requires least."""
    first = min(group, key=lambda name: (-len(failed[name]), failed[name][0].needs, name))
    shown, *rest = failed[first]
    shown = replace(shown, again=next((r.again for r in failed[first] if r.again), ""))
    also = [result.way for result in rest]
    others = [f"{name} ({', '.join(r.way for r in failed[name])})" for name in group]
    others = [text for name, text in zip(group, others, strict=True) if name != first]
    lines = [f"\nalso: {', '.join(also)}"] if also else []
    lines += [f"\nand for the same cause: {', '.join(others)}"] if others else []
    return failure_of(shown, "".join(lines))
