"""What a command is called on: the workspace at HEAD, the index, and what was asked for."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

from ..gather.facts import gather
from ..gather.workspace import workspace_at
from ..model.plan.facts import Facts
from ..model.plan.intent import Intent, read_intent
from ..model.workspace.workspace import Index, Workspace
from ..ops import uv
from ..ops.git import Repository
from ..ops.tree import Tree, open_workspace


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
