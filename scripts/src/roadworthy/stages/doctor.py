"""Look at all that a release relies on: tools, remote, index, credentials and names.

Nothing is written and nothing is uploaded, and what can be asked is really asked.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from packaging.utils import NormalizedName

from ..gather.desk import files_here, workspace_here
from ..model.plan.facts import Facts, Page
from ..model.problem import Failure, Problem
from ..model.workspace.settings import Settings
from ..model.workspace.toml import table_of
from ..model.workspace.umbrella import umbrella_problems
from ..model.workspace.workspace import MANIFEST, Index
from ..ops import index as indexes
from ..ops import uv, uv_publish
from ..ops.git import program
from ..ops.git import settings as settings_of_git
from ..ops.git.repository import Repository
from ..ops.git.writing import PLAIN_PUSH
from ..ops.known_indexes import entry_of
from ..ops.python import python_for
from ..ops.tree import Tree
from .preflight import checkout_problems
from .publish.credentials import credential_problems
from .site import current_branch, planned_branch, public_url

UV_ERROR, STALE = "error: ", "needs to be updated"


class Mark(StrEnum):
    """How a check ended."""

    FINE = "ok"
    DOUBT = "look"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a check looked at, what it found, and the way out where that is not fine."""

    what: str
    mark: Mark
    found: str
    hint: str = ""


def examine(
    checkout: Repository, facts: Facts, settings: Settings, index: Index | None
) -> Iterator[Finding]:
    """Return the findings, in the order in which a release would come upon them."""
    yield from _tools()
    problems = list(checkout_problems(checkout, settings))
    yield from _checkout(checkout, problems)
    if not any(problem.code.startswith("remote-") for problem in problems):
        yield _push(checkout, settings)
    if index is None:
        hint = "`nox -s add-index -- NAME` adds one; git alone is a way to release, too"
        yield Finding(what="index", mark=Mark.FINE, found="none: git only", hint=hint)
        return
    pages = indexes.read_pages(index, _released(facts))
    yield _reading(index, pages)
    yield _credentials(index)
    yield from lifetime(index)
    yield from _names(facts, index, pages)
    yield from first_release(checkout, settings, index, pages)


def at_desk(tree: Tree) -> Iterator[Finding]:
    """Look at the manifests and the lock file as they lie in the working tree now.

    Here is why a session cannot install the tooling from the lock file.
    """
    try:
        root = table_of(MANIFEST, (tree.repository.path / MANIFEST).read_text("utf-8"))
        workspace = workspace_here(tree, files_here(tree))
    except Failure as failure:
        yield from (wrong("workspace", problem) for problem in failure.problems)
        return
    problems = list(umbrella_problems(root, workspace))
    yield from (wrong("umbrella", problem) for problem in problems)
    if not problems:  # else uv would say of the lock file what is said already
        yield _lock(tree.repository.path, str(workspace.requires_python))


def _lock(root: Path, range_: str) -> Finding:
    try:
        uv.lock(root, settings_of_git.unbound(), "--check", python=python_for(range_))
    except Failure as failure:
        said = failure.problems[0].message
        errors = (line for line in said.splitlines() if line.startswith(UV_ERROR))
        found = next(errors, said).removeprefix(UV_ERROR)
        if STALE not in found:  # such as an interpreter that is not here
            hint = "`uv lock --check` says the same"
            return Finding(what="uv.lock", mark=Mark.DOUBT, found=found, hint=hint)
        hint = "run `uv lock` and commit uv.lock"
        return Finding(what="uv.lock", mark=Mark.WRONG, found=found, hint=hint)
    return Finding(what="uv.lock", mark=Mark.FINE, found="up to date")


def _tools() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(what="python", mark=Mark.FINE, found=python)
    for what, ask in (("git", program.version), ("uv", uv.version)):
        yield _asked(what, ask)


def _asked(what: str, ask: Callable[[], str]) -> Finding:
    try:
        return Finding(what=what, mark=Mark.FINE, found=ask())
    except Failure as failure:
        return wrong(what, failure.problems[0])


def wrong(what: str, problem: Problem) -> Finding:
    """Return a problem as a finding."""
    return Finding(what=what, mark=Mark.WRONG, found=problem.message, hint=problem.hint)


def _checkout(checkout: Repository, problems: Iterable[Problem]) -> Iterator[Finding]:
    found = [wrong("checkout", problem) for problem in problems]
    branch = current_branch(checkout)
    fine = Finding(what="checkout", mark=Mark.FINE, found=f"{branch}, clean, as at the remote")
    yield from found or [fine]


