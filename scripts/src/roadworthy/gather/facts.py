"""Reads the three facts of every member, and the history, into one value.

A handful of git calls serve the whole workspace, whatever its size.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from packaging.utils import NormalizedName

from ..model.history.inferred import infer
from ..model.plan.facts import Facts, Page
from ..model.workspace.workspace import Index, Member, Workspace
from ..ops.git.refs import tags_and_branches
from ..ops.tree import Tree
from .content import differing
from .prepared import version_set_at
from .tagged import tagged
from .workspace import workspace_at


def gather(
    tree: Tree,
    *,
    index: Index | None = None,
    all_pages: bool = False,
    workspace: Workspace | None = None,
    at_remote: Mapping[str, str] | None = None,
    branch: str = "",
) -> Facts:
    """Read the facts of the workspace at a commit.

    Where it is known what refs the remote has, its tags count instead of those that are here.
    The index is asked about versions ahead of their tag; with `all_pages`, about all.
    A workspace that was read at that commit before is not read again.
    Raises `UsageFailure` where the workspace cannot be read.
    """
    facts = _tagged(tree, workspace or workspace_at(tree), at_remote)
    members = [m for m in facts.workspace.members.values() if not m.never_released]
    untagged = [member for member in members if facts.tag_at(member) is None]
    pages = _pages(index, members if all_pages else untagged)
    with ThreadPoolExecutor(1) as beside:  # git reads the history while members are compared
        commits = beside.submit(tree.history, [tag.commit for _, tag in facts.priors().values()])
        return replace(
            facts,
            pages=pages,
            version_set_at=version_set_at(tree, untagged, pages),
            differs=differing(tree, facts),
            branch=facts.workspace.settings.line_of(branch) if branch else "",
            index=index.name if index else "",
            commits=commits.result(),
        )


def _tagged(tree: Tree, workspace: Workspace, at_remote: Mapping[str, str] | None) -> Facts:
    """Read the tags, and take the settings that fit them where nobody wrote any."""
    tags, branches = tags_and_branches(tree.repository, tree.commit, at_remote)
    found = tagged(tree, tags, workspace)
    inferred = infer(found, workspace)
    return Facts(
        base=tree.commit,
        day=datetime.now(UTC).date(),
        workspace=workspace.with_settings(inferred.settings) if inferred else workspace,
        tags=tags,
        branches=branches,
        tagged=found,
        inferred=inferred,
    )


def _pages(index: Index | None, members: Iterable[Member]) -> Mapping[NormalizedName, Page]:
    if index is None:
        return {}
    from ..ops import index as indexes  # noqa: PLC0415 - half a second that git alone saves

    return indexes.read_pages(index, (member.name for member in members))
