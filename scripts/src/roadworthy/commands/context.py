"""What all commands share: the checkout they are called on, and the answer they give."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..gather.facts import gather
from ..gather.workspace import workspace_at
from ..model.plan.facts import Facts
from ..model.plan.intent import Intent, read_intent
from ..model.problem import NothingToRelease, Problem
from ..model.result import Result, failures
from ..model.workspace.settings import Settings
from ..model.workspace.workspace import Index, Workspace
from ..ops import uv
from ..ops.git import Repository
from ..ops.tree import Tree, open_workspace
from ..report import as_json, terminal
from ..stages import preflight
from ..stages.site import Site, preview_site, real_site
from ..stages.work import Work


@dataclass(slots=True)
class Answer:
    """What a command found or did."""

    data: Mapping[str, object]
    show: Callable[[], None]
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    exit_code: int = 0
    markdown: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The workspace that a command was called on, as it is committed at HEAD."""

    tree: Tree
    workspace: Workspace
    index: Index | None
    intent: Intent

    @property
    def checkout(self) -> Repository:
        """Return the user's repository."""
        return self.tree.repository

    @property
    def members(self) -> Sequence[str]:
        """Return the members that were named."""
        return sorted(self.intent.only)

    @classmethod
    def of(cls, arguments: Namespace) -> "Context":
        """Open the workspace; raise `UsageFailure` where there is none that can be read."""
        tree = open_workspace(arguments.workspace)
        workspace = workspace_at(tree)
        uv.require(workspace.uv_required)
        named = getattr(arguments, "index", None)
        index = workspace.index(workspace.settings.index if named is None else named)
        return cls(
            tree=tree, workspace=workspace, index=index, intent=_intent(workspace, arguments)
        )

    def facts(self, *, all_pages: bool = False) -> Facts:
        """Read the facts here, at HEAD."""
        return gather(self.tree, index=self.index, all_pages=all_pages, workspace=self.workspace)


def _intent(workspace: Workspace, arguments: Namespace) -> Intent:
    """Read what was asked for; a command without such options takes names alone."""
    if not hasattr(arguments, "bump"):
        return read_intent(workspace, only=arguments.members)
    return read_intent(
        workspace,
        only=[*arguments.members, *arguments.only],
        bumps=arguments.bump,
        versions=arguments.version,
        pre=arguments.pre,
        promote=arguments.promote,
    )


@contextmanager
def open_site(
    context: Context, *, execute: bool, index: Index | None = None, uploads: bool = False
) -> Iterator[Site]:
    """Open the real targets for --execute, else a scratch remote; `index` is read in any case.

    Raises `Failure` with all that stands in the way of the real ones. Afterwards the
    checkout follows what was pushed, however far that came, where it loses nothing.
    """
    settings = context.workspace.settings
    if not execute:
        with preview_site(context.tree, settings, index) as site:
            yield site
        return
    preflight.require(context.checkout, settings, context.index if uploads else None)
    branch = preflight.release_branch(context.checkout, settings)
    try:
        with real_site(context.tree, settings, context.index, branch) as site:
            yield site
    except KeyboardInterrupt:
        raise  # whoever wants an end gets one: the next run follows the remote
    except BaseException:
        _follow(context.checkout, settings)
        raise
    _follow(context.checkout, settings)


def _follow(checkout: Repository, settings: Settings) -> None:
    """Let the checkout follow what was pushed; what stands in the way is a warning."""
    terminal.show_problems(preflight.fast_forward(checkout, settings), kind="warning")


def unknown_members(facts: Facts) -> list[str]:
    """Return the members of which an index does not say what it has."""
    return [name for name, page in facts.pages.items() if page.unknown]


def unknown_index(facts: Facts) -> list[Problem]:
    """Say once, for all members, that an index does not answer."""
    names = unknown_members(facts)
    if not names:
        return []
    why = facts.pages[names[0]].unknown  # type: ignore[index]
    message = f"the index does not say what it has of {', '.join(names)}: {why}"
    hint = "a real release stops here; look at the index's URL and the network"
    return [Problem(message, hint)]


def stop_on_nothing(work: Work) -> None:
    """Raise `NothingToRelease` where there is nothing to release, and nothing to finish."""
    if work.nothing_due:
        hint = "`nox -s plan` says why of each member"
        raise NothingToRelease(Problem("there is nothing to release", hint))


def verified(found: Sequence[Result]) -> Answer:
    """Answer with installations: the table, and what failed."""
    problems = failures(found)
    return Answer(
        as_json.results(found),
        lambda: terminal.show_results(found),
        problems=problems,
        exit_code=1 if problems else 0,
    )
