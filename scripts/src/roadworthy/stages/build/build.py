"""Build: wheels and sdists of members as they are committed, checked before they count."""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from ...model.distribution import Distribution
from ...model.history.tag import Tag
from ...model.problem import Problem, stop_on
from ...model.workspace.workspace import Member, Workspace
from ...ops.git.writing import create_tags
from ...ops.tree import Tree
from ..checkout import checked_out, strange_files
from ..distribution import in_folder
from .archive import archive_problems
from .as_committed import Committed, differences
from .building import Task, build_all
from .contents import content_problems
from .metadata import metadata_problems


def build(
    tree: Tree,
    workspace: Workspace,
    members: Sequence[Member],
    folder: Path,
    *,
    released: Container[str] | None = None,
    tags: Iterable[Tag] = (),
) -> tuple[Distribution, ...]:
    """Build members from a commit, in an environment without secrets, and check the result.

    `folder` is for our use alone; the distributions lie in its `dist`. With `released`,
    those members alone are checked: the others are built to be tried with them. `tags`
    are those that the commit will have: some backends take the version from them.
    Raises `Failure` where a member does not build or its distributions are not sound.
    """
    if not members:
        return ()
    clone = checked_out(tree, folder / "source")
    stop_on(strange_files(clone, [tree.path(m.path) for m in members]))
    create_tags(clone, tags)
    root = clone.path / tree.prefix
    checked = [m for m in members if released is None or m.name in released]
    committed = [Committed.read(root, member) for member in checked]
    task = Task(tree=tree, clone=clone, workspace=workspace, tags=tuple(tags), out=folder / "dist")
    stop_on(build_all(task, members))
    built = tuple(in_folder(task.out, {member.name for member in members}))
    stop_on(problems_of(built, committed))
    return built


def problems_of(built: Sequence[Distribution], members: Iterable[Committed]) -> Iterator[Problem]:
    """Check distributions against manifests and files of their members; wheels may be several."""
    for committed in members:
        member = committed.member
        own = [d.path for d in built if d.member == member.name]
        if {path.suffix for path in own} != {".gz", ".whl"}:
            message = f"{member.name} built {', '.join(p.name for p in own) or 'nothing'}"
            yield Problem(
                "build-incomplete", message, "a release needs a wheel and an sdist", member.name
            )
        for path in own:
            # Of one that cannot be read, both say the same.
            found = chain(content_problems(path, member), archive_problems(path, member.name))
            yield from dict.fromkeys(found)
            yield from metadata_problems(path, member.name)
        yield from differences(committed, own)
