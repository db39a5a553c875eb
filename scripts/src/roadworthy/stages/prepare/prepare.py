"""Prepare: make the release commit R in the scratch clone, and push it."""

from ...gather import joined
from ...model.plan.facts import Facts
from ...model.plan.plan import Plan
from ...model.problem import Failure, Problem
from ...model.workspace.edit import edited_files, edits, release_message
from ...ops.git_words import literally
from ..checkout import Tree
from ..site import Site
from .lock import update_lock, write_edits


def prepare(site: Site, facts: Facts, plan: Plan) -> str:
    """Make R: versions, ranges, changelogs and `uv.lock`; return its hash.

    Where the plan edits nothing, as when R is pushed already, R is the commit planned from.
    """
    changed = planned_edits(site, facts, plan)
    if not changed:
        return plan.base
    scratch = site.scratch
    root = scratch.path / site.prefix
    write_edits(root, changed)
    tree = Tree(repository=scratch, commit=plan.base, prefix=site.prefix)
    update_lock(tree, root, facts.workspace, changed)
    scratch.git("add", "--", *(literally(joined(site.prefix, path)) for path in changed))
    scratch.git("add", "--update", "--", ".")
    scratch.git("commit", "--quiet", "--no-verify", "--file=-", stdin=release_message(plan))
    return str(scratch.commit_of("HEAD"))


def planned_edits(site: Site, facts: Facts, plan: Plan) -> dict[str, str | None]:
    """Return the new text of every file that R changes; nothing where R is made already."""
    paths = edited_files(plan, facts.workspace)
    names = {f"{plan.base}:{joined(site.prefix, path)}": path for path in paths}
    texts = {names[name]: text for name, text in site.scratch.texts(list(names)).items()}
    return edits(plan, facts.workspace, texts, facts.day)


def shown(site: Site, plan: Plan, commit: str) -> str:
    """Return the release commit as a patch; empty where there is nothing to commit."""
    if commit == plan.base:
        return ""
    return site.scratch.git("show", "--no-color", "--format=%B", commit)


def propose(site: Site, commit: str, branch: str) -> None:
    """Push R to a new branch, where the release branch takes no push: it is merged there.

    Raises `Failure` where the branch is there already: it may be somebody's.
    """
    hint = f"after the merge, or to propose again: `git push {site.url} --delete {branch}`"
    if site.scratch.git("ls-remote", "--", "origin", f"refs/heads/{branch}"):
        raise Failure(Problem(f"the remote has a branch {branch} already", hint))
    site.scratch.push(f"{commit}:refs/heads/{branch}")


def push(site: Site, commit: str) -> None:
    """Push R to the release branch; of two who release at once, one is refused here."""
    site.scratch.git("fetch", "--quiet", "--", "origin", f"refs/heads/{site.branch}")
    if site.scratch.commit_of("FETCH_HEAD") != commit:
        hint = "somebody may have pushed first: pull, and run the same command again"
        site.scratch.push(f"{commit}:refs/heads/{site.branch}", hint=hint)
