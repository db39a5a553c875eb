"""What the wheels of sdists install: it must be what an installation from git gives."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ...model.distribution import Distribution
from ...model.workspace.workspace import Member, Workspace
from ...ops.tree import Tree
from .build import attempt
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

    One that does not build hides no other.
    """
    built, problems = attempt(tree, workspace, members, folder, released=())
    return {**contents_of(built), **{p.member: p.message for p in problems if p.member}}
