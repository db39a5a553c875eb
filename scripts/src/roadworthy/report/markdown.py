"""What people read on a forge: the report of a release, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.plan.picture import mermaid
from ..model.text import as_block, as_code, in_cell, in_markdown, short

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    lines = ["## Release", "", "| member | version | tag |", "|---|---|---|"]
    lines += [
        f"| {r.name} | {r.planned_version} | {in_cell(as_code(r.planned_tag))} |"
        for r in plan.releases
    ]
    lines += ["", "| distribution | sha256 |", "|---|---|"]
    lines += [f"| {in_cell(as_code(d.filename))} | `{d.sha256}` |" for d in distributions]
    lines += ["", "| verified | route | installer | result |", "|---|---|---|---|"]
    for result in results:
        word = "ok" if result.ok else "**failed**"
        lines.append(f"| {result.member} | {result.route} | {result.installer} | {word} |")
    return "\n".join([*lines, "", as_block(closing), ""])
