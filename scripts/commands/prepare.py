"""The command `prepare`."""

from argparse import Namespace

from ..gather import gather
from ..model.plan import make_plan
from ..model.problem import stop_on
from ..report import as_json, terminal
from ..stages import prepare
from ..stages.steps import Steps
from .context import Answer, Context, open_site, stop_on_nothing


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Show the release commit; with --execute, make it and push it."""
    context = Context.of(arguments)
    with open_site(context, execute=arguments.execute, with_index=False) as place:
        with steps("plan"):
            facts = gather(place.scratch, place.prefix, index=place.index)
            made = make_plan(facts, context.intent)
            stop_on(made.problems)
            stop_on_nothing(made)
        with steps("prepare"):
            commit = prepare.prepare(place, facts, made)
        patch = prepare.shown(place, made, commit)
        if arguments.execute:
            with steps("push"):
                prepare.push(place, commit)
    words = patch or "Everything that is due is prepared already."
    if not arguments.execute:
        words += "\nNothing was changed. `nox -s prepare -- --execute` pushes this commit."
    data = {"plan": as_json.plan(made), "commit": commit if arguments.execute else None}
    return Answer({**data, "patch": patch}, lambda: terminal.say(words))
