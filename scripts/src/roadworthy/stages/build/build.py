"""Build: wheels and sdists of members as they are committed, checked before they count."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from ...model.distribution import Distribution
from ...model.history.tag import Tag
from ...model.problem import Problem, stop_on
from ...model.workspace.workspace import Member, Workspace
from ...ops.git.repository import Repository
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
    """Build members from a commit, as `attempt` does; all of them or none.

    Raises `Failure` where a member does not build or its distributions are not sound.
    """
    built, problems = attempt(tree, workspace, members, folder, released=released, tags=tags)
    stop_on(problems)
    return built


def attempt(
    tree: Tree,
    workspace: Workspace,
    members: Sequence[Member],
    folder: Path,
    *,
    released: Container[str] | None = None,
    tags: Iterable[Tag] = (),
) -> tuple[tuple[Distribution, ...], list[Problem]]:
    """Build members from a commit, in an environment without secrets, and check the result.

    Return the distributions of those that are sound, and what is wrong with the others: one
    hides no other. `folder` is for our use alone; the distributions lie in its `dist`. With
    `released`, those members alone are checked: the others are built to be tried with them.
    `tags` are those that the commit will have: some backends take the version from them.
    """
    if not members:
        return (), []
    clone = checked_out(tree, folder / "source")
    problems = [p for m in members for p in _strange(clone, tree, m)]
    create_tags(clone, tags)
    root = clone.path / tree.prefix
    sound = _without(members, problems)
    if not sound:
        return (), problems
    checked = [m for m in sound if released is None or m.name in released]
    committed = [Committed.read(root, member) for member in checked]
    task = Task(tree=tree, clone=clone, workspace=workspace, tags=tuple(tags), out=folder / "dist")
    problems += build_all(task, sound)
    names = {member.name for member in _without(members, problems)}
    built = tuple(in_folder(task.out, names))
    problems += problems_of(built, (each for each in committed if each.member.name in names))
    names = {member.name for member in _without(members, problems)}
    return tuple(d for d in built if d.member in names), list(dict.fromkeys(problems))


def _strange(clone: Repository, tree: Tree, member: Member) -> Iterator[Problem]:
    for problem in strange_files(clone, [tree.path(member.path)]):
        yield replace(problem, member=member.name)


def _without(members: Sequence[Member], problems: Iterable[Problem]) -> list[Member]:
    """Leave out the members that have a problem."""
    broken = {problem.member for problem in problems}
    return [member for member in members if member.name not in broken]


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
