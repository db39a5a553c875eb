"""What people read on a forge: the report of a release, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.plan import Plan
    from ..stages.build import Distribution
    from ..stages.environments import Result


def release(
    plan: Plan, distributions: Sequence[Distribution], results: Sequence[Result], closing: str
) -> str:
    """Write the report: what was released, its files, and what was verified."""
    lines = ["## Release", "", "| member | version | tag |", "|---|---|---|"]
    lines += [f"| {r.name} | {r.planned_version} | `{r.planned_tag}` |" for r in plan.releases]
    lines += ["", "| distribution | sha256 |", "|---|---|"]
    lines += [f"| `{d.filename}` | `{d.sha256}` |" for d in distributions]
    lines += ["", "| verified | route | installer | result |", "|---|---|---|---|"]
    for result in results:
        word = "ok" if result.ok else "**failed**"
        lines.append(f"| {result.member} | {result.route} | {result.installer} | {word} |")
    return "\n".join([*lines, "", closing, ""])
