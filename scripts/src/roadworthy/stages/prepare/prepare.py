"""Prepare: make the release commit R in the scratch clone, and push it."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ...model.problem import Failure, Problem
from ...model.workspace.edit import edited_files, edits, release_message
from ...ops.git.writing import push as push_refs
from ..work import Work, at_commit
from .files import LOCK, lay_out
from .lock import updated_lock


def prepare(work: Work) -> Work:
    """Make R: versions, ranges, changelogs and `uv.lock`.

    Where the plan edits nothing, as when R is pushed already, R is the commit planned from.
    """
    with ThreadPoolExecutor(1) as beside:  # git writes what uv will read while edits are made
        read = beside.submit(lay_out, work.tree, work.facts.workspace)
        changed = planned_edits(work)
        made = _commit(work, changed, read.result()) if changed else work.plan.base
    return replace(work, commit=made)


def require_prepared(work: Work) -> Work:
    """Take the commit planned from for R; raise `Failure` where R is still to be made."""
    unprepared = sorted(planned_edits(work))
    if unprepared:
        message = (
            f"the release commit is missing; these files would change: {', '.join(unprepared)}"
        )
        raise Failure(
            Problem("release-commit-missing", message, "run `nox -s prepare -- --execute` first")
        )
    return at_commit(work, work.plan.base)


def planned_edits(work: Work) -> dict[str, str | None]:
    """Return the new text of every file that R changes; nothing where R is made already."""
    workspace = work.facts.workspace
    texts = work.tree.texts(edited_files(work.plan, workspace))
    return edits(work.plan, workspace, texts, work.facts.day)


def _commit(work: Work, changed: dict[str, str | None], read: Collection[str]) -> str:
    lock = updated_lock(work.tree, work.facts.workspace, changed, read)
    texts = changed | ({LOCK: lock} if lock else {})
    return work.tree.commit_on(work.site.branch, texts, release_message(work.plan))


def shown(work: Work) -> str:
    """Return the release commit as a patch; empty where there is nothing to commit."""
    if work.commit == work.plan.base:
        return ""
    return work.site.scratch.git("show", "--no-color", "--format=%B", work.commit)


def push(work: Work) -> Work:
    """Push R to the release branch; of two who release at once, one is refused here."""
    if work.commit != work.plan.base:  # else it is there: the scratch clone has it from there
        hint = "somebody may have pushed first: pull, and run the same command again"
        refspec = f"{work.commit}:refs/heads/{work.site.branch}"
        push_refs(work.site.scratch, refspec, hint=hint)
    return work


def propose(work: Work, branch: str) -> Work:
    """Push R to a new branch, where the release branch takes no push: it is merged there.

    Raises `Failure` where the branch is there already: it may be somebody's.
    """
    site = work.site
    hint = f"after the merge, or to propose again: `git push {site.url} --delete {branch}`"
    if site.scratch.git("ls-remote", "--", "origin", f"refs/heads/{branch}"):
        raise Failure(Problem("branch-exists", f"the remote has a branch {branch} already", hint))
    push_refs(site.scratch, f"{work.commit}:refs/heads/{branch}")
    return work
