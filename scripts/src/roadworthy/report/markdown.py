"""What people read on a forge: the report of a release, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.plan.picture import mermaid
from ..model.text import as_block, as_code, in_cell, in_markdown, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.distribution import Distribution
    from ..model.history.review import Review
    from ..model.plan.plan import Plan
    from ..model.problem import Problem
    from ..model.result import Result
    from ..model.workspace.workspace import Workspace


def plan(
    made: Plan, workspace: Workspace, review: Review | None, problems: Sequence[Problem]
) -> str:
    """Write a plan as a comment: what is released and why, what is wrong, and a picture."""
    lines = ["## Release plan", ""]
    if review:
        lines += [_reviewed(review), ""]
    lines += [f"- **{in_markdown(p.message)}**: {in_markdown(p.hint)}" for p in problems]
    lines += [""] if problems else []
    if not made.releases:
        return "\n".join([*lines, "Nothing to release.", ""])
    lines += ["| member | from | to | because |", "|---|---|---|---|"]
    for r in made.releases:
        why = "<br>".join(in_cell(in_markdown(short(reason))) for reason in r.reasons)
        lines.append(f"| {r.name} | {r.initial_version} | {r.planned_version} | {why} |")
    moved = sorted({pair for pairs in made.rewrites.values() for pair in pairs.items()})
    if moved:
        lines += ["", "| range | becomes |", "|---|---|"]
        lines += [f"| {in_cell(as_code(a))} | {in_cell(as_code(b))} |" for a, b in moved]
    steps = {r.name: f"{r.initial_version} to {r.planned_version}" for r in made.releases}
    return "\n".join([*lines, "", "```mermaid", mermaid(workspace, steps) + "```", ""])


def _reviewed(review: Review) -> str:
    if not review.changed:
        return f"Compared with {as_code(review.base)}, no member changes."
    names = (f"`{n}`" + (" (no note)" if n in review.without_note else "") for n in review.changed)
    return f"Compared with {as_code(review.base)}, this changes {', '.join(names)}."


def release(
    plan: Plan, distributions: Sequence[Distribution], results: Sequence[Result], closing: str
) -> str:
    """Write the report: what was released, its files, and what was verified."""
    lines = ["## Release"]
    released = (
        f"| {r.name} | {r.planned_version} | {in_cell(as_code(r.planned_tag))} |"
        for r in plan.releases
    )
    lines += _rows("| member | version | tag |", released)
    files = (f"| {in_cell(as_code(d.filename))} | `{d.sha256}` |" for d in distributions)
    lines += _rows("| distribution | sha256 |", files)
    verified = (
        f"| {r.member} | {r.route} | {r.installer} | {r.outcome if r.ok else '**failed**'} |"
        for r in results
    )
    lines += _rows("| verified | route | installer | result |", verified)
    return "\n".join([*lines, "", as_block(closing), ""])


def _rows(heading: str, rows: Iterable[str]) -> list[str]:
    """Write a table; none at all where it has no rows."""
    found = list(rows)
    line = "|---" * (heading.count("|") - 1) + "|"
    return ["", heading, line, *found] if found else []
