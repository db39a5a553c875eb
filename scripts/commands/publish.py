"""The command `publish`."""

from argparse import Namespace
from collections.abc import Sequence

from ..gather import workspace_at
from ..model.facts import Facts
from ..model.plan import Release
from ..model.problem import Problem, UsageFailure, stop_on
from ..report import as_json, terminal
from ..stages.build import DIST, Distribution, build, distributions_in, recorded
from ..stages.publish import publish
from ..stages.site import Site
from ..stages.steps import Steps
from ..stages.tag import tags_due
from ..stages.uploads import plan_uploads
from .context import Answer, Context, open_site
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
            built = _due_distributions(place, facts, due, arguments)
        with steps("compare"):
            uploads = plan_uploads(index, built)
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
            terminal.say("Nothing was uploaded. `nox -s publish -- --execute` uploads.")

    return Answer(as_json.uploads(uploads), show)


def _due_distributions(
    place: Site, facts: Facts, due: Sequence[Release], arguments: Namespace
) -> tuple[Distribution, ...]:
    """Take what is due from a folder, or build it from the commits of its releases."""
    versions = {each.name: each.planned_version for each in due}
    if arguments.source is not None:
        return distributions_in(arguments.source, versions)
    built: list[Distribution] = []
    for commit in sorted({each.finished_from or facts.base for each in due}):
        releases = [r for r in due if (r.finished_from or facts.base) == commit]
        own = {release.name: release.planned_version for release in releases}
        found = recorded(arguments.workspace / DIST, commit, own)
        if not found:
            workspace = workspace_at(place.scratch, commit, place.prefix).at_versions(own)
            members = [workspace.members[name] for name in own]
            folder = place.folder / f"build-{commit}"
            tags = tags_due(releases, facts.base)
            found = build(place.scratch, commit, place.prefix, members, folder, tags=tags)
        built += found
    return tuple(built)
