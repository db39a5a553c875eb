"""Checkouts of a commit: what a build may take from it, and what every build must leave."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..model.problem import Problem
from ..ops import process
from ..ops.git import making
from ..ops.git.repository import LINK, SUBMODULE, Repository
from ..ops.tree import Tree


def checked_out(tree: Tree, path: Path) -> Repository:
    """Check a commit out where nothing but git writes; it shares the repository's objects."""
    clone = making.clone(str(tree.repository.path), path, "--shared", "--no-checkout")
    return _at(clone, tree.commit)


def own_source(tree: Tree, path: Path, *, with_history: bool) -> Repository:
    """Check a commit out for a build that may do with it what it likes.

    Nothing in it is shared with another repository, or leads to one. Tools that take the
    version from a tag need the history.
    """
    if with_history:
        clone = making.clone(str(tree.repository.path), path, "--no-local", "--no-checkout")
    else:
        clone = making.snapshot(tree.repository, tree.commit, path)
    return _at(clone, tree.commit)


def _at(clone: Repository, commit: str) -> Repository:
    clone.git("checkout", "--quiet", "--detach", commit, umask=process.FOR_EVERYBODY)
    if clone.asks("remote"):
        clone.git("remote", "remove", "origin")
    return clone


def strange_files(clone: Repository, folders: Iterable[str]) -> Iterator[Problem]:
    """Find what a build would take from outside of the repository, or would lack.

    What a link leads to is looked at in its turn.
    https://git-scm.com/docs/git-ls-files#Documentation/git-ls-files.txt---stage
    """
    todo = [(clone.path / folder).resolve() for folder in folders]
    left = dict(_links_and_submodules(clone))
    while todo:
        folder = todo.pop()
        for path in [path for path in left if (clone.path / path).is_relative_to(folder)]:
            if left.pop(path) == SUBMODULE:
                hint = "keep these files in the repository, or require them as a distribution"
                yield Problem(
                    "member-submodule", f"{path} is a submodule, which is not built", hint
                )
            elif target := _target(clone, path):
                todo.append(target)
            else:
                hint = "some build backends would pack its target: replace the link by a copy"
                yield Problem(
                    "member-link", f"{path} is a link that leads out of the repository", hint
                )


def _links_and_submodules(clone: Repository) -> Iterator[tuple[str, str]]:
    for entry in clone.git("ls-files", "--stage", "-z").rstrip("\0").split("\0"):
        start, _, path = entry.partition("\t")
        mode = start.partition(" ")[0]
        if mode in {LINK, SUBMODULE}:
            yield path, mode


def _target(clone: Repository, link: str) -> Path | None:
    """Return what a link leads to; None for what is no file or folder of the repository."""
    path = clone.path / link
    try:
        target = path.resolve()
    except RuntimeError:  # in a circle: it leads nowhere, and so not out
        return path
    is_own = target.is_relative_to(clone.path) and not target.is_relative_to(clone.path / ".git")
    return target if is_own else None