def _push(checkout: Repository, settings: Settings) -> Finding:
    """Ask the remote for the right to push, and push nothing."""
    branch = planned_branch(checkout, settings)
    target = f"HEAD:refs/heads/{branch}"
    try:
        checkout.git("push", "--dry-run", *PLAIN_PUSH, "--", settings.remote, target)
    except Failure as failure:
        hint = "a protected branch: `nox -s prepare -- --execute --branch NAME`; else credentials"
        words = failure.problems[0].message.splitlines()[-1]
        return Finding(what="push", mark=Mark.WRONG, found=words, hint=hint)
    found = f"{settings.remote} takes a push to {branch}"
    return Finding(what="push", mark=Mark.FINE, found=found)


def _released(facts: Facts) -> list[NormalizedName]:
    return [m.name for m in facts.workspace.members.values() if not m.never_released]


def _reading(index: Index, pages: Mapping[NormalizedName, Page]) -> Finding:
    unknown = {name: page for name, page in pages.items() if page.unknown}
    if not unknown:
        return Finding(what="index", mark=Mark.FINE, found=f"{index.name} answers, {index.shown}")
    name, page = next(iter(unknown.items()))
    found = f"{index.name} gives no clear answer about {name}: {page.unknown}"
    hint = page.way_out or f"look at {index.shown}, and at the network"
    return Finding(what="index", mark=Mark.WRONG, found=found, hint=hint)


def _credentials(index: Index) -> Finding:
    """Send an upload without a file: a wrong password is refused, and nothing can be taken."""
    given = uv_publish.given_to(index)
    problem = next(credential_problems(index), None)
    if problem:
        return wrong("credentials", problem)
    sent = uv_publish.login_of(index, given)
    if sent is None:
        found = "the identity of a CI: it is asked when it uploads"
        return Finding(what="credentials", mark=Mark.DOUBT, found=found)
    answer = indexes.asked_to_upload(index, sent)
    if answer in {"401", "403"}:
        hint = "set UV_PUBLISH_TOKEN, or UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD, anew"
        found = f"{index.name} refuses them ({answer})"
        return Finding(what="credentials", mark=Mark.WRONG, found=found, hint=hint)
    if answer in {"400", "422"}:
        return Finding(what="credentials", mark=Mark.FINE, found=f"{index.name} accepts them")
    if not answer.isdecimal():
        found = f"{index.name} does not say whether it takes them: {answer}"
    else:
        found = f"{index.name} answers {answer}, which says nothing of them"
    return Finding(what="credentials", mark=Mark.DOUBT, found=found)


def lifetime(index: Index) -> Iterator[Finding]:
    """Say how long what is uploaded with is good for, where that is known."""
    entry = entry_of(index)
    is_trusted = uv_publish.has_identity(uv_publish.given_to(index))
    seconds = entry and (entry.trusted_publishing_seconds if is_trusted else entry.token_seconds)
    if seconds:
        found = f"good for {_in_words(seconds)} from when it was made"
        hint = "where it ends in the middle, the same command goes on with a new one"
        yield Finding(what="token", mark=Mark.FINE, found=found, hint=hint)


def _has_token(index: Index) -> bool:
    return uv_publish.login_of(index, uv_publish.given_to(index)) is not None


def _in_words(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"


def _names(facts: Facts, index: Index, pages: Mapping[NormalizedName, Page]) -> Iterator[Finding]:
    """Say of each name whether it is free, ours, or somebody else's."""
    for name, page in pages.items():
        if page.unknown:
            continue
        ours = facts.member_tags.get(name, {}).keys() & page.files.keys()
        if page.files and not ours:
            hint = "choose another name, or, if it is yours, tag what is there"
            found = f"{index.name} has versions of it, and none has a tag here"
            yield Finding(what=name, mark=Mark.DOUBT, found=found, hint=hint)
        else:
            found = "ours" if ours else "free: the first release takes it"
            yield Finding(what=name, mark=Mark.FINE, found=found)


def first_release(
    checkout: Repository, settings: Settings, index: Index, pages: Mapping[NormalizedName, Page]
) -> Iterator[Finding]:
    """Say what a first release needs of an index: pending publishers, and an hour for so many."""
    entry = entry_of(index)
    new = [name for name, page in pages.items() if not page.files and not page.unknown]
    if entry is None or not new:
        return
    if entry.trusted_publishing_seconds and not _has_token(index):
        found = f"trusted publishing wants a pending publisher at {entry.title} for each new name"
        where = public_url(checkout, settings)
        hint = f"for {where}, in the environment `{index.name}`: {', '.join(new)}"
        yield Finding(what="publishers", mark=Mark.DOUBT, found=found, hint=hint)
    if 0 < entry.new_projects_an_hour < len(new):
        hint = "release some first, with --only; the same command goes on an hour later"
        found = f"{len(new)} new names, and {entry.new_projects_an_hour} are allowed in an hour"
        yield Finding(what="first release", mark=Mark.DOUBT, found=found, hint=hint)
