"""What `init` is asked for: on the command line, and on the terminal where something is missing."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from ..cli.options import WithExecute, WithIndex
from ..model.problem import Problem, UsageFailure
from ..model.template.naming import name_problems
from ..model.template.project import Project
from ..model.url import is_url
from ..ops import skeletons
from ..ops.git.repository import Repository

# Imported at once: in a clone of the template, `init` removes the folder that it runs from.
from ..report.screen import Prompt, console
from ..stages.template.begin import Choices

KEEP, REMOVE, GIT, NEW = "keep", "remove", "git", "new"
EXAMPLE = "nox -s init -- --name acme --repository https://github.com/acme/acme"
OWN_LICENSE = "LicenseRef-Own"


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


def completed(options: Options) -> Options:
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


def wrong_in(options: Options) -> Iterator[Problem]:
    """Say what is missing, and what cannot be meant."""
    if not options.name:
        yield Problem("init-name", "the project has no name", f"for example: `{EXAMPLE}`")
    else:
        yield from name_problems(options.name)
    if not options.repository:
        message = "the project has no repository: its URL is what people install from"
        yield Problem("init-repository", message, f"for example: `{EXAMPLE}`")
    elif not is_url(options.repository):
        yield Problem("init-repository", "--repository is not a URL", f"for example: `{EXAMPLE}`")
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


def project_of(options: Options, checkout: Repository) -> Project:
    """Return whose project it is; the author is by default who makes the commit."""
    name, _, rest = (options.author or "").partition("<")
    if not options.author or options.author == "the user of git":
        name = checkout.setting("user.name") or str(options.name)
    return Project(
        name=str(options.name),
        repository=str(options.repository),
        author=name.strip(),
        email=rest.rstrip("> "),
        license=options.license or ("MIT" if not options.license_file else OWN_LICENSE),
    )


def choices_of(options: Options) -> Choices:
    """Return how the project is made."""
    text = options.license_file.read_text("utf-8") if options.license_file else ""
    return Choices(
        keeps_examples=options.examples == KEEP,
        keeps_tooling=options.tooling == KEEP,
        new_history=options.history == NEW,
        index=options.index or "",
        license_text=text,
    )
