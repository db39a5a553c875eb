"""The command `plan`."""

from argparse import Namespace

from ..model.plan import make_plan
from ..report import as_json, terminal
from ..stages.steps import Steps
from .context import Answer, Context, unknown_index, unknown_members


def run(arguments: Namespace, _: Steps) -> Answer:
    """Print what would be released, from what to what, and why."""
    context = Context.of(arguments)
    facts = context.facts()
    made = make_plan(facts, context.members)
    unknown = set(unknown_members(facts))
    problems = [p for p in made.problems if p.member not in unknown]
    return Answer(
        as_json.plan(made),
        lambda: terminal.show_plan(made),
        problems=problems,
        warnings=[*made.warnings, *unknown_index(facts)],
        exit_code=1 if problems else 0,
    )
