"""The user's checkout takes over what was made in a scratch clone, and its own remote."""

import os
from collections.abc import Iterator
from pathlib import Path

from ...gather.workspace import workspace_at
from ...model.problem import Problem, UsageFailure, stop_on
from ...model.template.kept import Template
from ...model.template.project import Project
from ...model.workspace.home import TOOLING
from ...model.workspace.workspace import MANIFEST, Workspace
from ...ops.git import making
from ...ops.git import settings as git_settings
from ...ops.git.refs import tagged_commits
from ...ops.git.repository import Repository
from ...ops.tree import Tree

BRANCH = "main"


def take_over(
    checkout: Repository, scratch: Repository, commit: str, *, as_changes: bool = False
) -> None:
    """Let the user's checkout, which is clean, have the commit, or its changes alone.

    It goes over in a bundle: to fetch from the scratch clone would run git there as the user.
    Raises `UsageFailure` where a file that git ignores would be lost.
    """
    bundle = str(scratch.path.with_name("project.bundle"))
    known = str(checkout.commit_of("HEAD"))
    scratch.git("bundle", "create", "--quiet", bundle, "HEAD", f"^{known}")
    checkout.git("bundle", "unbundle", bundle)
    stop_on(_in_the_way(checkout, commit), UsageFailure)
    if as_changes:
        checkout.git("read-tree", "-m", "-u", "HEAD", commit)
    else:
        checkout.git("reset", "--quiet", "--keep", commit)


def _in_the_way(checkout: Repository, commit: str) -> Iterator[Problem]:
    """Find files that git ignores, and would overwrite.

    https://git-scm.com/docs/gitignore#_description
    """
    top = Path(checkout.git("rev-parse", "--show-toplevel").removesuffix("\n"))
    options = ("--name-only", "-z", "--no-renames", "--diff-filter=A")
    added = checkout.git("diff-tree", "-r", *options, "HEAD", commit).split("\0")
    for path in filter(None, added):
        if os.path.lexists(top / path):
            hint = "move it away; git ignores it, and would overwrite it"
            yield Problem("folder-not-empty", f"{path} is there already", hint)


def point_at(checkout: Repository, project: Project, *, origin_is_template: bool) -> list[str]:
    """Give the checkout its own remote; the template's is kept as `template`. Say what was done.

    The template's tags in the clone would be tags of the project: they are removed.
    """
    if not origin_is_template:
        return []
    branch = checkout.git("symbolic-ref", "--short", "HEAD").strip()
    tags = [f"refs/tags/{name}" for name in tagged_commits(checkout)]
    checkout.git("update-ref", "--stdin", stdin="".join(f"delete {ref}\n" for ref in tags))
    checkout.git("remote", "rename", "origin", "template")
    checkout.git("config", "remote.template.tagOpt", "--no-tags")
    checkout.git("remote", "add", "origin", project.repository)
    checkout.git("config", f"branch.{branch}.remote", "origin")
    checkout.git("config", f"branch.{branch}.merge", f"refs/heads/{branch}")
    return ["origin is your repository; the template is the remote `template`"]


def require_ready(here: Tree) -> str:
    """Return the folder of the tooling in the template that a checkout is a clone of.

    Raises `UsageFailure` where it is no template, where something would be lost, or where
    HEAD is on no branch.
    """
    checkout = here.repository
    Template.read(here.texts([MANIFEST]).get(MANIFEST, ""))
    if here.prefix:
        message = f"the template is the folder {here.prefix} of a larger repository"
        hint = "clone the template itself: --template URL --into FOLDER"
        raise UsageFailure(Problem("template-missing", message, hint))
    changed = checkout.changed()
    if changed:
        message = f"the working tree is not clean: `{changed[0].strip()}` first"
        raise UsageFailure(Problem("tree-not-clean", message, "commit or stash these changes"))
    if checkout.asks("symbolic-ref", "--quiet", "HEAD") is None:
        hint = "check out the branch that the project is to have: `git switch -c main`"
        raise UsageFailure(Problem("head-detached", "HEAD is detached", hint))
    return _tooling_folder(workspace_at(here))


def _tooling_folder(workspace: Workspace) -> str:
    member = workspace.members.get(TOOLING)
    if member is None:
        hint = "name the template that has it: --template URL"
        message = f"the template has no member `{TOOLING}`"
        raise UsageFailure(Problem("template-tooling", message, hint))
    return member.path


def lend(here: Tree, folder: Path) -> Repository:
    """Return a repository of our own that has all of the checkout's; it acts in the user's name."""
    lent = making.borrow(here.repository, folder / "lent.git", BRANCH)
    environment = git_settings.ours(here.repository.settings)
    return Repository(path=lent.path, environment=environment)


def scratch_of(lent: Repository, folder: Path) -> Repository:
    """Return a clone of what is lent, with the files of HEAD, in which the project is made."""
    options = ("--shared", f"--branch={BRANCH}")
    return making.clone(str(lent.path), folder / "clone", *options, environment=lent.environment)
