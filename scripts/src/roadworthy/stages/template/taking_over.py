"""The user's checkout takes over what was made in a scratch clone, and its own remote."""

from packaging.utils import canonicalize_name

from ...model.problem import Problem, UsageFailure
from ...model.template.project import Project
from ...model.workspace.home import TOOLING
from ...model.workspace.workspace import Workspace
from ...ops.git.repository import Repository


def take_over(checkout: Repository, scratch: Repository, commit: str) -> None:
    """Let the user's checkout, which is clean, have the commit; nothing else is lost."""
    checkout.git("fetch", "--quiet", "--no-tags", "--", str(scratch.path), commit)
    checkout.git("reset", "--quiet", "--keep", commit)


def point_at(checkout: Repository, project: Project, *, origin_is_template: bool) -> list[str]:
    """Give the checkout its own remote; the template's is kept as `template`. Say what was done.

    The template's tags in the clone would be tags of the project: they are removed.
    """
    if not origin_is_template:
        return []
    branch = checkout.git("symbolic-ref", "--short", "HEAD").strip()
    tags = [f"refs/tags/{name}" for name in checkout.tagged_commits()]
    checkout.git("update-ref", "--stdin", stdin="".join(f"delete {ref}\n" for ref in tags))
    checkout.git("remote", "rename", "origin", "template")
    checkout.git("config", "remote.template.tagOpt", "--no-tags")
    checkout.git("remote", "add", "origin", project.repository)
    checkout.git("config", f"branch.{branch}.remote", "origin")
    checkout.git("config", f"branch.{branch}.merge", f"refs/heads/{branch}")
    return ["origin is your repository; the template is the remote `template`"]


def require_clean(checkout: Repository) -> None:
    """Raise `UsageFailure` where something would be lost, or HEAD is on no branch."""
    changed = checkout.changed()
    if changed:
        message = f"the working tree is not clean: `{changed[0].strip()}` first"
        raise UsageFailure(Problem("tree-not-clean", message, "commit or stash these changes"))
    if checkout.asks("symbolic-ref", "--quiet", "HEAD") is None:
        hint = "check out the branch that the project is to have: `git switch -c main`"
        raise UsageFailure(Problem("head-detached", "HEAD is detached", hint))


def tooling_folder(workspace: Workspace) -> str:
    """Return the folder of the tooling in the template; raise `UsageFailure` where it is none."""
    member = workspace.members.get(canonicalize_name(TOOLING))
    if member is None:
        hint = "name the template that has it: --template URL"
        message = f"the template has no member `{TOOLING}`"
        raise UsageFailure(Problem("template-tooling", message, hint))
    return member.path
