"""The tooling's own release: from its own repository, or where somebody names it.

A clone or a fork carries the tooling as a member. It must never publish that by accident.
"""

from collections.abc import Collection
from dataclasses import replace

from packaging.utils import NormalizedName

from ..url import same_repository
from .workspace import Member, Workspace

TOOLING = NormalizedName("roadworthy")
STAYS = "it is released from its own repository, or where it is named: `--only roadworthy`"


def has_home(workspace: Workspace) -> bool:
    """Tell whether the tooling is a member that says which repository is its own."""
    return TOOLING in workspace.members and bool(workspace.members[TOOLING].repository)


def is_never_released(member: Member) -> bool:
    """Tell whether a member has no release at all; the tooling has, where it is named."""
    return bool(member.never_released) and member.never_released != STAYS


def at_home(workspace: Workspace, url: str, named: Collection[NormalizedName]) -> Workspace:
    """Return the workspace at a public URL: the tooling is not released, unless it is named."""
    tooling = workspace.members.get(TOOLING)
    if tooling is None or TOOLING in named or same_repository(tooling.repository, url):
        return workspace
    stays = replace(tooling, never_released=tooling.never_released or STAYS)
    return replace(workspace, members={**workspace.members, TOOLING: stays})
