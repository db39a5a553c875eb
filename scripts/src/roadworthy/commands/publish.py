"""The command `publish`."""

from dataclasses import dataclass
from pathlib import Path

from ..cli.options import WithExecute, WithIndex, WithIntent
from ..cli.typed import for_real
from ..model.problem import Problem, UsageFailure, stop_on
from ..report import as_json, terminal
from ..stages.build.dist import DIST
from ..stages.release import COMPARE, PREPARED, PUBLISH, build_from, take
from ..stages.steps import Steps
from ..stages.work import Terms, planned
from .answer import Answer
from .context import Context
from .targets import open_site, stop_on_nothing


@dataclass(frozen=True, kw_only=True)
class Options(WithIntent, WithIndex, WithExecute):
    """What `publish` takes."""

    source: Path | None = None
    wait: float | None = None


def run(options: Options, steps: Steps) -> Answer:
    """Show the uploads that are due; with --execute, upload."""
    context = Context.of(options)
    index = context.index
    if index is None:
        hint = "add a [[tool.uv.index]] with a publish-url, and name it with --index"
        raise UsageFailure(Problem("index-missing", "no index is configured to publish to", hint))
    with open_site(context, execute=options.execute, index=index, uploads=True) as site:
        with steps("plan"):
            terms = Terms(seconds=options.wait)
            work = planned(site, context.intent, terms)
            stop_on_nothing(work)
        built = build_from(source=options.source, cache=options.workspace / DIST)
        work = take(work, (PREPARED, built, COMPARE), steps)
        if options.execute:
            work = take(work, (PUBLISH,), steps)
            stop_on(work.failed.values())

    def show() -> None:
        terminal.show_uploads(work.uploads)
        if not options.execute:
            terminal.say(f"Nothing was uploaded. `{for_real(options)}` uploads.")

    return Answer(as_json.uploads(work.uploads), show)
