"""What a command is called on: the workspace at HEAD, the index, and what was asked for."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from ..cli.options import Common, WithIndex, WithIntent
from ..gather.facts import gather
from ..gather.workspace import workspace_at
from ..model.plan.facts import Facts
from ..model.plan.intent import Intent, read_intent
from ..model.problem import Problem
from ..model.workspace.home import at_home, has_home
from ..model.workspace.workspace import Index, Workspace
from ..ops import uv
from ..ops.git.refs import tags_of
from ..ops.git.repository import Repository
from ..ops.tree import Tree, open_workspace
from ..stages.site import home_of, planned_branch, refs_at_remote, silence


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The workspace that a command was called on, as it is committed at HEAD.

    `names_index` tells whether somebody typed the index: what it lacks is uploaded then only.
    """

    tree: Tree
    workspace: Workspace
    index: Index | None
    intent: Intent
    names_index: bool = False

    @property
    def checkout(self) -> Repository:
        """Return the user's repository."""
        return self.tree.repository

    @property
    def members(self) -> Sequence[str]:
        """Return the members that were named."""
        return sorted(self.intent.only)

    @classmethod
    def of(cls, options: Common) -> "Context":
        """Open the workspace; raise `UsageFailure` where there is none that can be read."""
        tree = open_workspace(options.workspace)
        workspace = workspace_at(tree)
        if options.needs_uv:
            uv.require(workspace.uv_required)
        named = options.index if isinstance(options, WithIndex) else None
        names_index = bool(named)
        index = workspace.index(workspace.settings.index if named is None else named)
        intent = _intent(workspace, options)
        url = home_of(tree.repository, workspace.settings) if has_home(workspace) else ""
        workspace = at_home(workspace, url, intent.named)
        return cls(
            tree=tree,
            workspace=workspace,
            index=index,
            intent=replace(intent, republish=names_index),
            names_index=names_index,
        )

    def facts(self, *, all_pages: bool = False) -> Facts:
        """Read the facts here, at HEAD, with the tags that the remote has, if it answers.

        The remote is asked meanwhile: only where it has other tags, all is read again.
        """
        read = partial(
            gather,
            self.tree,
            index=self.index,
            all_pages=all_pages,
            workspace=self.workspace,
            branch=planned_branch(self.checkout, self.workspace.settings),
        )
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(refs_at_remote, self.checkout, self.workspace.settings)
            facts = read()
            there = asked.result()
        if there is None or tags_of(there) == {tag.name: tag.commit for tag in facts.tags}:
            return facts
        here = {tag.name for tag in facts.tags}
        return replace(read(at_remote=there), only_here=tuple(sorted(here - tags_of(there).keys())))

    @property
    def silence(self) -> list[Problem]:
        """Return that the remote did not answer, where the facts were read without it."""
        return silence(self.checkout, self.workspace.settings)


def _intent(workspace: Workspace, options: Common) -> Intent:
    """Read what was asked for; a command without such options takes names alone."""
    if not isinstance(options, WithIntent):
        return read_intent(workspace, only=options.members)
    return read_intent(
        workspace,
        only=[*options.members, *options.only],
        bumps=options.bump,
        versions=options.version,
        pre=options.pre,
        promote=options.promote,
    )
