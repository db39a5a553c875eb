"""The command `init`."""

from collections.abc import Sequence
from pathlib import Path

from ..cli.typed import for_real
from ..gather.workspace import workspace_at
from ..model.problem import Problem, UsageFailure, stop_on
from ..model.template.project import Origin, Project
from ..ops.git import making
from ..ops.git import settings as git_settings
from ..ops.git.program import require_identity
from ..ops.scratch import scratch_folder
from ..ops.tree import Tree, open_workspace
from ..report import terminal
from ..stages.steps import Steps
from ..stages.template.begin import Beginning, begin
from ..stages.template.origin import is_origin, origin_of, template_url
from ..stages.template.taking_over import lend, point_at, require_ready, scratch_of, take_over
from .answer import Answer
from .init_options import GIT, Options, choices_of, completed, project_of, wrong_in

__all__ = ["Options", "run"]


def run(options: Options, steps: Steps) -> Answer:
    """Show what would make a project of a clone of the template; with --execute, do it."""
    options = completed(options)
    stop_on(wrong_in(options), UsageFailure)
    with scratch_folder() as folder:
        return _begun(options, _opened(options, folder), folder, steps)


def _begun(options: Options, here: Tree, folder: Path, steps: Steps) -> Answer:
    """Make the project in a scratch clone; with --execute, let the checkout have it."""
    subdirectory = require_ready(here)
    workspace_at(here).index(options.index or "")
    require_identity(here.repository)
    project = project_of(options, here.repository)
    url = template_url(here.repository, options.template, project.repository)
    is_here = is_origin(here.repository, url)
    with steps("template"):
        lent = lend(here, folder)
        origin = origin_of(lent, url, subdirectory, fetch=not is_here)
    with steps("project"):
        scratch = scratch_of(lent, folder)
        made = begin(Tree.of(scratch), project, origin, choices_of(options))
    done: list[str] = []
    if options.execute:
        with steps("commit"):
            take_over(here.repository, scratch, made.commit)
            done = point_at(here.repository, project, origin_is_template=is_here)
    return _answer(options, project, origin, made, done)


def _opened(options: Options, folder: Path) -> Tree:
    """Open the checkout to begin in: the one that is here, or a new clone of the template."""
    if options.into is None:
        return open_workspace(options.workspace)
    target = options.into if options.execute else folder / "preview"
    environment = git_settings.ours(git_settings.elsewhere())
    return Tree.of(making.clone(str(options.template), target, environment=environment))


def _answer(
    options: Options, project: Project, origin: Origin, made: Beginning, done: Sequence[str]
) -> Answer:
    lines = [f"{project.name}, made from {origin.url} at {origin.revision[:12]}", ""]
    for change in made.changes:
        lines += [f"{change.action:<7} {change.what}"]
        lines += [f"        {change.why}"] if change.why else []
    if done:
        lines += ["", *done]
    if options.execute:
        where = f"cd {options.into} && " if options.into else ""
        lines += ["", f"Next: {where}nox -s new-member -- {project.name}-core --kind library"]
    else:
        lines += ["", f"Nothing was changed. To do it: {for_real(options)}"]
    warnings = []
    if origin.url.startswith("file:") and options.tooling == GIT:
        hint = "push the template somewhere, and name it with --template; or use --tooling keep"
        message = "the template is a folder of this machine: nobody else can install the tooling"
        warnings.append(Problem("template-local", message, hint))
    data = {
        "origin": {"url": origin.url, "revision": origin.revision, "tag": origin.tag},
        "changes": [[change.action, change.what, change.why] for change in made.changes],
        "commit": made.commit if options.execute else None,
    }
    return Answer(data, lambda: terminal.say("\n".join(lines)), warnings=warnings)
