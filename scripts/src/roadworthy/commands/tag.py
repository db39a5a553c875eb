"""The command `tag`."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..cli.options import WithExecute, WithIndex, WithInstallers, WithIntent
from ..cli.typed import for_real
from ..model.consumer.route import INSTALLERS
from ..model.history.tag import Tag
from ..model.problem import Problem, UsageFailure
from ..model.result import failures
from ..report import as_json, terminal
from ..stages.release import PREPARED, PUBLISHED, TAG, finish, take
from ..stages.site import Site
from ..stages.steps import Steps
from ..stages.work import Terms, Work, planned
from .answer import Answer
from .context import Context
from .targets import open_site, stop_on_nothing


@dataclass(frozen=True, kw_only=True)
class Options(WithInstallers, WithIntent, WithIndex, WithExecute):
    """What `tag` takes."""

    close: bool = False
    verified: bool = False


def run(options: Options, steps: Steps) -> Answer:
    """Show the tags that are due; with --execute, push them; with --close, finish the release."""
    if options.close and not options.execute:
        hint = "add --execute: only tags at the remote can be verified"
        raise UsageFailure(
            Problem("close-without-execute", "--close works only with --execute", hint)
        )
    if options.verified and not options.close:
        raise UsageFailure(
            Problem("verified-without-close", "--verified works only with --close", "add --close")
        )
    context, closed = Context.of(options), None
    due: Sequence[Tag] = ()
    with open_site(context, execute=options.execute, index=context.index) as site:
        if not options.verified:  # else: what is merged meanwhile is due, and waits
            due = _tag(context, site, options, steps)
        if options.close:
            closed = finish(site, steps, _terms(options), verified=options.verified)
    return _answer(due, closed, "" if options.execute else for_real(options))


def _tag(context: Context, site: Site, options: Options, steps: Steps) -> tuple[Tag, ...]:
    """Return the tags that are due; with --execute, make and push them."""
    with steps("plan"):
        work = planned(site, context.intent, _terms(options))
        stop_on_nothing(work)
    work = take(work, (PREPARED, PUBLISHED), steps)
    if options.execute:
        take(work, (TAG,), steps)
    return work.member_tags


def _terms(options: Options) -> Terms:
    return Terms(python=options.python, installers=options.installers or INSTALLERS)


def _answer(tags: Sequence[Tag], closed: Work | None, again: str) -> Answer:
    data: dict[str, object] = {"tags": as_json.tags(tags)}
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
