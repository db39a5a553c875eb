"""What the wheels of sdists install: it must be what an installation from git gives."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ..model.problem import Failure
from ..model.workspace import Member
from ..ops.git import Repository
from .build import Distribution, build
from .contents import wheel_files

# Of each member the files with their hashes, or why there is no wheel.
Contents = Mapping[str, Mapping[str, str] | str]


def contents_of(built: Collection[Distribution]) -> Contents:
    """Read wheels; uv makes each from its sdist."""
    return {d.member: wheel_files(d.path) for d in built if d.path.suffix == ".whl"}


def contents_at(
    repository: Repository, commit: str, prefix: str, members: Sequence[Member], folder: Path
) -> Contents:
    """Build members as they are committed, and read what their sdists give."""
    try:
        return contents_of(build(repository, commit, prefix, members, folder, released=()))
    except Failure as failure:
        return {p.member: p.message for p in failure.problems if p.member}
