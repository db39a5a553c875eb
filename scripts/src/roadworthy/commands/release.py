"""The command `release`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from ..cli.options import WithExecute, WithIndex, WithInstallers, WithIntent
from ..model.consumer.route import INSTALLERS
from ..model.problem import Problem
from ..model.result import failures
from ..model.workspace.setting_values import Proof
from ..report import as_json, markdown, terminal
from ..stages import preflight
from ..stages.build.archive import record_warnings
from ..stages.build.dist import DIST
from ..stages.release import Step, release, take
from ..stages.site import Site, rehearsal_site
from ..stages.steps import Steps
from ..stages.verify.release import verify_commit
from ..stages.work import Terms, Work, at_commit
from .answer import Answer
from .closing import closing_words
from .context import Context
from .targets import open_site, stop_on_nothing


@dataclass(frozen=True, kw_only=True)
class Options(WithInstallers, WithIntent, WithIndex, WithExecute):
    """What `release` takes."""

    wait: float | None = None
    prove: Sequence[Proof] | None = None


def run(options: Options, steps: Steps) -> Answer:
    """Rehearse a release; with --execute, release."""
    context = Context.of(options)
    refused: list[Problem] = []
    if not options.execute:
        with steps("preflight"):
            settings = context.workspace.settings
            refused += preflight.problems(context.checkout, settings, context.index)
    with _site(context, execute=options.execute) as site:
        folder = options.workspace.resolve() / DIST if options.execute else None
        terms = _terms(options)
        work = release(site, steps, intent=context.intent, terms=terms, folder=folder)
        if not options.execute and work.nothing_due:
            work = take(at_commit(work, work.commit), (_verify_head(context),), steps)
        warnings = list(record_warnings(work.distributions))
    if options.execute:
        stop_on_nothing(work)
    answer = _released(options, context, work, refused, steps)
    return replace(answer, warnings=[*answer.warnings, *warnings])


def _site(context: Context, *, execute: bool) -> AbstractContextManager[Site]:
    """Open the real targets, or those of a rehearsal: a scratch remote and an index of its own."""
    if execute:
        return open_site(context, execute=True, uploads=True)
    return rehearsal_site(context.tree, context.workspace.settings, context.index)


def _terms(options: Options) -> Terms:
    return Terms(
        python=options.python,
        installers=options.installers or INSTALLERS,
        seconds=options.wait,
        prove=options.prove or (),
    )


def _released(
    options: Options,
    context: Context,
    work: Work,
    refused: Sequence[Problem],
    steps: Steps,
) -> Answer:
    others = (p for p in work.failed.values() if p.code != "does-not-work")
    problems = list(dict.fromkeys([*others, *failures(work.results)]))
    data = as_json.release(work, steps.taken, refused, is_real=options.execute)
    closing = closing_words(options, context, work, refused, failed=bool(problems))

    def show() -> None:
        if work.nothing_due:
            terminal.say("There is nothing to release; every member was verified as it is.\n")
            terminal.show_results(work.results)
        else:
            terminal.show_release(work.plan, work.distributions, work.results)
        terminal.say(f"\n{closing}")

    return Answer(
        data,
        show,
        problems=problems,
        warnings=[*work.plan.warnings, *refused],
        exit_code=1 if problems else 0,
        markdown=markdown.release(work.plan, work.distributions, work.results, closing),
    )


def _verify_head(context: Context) -> Step:
    """Return the step that verifies members as they are, where nothing is due."""
    return Step("verify-git-install", lambda work: verify_commit(work, context.members))
