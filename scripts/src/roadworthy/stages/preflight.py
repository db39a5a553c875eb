"""Preflight: all that a real release would refuse, found before anything is written."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ..model.problem import Failure, Problem, stop_on
from ..model.workspace.settings import Settings
from ..model.workspace.workspace import Index
from ..ops import process
from ..ops.git import making
from ..ops.git import settings as git_settings
from ..ops.git.program import require_identity
from ..ops.git.refs import moved_tags
from ..ops.git.remote import public_url
from ..ops.git.repository import Repository, is_true
from .site import current_branch, remote_url

# What is fetched becomes one file: each object in a file of its own takes longer.
IN_ONE_FILE = ("-c", "fetch.unpackLimit=1")


def require(checkout: Repository, settings: Settings, index: Index | None) -> None:
    """Raise `Failure` with everything that stands in the way of a real release."""
    stop_on(problems(checkout, settings, index, keyring=True))


def problems(
    checkout: Repository, settings: Settings, index: Index | None, *, keyring: bool = False
) -> list[Problem]:
    """Return everything that stands in the way of a real release.

    With `keyring`, a password is asked for where there is none: a rehearsal has no use for it.
    """
    found = list(checkout_problems(checkout, settings))
    if index is None:
        return found
    from .publish.credentials import credential_problems  # noqa: PLC0415 - not without an index

    return [*found, *credential_problems(index, keyring=keyring)]


def release_branch(checkout: Repository, settings: Settings) -> str:
    """Return the release branch that is checked out; raise `Failure` where none is."""
    branch = current_branch(checkout)
    if branch is None or branch not in settings.branch:
        hint = f"check out {' or '.join(settings.branch)}"
        raise Failure(
            Problem(
                "branch-not-released",
                f"{branch or 'a detached HEAD'} is not a release branch",
                hint,
            )
        )
    return branch


def checkout_problems(checkout: Repository, settings: Settings) -> Iterator[Problem]:
    """Check the user's checkout: branch, clean tree, identity, signing key and remote."""
    branch = current_branch(checkout)
    wanted = " or ".join(settings.branch)
    if branch is None:
        yield Problem(
            "head-detached",
            "HEAD is detached",
            f"check out {wanted}: releases are made from a branch",
        )
    elif branch not in settings.branch:
        hint = f"check out {wanted}, or set `branch` in [tool.release]"
        yield Problem(
            "branch-not-released",
            f"the branch is {branch}, and releases are made from {wanted}",
            hint,
        )
    yield from _tree_problems(checkout)
    if checkout.setting("extensions.objectformat") == "sha256":
        hint = "release from a repository with SHA-1 objects, which is what `git init` makes"
        yield Problem(
            "git-sha256", "the repository has SHA-256 objects, and uv cannot install from it", hint
        )
    try:
        require_identity(checkout)
    except Failure as failure:
        yield from failure.problems
    yield from _signing_problems(checkout)
    yield from _remote_problems(checkout, settings, branch)


def fast_forward(checkout: Repository, settings: Settings) -> list[Problem]:
    """Bring a clean checkout that is merely behind to the head of the remote's branch.

    Return what went wrong there: it is no part of the release, which is over. Hooks of the
    user run, as they do in every pull; git goes on after some of them, whatever they say.
    """
    remote, branch = settings.remote, current_branch(checkout)
    hint = f"the release itself is complete; `git pull --ff-only {remote} {branch}` tries again"
    try:
        words = _followed(checkout, settings, branch)
    except process.CommandFailure as failure:
        words = failure.output.strip()
        return [
            Problem(
                "checkout-not-updated",
                f"this checkout could not be updated to the remote branch:\n{words}",
                hint,
            )
        ]
    message = "this checkout was updated to the remote branch, and git or one of your hooks said:"
    hint = "the release itself is complete; check your hooks"
    return [Problem("checkout-hooks", f"{message}\n{words}", hint)] if words else []


