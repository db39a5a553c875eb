"""The command `graph`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ..cli.options import Common
from ..model.plan.graph import closure, reversed_graph
from ..model.plan.picture import dot, edges, mermaid
from ..model.workspace.workspace import Workspace
from ..ops import graphviz
from ..report import as_json, terminal
from ..stages.steps import Steps
from .answer import Answer
from .context import Context

FORMATS = ("mermaid", "dot", "svg")


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `graph` takes."""

    needs_uv: ClassVar[bool] = False

    format: str = "mermaid"


def run(options: Options, _: Steps) -> Answer:
    """Draw the workspace: all of it, or what is around the members that are named."""
    context = Context.of(options)
    workspace = _around(context.workspace, context.members)
    if options.format == "mermaid":
        picture = mermaid(workspace)
    elif options.format == "dot":
        picture = dot(workspace)
    else:
        picture = graphviz.svg(dot(workspace))
    data = as_json.picture(options.format, picture, edges(workspace))
    return Answer(data, lambda: terminal.say(picture.rstrip()))


def _around(workspace: Workspace, names: Sequence[str]) -> Workspace:
    """Keep what the named members require and who requires them; all of it for none."""
    if not names:
        return workspace
    down, up = workspace.released_graph, reversed_graph(workspace.released_graph)
    chosen = [member.name for member in workspace.select(names)]
    near = {other for name in chosen for graph in (down, up) for other in closure(graph, name)}
    kept = {}
    for name, member in workspace.members.items():
        if name in near:
            inside = tuple(r for r in member.requirements if r.sibling in near)
            kept[name] = replace(member, requirements=inside)
    return replace(workspace, members=kept)
