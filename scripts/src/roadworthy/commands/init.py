"""The command `init`."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from ..cli.options import WithExecute, WithIndex
from ..cli.typed import for_real
from ..gather.workspace import workspace_at
from ..model.problem import Problem, UsageFailure, stop_on
from ..model.template.kept import Template
from ..model.template.naming import name_problems
from ..model.template.project import Origin, Project
from ..model.url import is_url
from ..model.workspace.workspace import MANIFEST
from ..ops import skeletons
from ..ops.git import making
from ..ops.git import settings as git_settings
from ..ops.git.program import require_identity
from ..ops.git.repository import Repository
from ..ops.scratch import scratch_folder
from ..ops.tree import Tree, open_workspace
from ..report import terminal

# Imported at once: in a clone of the template, `init` removes the folder that it runs from.
from ..report.screen import Prompt, console
from ..stages.steps import Steps
from ..stages.template.begin import Beginning, Choices, begin
from ..stages.template.origin import is_origin, origin_of, template_url
from ..stages.template.taking_over import point_at, require_clean, take_over, tooling_folder
from .answer import Answer

KEEP, REMOVE, GIT, NEW = "keep", "remove", "git", "new"
BRANCH = "main"


@dataclass(frozen=True, kw_only=True)
class Options(WithIndex, WithExecute):
    """What `init` takes."""

    own_flags: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "--index": {"help": "the [[tool.uv.index]] to publish to (default: none, git alone)"}
    }

    name: str | None = None
    repository: str | None = None
    author: str | None = None
    license: str | None = None
    license_file: Path | None = None
    examples: str = REMOVE
    tooling: str = GIT
    history: str = KEEP
    template: str | None = None
    into: Path | None = None


def run(options: Options, steps: Steps) -> Answer:
    """Show what would make a project of a clone of the template; with --execute, do it."""
    options = _asked(options)
    stop_on(_problems(options), UsageFailure)
    with scratch_folder() as folder, _clone(options, folder) as checkout:
        here = open_workspace(checkout)
        Template.read(here.texts([MANIFEST]).get(MANIFEST, ""))
        workspace = workspace_at(here)
        workspace.index(options.index or "")
        require_clean(here.repository)
        require_identity(here.repository)
        project = _project(options, here.repository)
        url = template_url(here.repository, options.template, project.repository)
        with steps("template"):
            lent = _lent(here, folder)
            is_here = is_origin(here.repository, url)
            origin = origin_of(lent, url, tooling_folder(workspace), fetch=not is_here)
        with steps("project"):
            options_of_clone = ("--shared", f"--branch={BRANCH}")
            scratch = making.clone(
                str(lent.path), folder / "clone", *options_of_clone, environment=lent.environment
            )
            made = begin(Tree.of(scratch), project, origin, _choices(options))
        done: list[str] = []
        if options.execute:
            with steps("commit"):
                take_over(here.repository, scratch, made.commit)
                done = point_at(here.repository, project, origin_is_template=is_here)
    return _answer(options, project, origin, made, done)


def _asked(options: Options) -> Options:
    """Ask on the terminal for what is missing."""
    if (options.name and options.repository) or options.json or not sys.stdin.isatty():
        return options
    screen = console(stderr=True)

    def ask(question: str, given: str | None, default: str | None = None) -> str | None:
        return given or Prompt.ask(question, console=screen, default=default)

    try:
        return replace(
            options,
            name=ask("Name of the project, such as acme", options.name),
            repository=ask("URL of its repository", options.repository),
            author=ask("Author", options.author, "the user of git"),
            license=ask(f"Licence ({', '.join(skeletons.LICENCES)})", options.license, "MIT"),
        )
    except (EOFError, UnicodeDecodeError):
        hint = "give --name and --repository"
        raise UsageFailure(
            Problem("init-unanswered", "the questions were not answered", hint)
        ) from None


def _problems(options: Options) -> Iterator[Problem]:
    example = "nox -s init -- --name acme --repository https://github.com/acme/acme"
    if not options.name:
        yield Problem("init-name", "the project has no name", f"for example: `{example}`")
    else:
        yield from name_problems(options.name)
    if not options.repository:
        message = "the project has no repository: its URL is what people install from"
        yield Problem("init-repository", message, f"for example: `{example}`")
    elif not is_url(options.repository):
        yield Problem("init-repository", "--repository is not a URL", f"for example: `{example}`")
    if options.license and options.license not in skeletons.LICENCES and not options.license_file:
        known = ", ".join(skeletons.LICENCES)
        hint = f"known are {known}; for another, add --license-file FILE with its text"
        yield Problem("init-license", f"there is no text of the licence `{options.license}`", hint)
    if options.license_file and not options.license_file.is_file():
        message = f"there is no file {options.license_file}"
        yield Problem("init-license", message, "name the file that has the licence's text")
    if options.into and not options.template:
        hint = "add --template URL"
        yield Problem("template-unknown", "--into needs to know the template", hint)
    if options.into and options.into.exists() and any(options.into.iterdir()):
        hint = "name a new folder"
        yield Problem("folder-not-empty", f"{options.into} is not empty", hint)


@contextmanager
def _clone(options: Options, folder: Path) -> Iterator[Path]:
    """Return the checkout to begin in: the one that is here, or a new clone of the template."""
    if options.into is None:
        yield options.workspace
        return
    target = options.into if options.execute else folder / "preview"
    making.clone(str(options.template), target)
    yield target


def _lent(here: Tree, folder: Path) -> Repository:
    """Return a repository of our own that has all of the checkout's; it acts in the user's name."""
    lent = making.borrow(here.repository, folder / "lent.git", BRANCH)
    environment = git_settings.ours(here.repository.settings)
    return Repository(path=lent.path, environment=environment)


def _project(options: Options, checkout: Repository) -> Project:
    name, _, rest = (options.author or "").partition("<")
    if not options.author or options.author == "the user of git":
        name = checkout.setting("user.name") or str(options.name)
    return Project(
        name=str(options.name),
        repository=str(options.repository),
        author=name.strip(),
        email=rest.rstrip("> "),
        license=options.license or ("MIT" if not options.license_file else "LicenseRef-Own"),
    )


def _choices(options: Options) -> Choices:
    text = options.license_file.read_text("utf-8") if options.license_file else ""
    return Choices(
        keeps_examples=options.examples == KEEP,
        keeps_tooling=options.tooling == KEEP,
        new_history=options.history == NEW,
        index=options.index or "",
        license_text=text,
    )


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
