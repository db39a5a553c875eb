"""The command `publish`."""

from argparse import Namespace

from ..model.problem import Problem, UsageFailure, stop_on
from ..report import as_json, terminal
from ..stages.build.dist import DIST
from ..stages.publish.publish import publish
from ..stages.publish.refusals import refusals
from ..stages.publish.uploads import plan_uploads
from ..stages.steps import Steps
from ..typed import for_real
from .context import Answer, Context, open_site
from .due import all_of, due_distributions
from .prepared import prepared


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Show the uploads that are due; with --execute, upload."""
    context = Context.of(arguments)
    index = context.index
    if index is None:
        hint = "add a [[tool.uv.index]] with a publish-url, and name it with --index"
        raise UsageFailure(Problem("no index is configured to publish to", hint))
    with open_site(context, execute=arguments.execute, uploads=True) as place:
        with steps("plan"):
            facts, made = prepared(place, index, context.intent, republish=True)
            due = made.releases
        with steps("build"):
            found = arguments.workspace / DIST
            built = due_distributions(place, facts, due, cache=found, source=arguments.source)
        with steps("compare"):
            stop_on(refusals(index, all_of(built)))
            uploads = plan_uploads(index, all_of(built))
        stop_on(upload.problem for upload in uploads if upload.problem)
        if arguments.execute:
            with steps("publish"):
                graph = facts.workspace.graph
                failed = publish(
                    index, uploads, due, graph, place.credentials, seconds=arguments.wait
                )
            stop_on(failed.values())

    def show() -> None:
        terminal.show_uploads(uploads)
        if not arguments.execute:
            terminal.say(f"Nothing was uploaded. `{for_real(arguments)}` uploads.")

    return Answer(as_json.uploads(uploads), show)
