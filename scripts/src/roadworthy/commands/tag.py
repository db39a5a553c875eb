"""The command `tag`."""

from argparse import Namespace
from collections.abc import Iterator, Sequence

from ..model.consumer.route import INSTALLERS
from ..model.history.tag import Tag
from ..model.plan.facts import Facts, Presence
from ..model.plan.plan import Release
from ..model.problem import Problem, UsageFailure, stop_on
from ..report import as_json, terminal
from ..stages.outcome import Outcome
from ..stages.publish.published import unlike
from ..stages.release import close
from ..stages.site import Site
from ..stages.steps import Steps
from ..stages.tag import tag
from ..stages.verify.environments import failures
from ..stages.work import Terms
from ..typed import for_real
from .context import Answer, Context, open_site
from .prepared import prepared


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Show the tags that are due; with --execute, push them; with --close, finish the release."""
    if arguments.close and not arguments.execute:
        hint = "add --execute: what is not pushed cannot be verified at the remote"
        raise UsageFailure(Problem("--close finishes what --execute pushes", hint))
    if arguments.verified and not arguments.close:
        raise UsageFailure(Problem("--verified goes with --close", "add --close"))
    context = Context.of(arguments)
    closed: Outcome | None = None
    with open_site(context, execute=arguments.execute) as place:
        if arguments.verified:  # what is merged meanwhile is due, and waits for a release
            return _answer((), _closed(place, steps, arguments), "")
        with steps("plan"):
            facts, made = prepared(place, context.index, context.intent)
            due = made.releases
            if context.index:
                stop_on(_incomplete(facts, due))
                stop_on(unlike(context.index, due, facts, place))
        tags = tag.tags_due(due, facts.base)
        if arguments.execute:
            with steps("tag"):
                for commit in sorted({each.commit for each in tags}):
                    own = [r for r in due if (r.finished_from or facts.base) == commit]
                    name = tag.release_tag_at(place, commit, facts, made)
                    tag.push_member_tags(place, own, facts.base, name)
        if arguments.close:
            closed = _closed(place, steps, arguments)
    return _answer(tags, closed, "" if arguments.execute else for_real(arguments))


def _closed(place: Site, steps: Steps, arguments: Namespace) -> Outcome:
    terms = Terms(python=arguments.python, installers=arguments.installers or INSTALLERS)
    return close(place, steps, terms, verified=arguments.verified)


def _answer(tags: Sequence[Tag], closed: Outcome | None, again: str) -> Answer:
    data: dict[str, object] = {"tags": [{"name": t.name, "commit": t.commit} for t in tags]}
    if closed:
        data |= {"closed": closed.tags, **as_json.results(closed.results)}

    def show() -> None:
        for each in tags:
            terminal.say(f"{each.name}  {each.commit}")
        if closed:
            if closed.results:
                terminal.show_results(closed.results)
            done = ", ".join(closed.tags)
            verified = "Verified at the remote, and tagged" if closed.results else "Tagged"
            terminal.say(f"{verified}: {done}." if done else "No release tag was due.")
        if again:
            terminal.say(f"No tag was made. `{again}` makes and pushes them.")

    problems = failures(closed.results) if closed else []
    return Answer(data, show, problems=problems, exit_code=1 if problems else 0)


def _incomplete(facts: Facts, due: Sequence[Release]) -> Iterator[Problem]:
    for each in due:
        if facts.presence(facts.workspace.members[each.name]) is not Presence.PRESENT:
            message = f"{each.name} {each.planned_version} is not whole on the index"
            yield Problem(message, "publish first: a tag says that the release is there", each.name)
