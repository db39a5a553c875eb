"""Where a project comes from: the template, the commit of it, and the tooling in it."""

import re

from packaging.version import Version

from ...gather.workspace import workspace_at
from ...model.problem import Problem, UsageFailure
from ...model.template.project import Origin
from ...model.url import same_repository
from ...model.version import read_version
from ...model.workspace.home import TOOLING
from ...model.workspace.workspace import MANIFEST
from ...ops.git import remote as git_remote
from ...ops.git.repository import Repository
from ...ops.tree import HEAD, Tree

ORIGIN = "origin"
FETCHED = "refs/template"
WANTED = ("heads", "tags")
HASH = re.compile("[0-9a-f]{7,64}")
DEFAULT = f"{FETCHED}/{HEAD}"  # of the template's branches


def template_url(checkout: Repository, named: str | None, repository: str) -> str:
    """Return the URL of the template: the one that is named, else that of `origin`.

    Raises `UsageFailure` where `origin` is the project's own repository, or there is none.
    """
    if named:
        return named
    url = git_remote.url_of(checkout, ORIGIN)
    if url and not same_repository(git_remote.public_url(url), repository):
        return url
    why = "`origin` is the project's own repository" if url else "there is no remote `origin`"
    hint = "name the template: --template URL"
    message = f"the template is not known: {why}"
    raise UsageFailure(Problem("template-unknown", message, hint))


def is_origin(checkout: Repository, url: str) -> bool:
    """Tell whether the remote `origin` of a clone is the template."""
    return git_remote.url_of(checkout, ORIGIN) == url


def origin_of(scratch: Repository, url: str, subdirectory: str, *, fetch: bool) -> Origin:
    """Find the commit of the template that HEAD was made of, and the newest tooling in it.

    `scratch` has the refs of the user's clone; with `fetch`, the template is asked for its own.
    Raises `UsageFailure` where HEAD has nothing in common with the template.
    """
    heads, tags = f"refs/remotes/{ORIGIN}", "refs/tags"
    if fetch:
        fetch_template(scratch, url)
        heads, tags = f"{FETCHED}/heads", f"{FETCHED}/tags"
    revision = _shared(scratch, heads)
    return Origin(
        url=git_remote.public_url(url),
        revision=revision,
        tag=_newest_tag(scratch, tags, revision),
        subdirectory=subdirectory,
    )


def fetch_template(scratch: Repository, url: str) -> None:
    """Fetch all branches and tags of the template, and which of its branches is the default."""
    refspecs = (f"+refs/{each}/*:{FETCHED}/{each}/*" for each in WANTED)
    hint = "check the URL of the template, and that git can read it"
    default = f"+{HEAD}:{DEFAULT}"
    scratch.git("fetch", "--quiet", "--no-tags", "--", url, default, *refspecs, hint=hint)


def revision_of(scratch: Repository, url: str, name: str) -> str:
    """Return the commit of the template, which was fetched, that a name leads to.

    Raises `UsageFailure` where there is none, or no workspace in it.
    """
    commit = _fetched(scratch, url, name)
    if commit and MANIFEST in Tree.of(scratch, commit).modes():
        return commit
    message = f"the template has no commit `{name}`"
    if commit:
        message = f"the template has no {MANIFEST} at `{name}`"
    hint = "name the commit that the project has now with --since, and the one to come to with --to"
    raise UsageFailure(Problem("template-revision", message, hint))


def _fetched(scratch: Repository, url: str, name: str) -> str | None:
    """Return the commit of a tag, a branch or a hash; never of a name that the project has."""
    known: tuple[str, ...] = (f"{FETCHED}/tags/{name}", f"{FETCHED}/heads/{name}")
    if name == DEFAULT or HASH.fullmatch(name):
        known = (*known, name)
    commit = next(filter(None, map(scratch.commit_of, known)), None)
    if commit is None and HASH.fullmatch(name):  # no branch leads to it any more
        scratch.asks("fetch", "--quiet", "--no-tags", "--", url, name)
        commit = scratch.commit_of(name)
    return commit


def is_behind(scratch: Repository, commit: str, other: str) -> bool:
    """Tell whether a commit is an ancestor of another, or the same."""
    return scratch.asks("merge-base", "--is-ancestor", commit, other) is not None


def template_at(scratch: Repository, url: str, commit: str) -> Origin:
    """Return the template at a commit, with the newest tooling that it has there."""
    member = workspace_at(Tree.of(scratch, commit), may_be_empty=True).members.get(TOOLING)
    return Origin(
        url=git_remote.public_url(url),
        revision=commit,
        tag=_newest_tag(scratch, f"{FETCHED}/tags", commit),
        subdirectory=member.path if member else "",
    )


def _shared(scratch: Repository, heads: str) -> str:
    """Return the newest commit that HEAD shares with the template, else one of the same files."""
    refs = scratch.git("for-each-ref", "--format=%(objectname)", heads).split()
    theirs = _commits(scratch, *refs) if refs else {}
    own = _commits(scratch, "HEAD")
    for commit in own:
        if commit in theirs:
            return commit
    by_tree = {tree: commit for commit, tree in reversed(theirs.items())}
    for tree in own.values():
        if tree in by_tree:
            return by_tree[tree]
    hint = "name the template that this is a copy of: --template URL"
    message = "this repository has no commit and no state of its files from the template"
    raise UsageFailure(Problem("template-unrelated", message, hint))


def _commits(scratch: Repository, *revisions: str) -> dict[str, str]:
    """Map commits, newest first, to their trees."""
    printed = scratch.git("log", "--topo-order", "--format=%H %T", "--end-of-options", *revisions)
    return dict(line.split(" ") for line in printed.splitlines())


def _newest_tag(scratch: Repository, tags: str, revision: str) -> str:
    pattern = f"{tags}/{TOOLING}"
    options = (f"--merged={revision}", "--format=%(refname)")
    names = scratch.git("for-each-ref", *options, pattern).splitlines()
    versions = {name: read_version(name.rpartition("/v")[2]) for name in names}
    known = [(version, name) for name, version in versions.items() if version]
    newest = max(known, default=(Version("0"), ""))[1]
    return newest.removeprefix(f"{tags}/")
