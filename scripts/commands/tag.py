"""The command `tag`."""

from argparse import Namespace
from collections.abc import Iterator, Sequence

from ..model.facts import Facts, Presence
from ..model.plan import Release
from ..model.problem import Problem, stop_on
from ..report import terminal
from ..stages import tag
from ..stages.steps import Steps
from .context import Answer, Context, open_site
from .prepared import prepared


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Show the tags that are due; with --execute, create and push them."""
    context = Context.of(arguments)
    with open_site(context, execute=arguments.execute) as place:
        with steps("plan"):
            facts, made = prepared(place, context.index, context.intent)
            due = made.releases
            stop_on(_incomplete(facts, due) if context.index else ())
        tags = tag.tags_due(due, facts.base)
        if arguments.execute:
            with steps("tag"):
                for commit in sorted({each.commit for each in tags}):
                    own = [r for r in due if (r.finished_from or facts.base) == commit]
                    name = tag.release_tag_at(place, commit, facts, made)
                    tag.push_member_tags(place, own, facts.base, name)
    data = {"tags": [{"name": each.name, "commit": each.commit} for each in tags]}

    def show() -> None:
        for each in tags:
            terminal.say(f"{each.name}  {each.commit}")
        if not arguments.execute:
            terminal.say("No tag was made. `nox -s tag -- --execute` makes and pushes them.")

    return Answer(data, show)


def _incomplete(facts: Facts, due: Sequence[Release]) -> Iterator[Problem]:
    for each in due:
        if facts.presence(facts.workspace.members[each.name]) is not Presence.PRESENT:
            message = f"{each.name} {each.planned_version} is not whole on the index"
            yield Problem(message, "publish first: a tag says that the release is there", each.name)