def _followed(checkout: Repository, settings: Settings, branch: str | None) -> str:
    """Fetch and fast-forward, where that loses nothing; return what git and hooks say."""
    if branch not in settings.branch or not checkout.has_work_tree or checkout.changed():
        return ""
    plain = ("--quiet", "--no-auto-maintenance", "--no-prune", "--no-recurse-submodules", "--tags")
    merging = ("--quiet", "--ff-only", "--no-stat", "--no-autostash", "--no-verify-signatures")
    checkout.git(*IN_ONE_FILE, "fetch", *plain, "--", settings.remote, f"refs/heads/{branch}")
    head, fetched = checkout.git("rev-parse", "HEAD", "FETCH_HEAD").split()
    if head == fetched:  # as after new tags
        return ""
    plain_merge = ("-c", f"branch.{branch}.mergeOptions=", "merge")
    return checkout.says(*plain_merge, *merging, "FETCH_HEAD").strip()


def _tree_problems(checkout: Repository) -> Iterator[Problem]:
    if not checkout.has_work_tree:
        hint = "release from a clone that has one: `git clone URL`"
        yield Problem("git-bare", "the repository is bare: there is no working tree", hint)
        return
    changed = checkout.changed()
    if changed:
        count = f"{len(changed)} file{'s' if len(changed) > 1 else ''}"
        message = f"the working tree is not clean: {count}, `{changed[0].strip()}` first"
        yield Problem("tree-not-clean", message, "commit, stash or ignore these changes")


def _signing_problems(checkout: Repository) -> Iterator[Problem]:
    """Sign something that is thrown away, as a release would, where the user signs."""
    names = ("commit.gpgsign", "tag.gpgsign")
    if not any(is_true(checkout.setting(name)) for name in names):
        return
    with TemporaryDirectory() as folder:
        trial = making.init(Path(folder) / "trial.git", git_settings.ours(checkout.settings))
        try:
            trial.git("commit-tree", "-S", "-m", "trial", trial.git("mktree", stdin="").strip())
        except process.CommandFailure as failure:
            words = failure.output.strip()
            hint = (
                "set `user.signingKey` and `gpg.format` right, or unlock the key; to sign nothing, "
                "run `git config commit.gpgSign false` and `git config tag.gpgSign false`"
            )
            yield Problem("git-signing", f"git cannot sign what a release makes:\n{words}", hint)


def _remote_problems(
    checkout: Repository, settings: Settings, branch: str | None
) -> Iterator[Problem]:
    url = remote_url(checkout, settings)
    if url is None:
        hint = f"add one: `git remote add {settings.remote} URL`"
        yield Problem("remote-missing", f"there is no remote `{settings.remote}`", hint)
        return
    refs = checkout.refs_at(settings.remote)
    if refs is None:
        message = f"the remote does not answer: {public_url(url)}"
        yield Problem("remote-silent", message, f"look at `git ls-remote {settings.remote}`")
        return
    at_remote = refs.get(f"refs/heads/{branch}")
    if branch and at_remote is None:
        hint = f"push it: `git push {settings.remote} {branch}`"
        yield Problem("branch-not-at-remote", f"the remote has no branch {branch}", hint)
    elif branch and not _is_behind_or_equal(checkout, str(at_remote)):
        hint = f"push or pull first: `git status -sb` after `git fetch {settings.remote}`"
        yield Problem("head-differs", f"HEAD differs from the remote's {branch}", hint)
    yield from _tag_problems(checkout, refs)


def _is_behind_or_equal(checkout: Repository, at_remote: str) -> bool:
    """Tell whether HEAD can be fast-forwarded to the remote's branch."""
    if checkout.commit_of("HEAD") == at_remote:
        return True
    if checkout.commit_of(at_remote) is None:
        return checkout.asks("rev-list", "--max-count=1", "@{upstream}..HEAD") == ""
    return checkout.asks("merge-base", "--is-ancestor", "HEAD", at_remote) is not None


def _tag_problems(checkout: Repository, refs: Mapping[str, str]) -> Iterator[Problem]:
    for name, here, there in moved_tags(checkout, refs):
        message = f"the tag {name} is at {here[:12]} here, at {there[:12]} there"
        hint = "one of them was moved, and tags must never move: find out which is right"
        yield Problem("tag-moved", message, hint)
