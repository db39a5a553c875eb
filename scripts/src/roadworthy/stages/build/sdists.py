"""What the wheels of sdists install: it must be what an installation from git gives."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ...model.distribution import Distribution
from ...model.problem import Failure
from ...model.workspace.workspace import Member, Workspace
from ...ops.tree import Tree
from .build import build
from .contents import wheel_files

# Of each member the files with their hashes, or why there is no wheel.
Contents = Mapping[str, Mapping[str, str] | str]


def contents_of(built: Collection[Distribution]) -> Contents:
    """Read wheels; uv makes each from its sdist."""
    return {d.member: wheel_files(d.path) for d in built if d.path.suffix == ".whl"}


def contents_at(
    tree: Tree, workspace: Workspace, members: Sequence[Member], folder: Path
) -> Contents:
    """Build members as they are committed, and read what their sdists give.

    One that does not build hides no other: the rest are built without it.
    """
    try:
        built = build(tree, workspace, members, folder, released=())
        return contents_of(built)
    except Failure as failure:
        broken = {p.member: p.message for p in failure.problems if p.member}
        rest = [member for member in members if member.name not in broken]
        if not broken:  # whose fault it is, nobody says: each is tried alone
            return _one_by_one(tree, workspace, members, folder, failure)
        others = contents_at(tree, workspace, rest, folder.with_name(f"{folder.name}-rest"))
        return {**others, **broken}


def _one_by_one(
    tree: Tree, workspace: Workspace, members: Sequence[Member], folder: Path, failure: Failure
) -> Contents:
    if len(members) == 1:
        return {members[0].name: failure.problems[0].message}
    found: dict[str, Mapping[str, str] | str] = {}
    for member in members:
        place = folder.with_name(f"{folder.name}-{member.name}")
        found |= contents_at(tree, workspace, [member], place)
    return found
