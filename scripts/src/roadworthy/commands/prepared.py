"""What `publish` and `tag` share: releases whose commit is there already."""

from dataclasses import replace

from ..gather import gather
from ..model.plan.facts import Facts
from ..model.plan.intent import Intent
from ..model.plan.plan import Plan, make_plan
from ..model.problem import Failure, Problem, stop_on
from ..model.workspace.workspace import Index
from ..stages.prepare.prepare import planned_edits
from ..stages.site import Site
from .context import stop_on_nothing


def prepared(
    place: Site, index: Index | None, intent: Intent, *, republish: bool = False
) -> tuple[Facts, Plan]:
    """Return the plan of what is due; raise `Failure` where one still needs its commit."""
    facts = gather(place.scratch, place.prefix, index=index, all_pages=republish)
    made = make_plan(facts, replace(intent, republish=republish))
    stop_on(made.problems)
    stop_on_nothing(made)
    unprepared = sorted(planned_edits(place, facts, made))
    if unprepared:
        message = f"the release commit is still to be made: {', '.join(unprepared)}"
        raise Failure(Problem(message, "run `nox -s prepare -- --execute` first"))
    return facts, made
