"""Reads what differs between a base and the working tree: committed, changed or new."""

from ..model.plan.affected import Affected, affected
from ..model.problem import Problem, UsageFailure
from ..model.workspace.lockfile import locked
from ..model.workspace.settings import Settings
from ..model.workspace.workspace import LOCK, Workspace
from ..ops.git.repository import Repository
from ..ops.tree import Tree
from .desk import files_here, root_of, workspace_here


def affected_since(tree: Tree, base: str | None) -> tuple[str, Workspace, tuple[Affected, ...]]:
    """Return the members that all changes since a base concern, with that base's commit.

    Raises `UsageFailure` where there is no such commit.
    """
    listed = files_here(tree)
    workspace = workspace_here(tree, listed)
    start = _start(tree.repository, base, workspace.settings)
    files = _differing(tree, start)
    text = tree.at(start).texts([LOCK]).get(LOCK, "")
    here = root_of(tree) / LOCK
    now = here.read_text("utf-8", "replace") if here.is_file() else ""
    return start, workspace, affected(workspace, files, locked(text), locked(now))


def _start(repository: Repository, base: str | None, settings: Settings) -> str:
    """Return where HEAD and the base parted; by default, the remote's release branch."""
    usual = [f"{settings.remote}/{branch}" for branch in settings.branch] + [*settings.branch]
    for revision in [base] if base else usual:
        commit = repository.commit_of(revision)
        if commit is not None:
            return repository.asks("merge-base", commit, "HEAD") or commit
    hint = "name a branch, a tag or a commit with --base; in CI, fetch it first"
    named = base or usual[0]
    raise UsageFailure(
        Problem("commit-unknown", f"there is no commit `{named}` to compare with", hint)
    )


def _differing(tree: Tree, base: str) -> list[str]:
    """Return the files below the workspace's root that differ, or are new."""
    options = ("diff", "--name-only", "-z", "--no-renames", base, "--")
    printed = tree.repository.git(*options) + tree.repository.git(
        "ls-files", "-z", "--others", "--exclude-standard", "--full-name", "--", ":/"
    )
    below = f"{tree.prefix}/" if tree.prefix else ""
    paths = dict.fromkeys(path for path in printed.split("\0") if path.startswith(below) and path)
    return [path.removeprefix(below) for path in paths]
