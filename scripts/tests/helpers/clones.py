"""Clones of every kind: in each, a workspace is planned, rehearsed and released alike."""

import shutil
from collections.abc import Callable
from pathlib import Path

from .repository import Repo
from .workspaces import make_workspace, member


def origin(folder: Path, *options: str) -> Repo:
    """Make a bare remote of a workspace with two commits, one of which leaves a blob behind."""
    made = Repo.init(folder / "first", *options)
    made = make_workspace(made.path, member("zq-base"), '[tool.release]\nindex = ""\n')
    made.commit("fix: other words", {"packages/zq-base/README.md": "# Other words\n"})
    remote = made.with_remote(folder / "remote.git", *options)
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        remote.git("config", f"uploadpack.{setting}", "true")
    return remote


def cloned(remote: Repo, path: Path, *options: str) -> Repo:
    """Clone a remote by its URL: git leaves nothing out where it is given a path."""
    remote.git("clone", "--quiet", *options, remote.path.as_uri(), str(path))
    return Repo(path)


def plain(folder: Path) -> Repo:
    """Make a clone like any other."""
    return cloned(origin(folder), folder / "clone")


def without_blobs(folder: Path) -> Repo:
    """Make a partial clone, which fetches a file when it is read."""
    return cloned(origin(folder), folder / "clone", "--filter=blob:none")


def without_trees(folder: Path) -> Repo:
    """Make a partial clone, which fetches a folder when it is read."""
    return cloned(origin(folder), folder / "clone", "--filter=tree:0")


def linked_worktree(folder: Path) -> Repo:
    """Make a second worktree on the release branch."""
    main = cloned(origin(folder), folder / "clone")
    main.git("checkout", "--quiet", "-b", "aside")
    main.git("worktree", "add", "--quiet", str(folder / "linked"), "main")
    return Repo(folder / "linked")


def settings_of_a_worktree(folder: Path) -> Repo:
    """Make a linked worktree that has settings of its own."""
    linked = linked_worktree(folder)
    linked.git("config", "extensions.worktreeConfig", "true")
    linked.git("config", "--worktree", "user.name", "Of the worktree")
    return linked


def sparse(folder: Path) -> Repo:
    """Make a checkout that shows a part of the files."""
    made = cloned(origin(folder), folder / "clone", "--sparse")
    made.git("sparse-checkout", "set", "nowhere")
    return made


def with_borrowed_objects(folder: Path) -> Repo:
    """Make a clone of a clone: each borrows objects of the one before."""
    remote = origin(folder)
    first = cloned(remote, folder / "borrowing", "--reference", str(folder / "first"))
    first.git("clone", "--quiet", "--shared", str(first.path), str(folder / "clone"))
    made = Repo(folder / "clone")
    made.git("remote", "set-url", "origin", remote.path.as_uri())
    return made


def separate_folder(folder: Path) -> Repo:
    """Make a clone whose repository lies elsewhere."""
    return cloned(origin(folder), folder / "clone", f"--separate-git-dir={folder / 'elsewhere'}")


def moved_work_tree(folder: Path) -> Repo:
    """Make a repository whose files lie elsewhere."""
    made = cloned(origin(folder), folder / "clone")
    shutil.move(made.path, folder / "elsewhere")
    made.path.mkdir()
    (made.path / ".git").write_text(f"gitdir: {folder / 'elsewhere' / '.git'}\n", "utf-8")
    made.git("config", "core.worktree", str(made.path))
    made.git("reset", "--quiet", "--hard")
    return made


def reached_by_an_alias(folder: Path) -> Repo:
    """Make a clone that reads by one alias of a URL, and pushes by another."""
    made = cloned(origin(folder), folder / "clone")
    made.git("remote", "set-url", "origin", "mine:remote.git")
    made.git("config", f"url.{folder.as_uri()}/.insteadOf", "mine:")
    made.git("config", f"url.{folder}/.pushInsteadOf", "mine:")
    return made


KINDS: tuple[Callable[[Path], Repo], ...] = (
    plain,
    without_blobs,
    without_trees,
    linked_worktree,
    settings_of_a_worktree,
    sparse,
    with_borrowed_objects,
    separate_folder,
    moved_work_tree,
    reached_by_an_alias,
)
