"""Where members are installed from: this repository, or any other by its URL."""

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ..gather import gather, resolve
from ..model.plan.plan import make_plan
from ..model.problem import NothingToRelease, Problem, UsageFailure
from ..ops import git, git_settings, uv
from ..ops.git import Repository
from ..stages import site
from .context import Context

HEAD = "HEAD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A repository, the URL that consumers know it by, and where the workspace lies in it.

    `refs` are those that are meant, where the repository itself says which.
    """

    mirror: Repository
    url: str
    prefix: str
    refs: tuple[str, ...] = ()

    def commits(self, refs: Iterable[str]) -> dict[str, str]:
        """Return the commit of each ref; HEAD is named by its commit, "" is the default branch.

        Raises `UsageFailure` for one that is not there.
        """
        found = {ref: resolve(self.mirror, self._full(ref or HEAD)) for ref in refs}
        return {commit if ref == HEAD else ref: commit for ref, commit in found.items()}

    def _full(self, ref: str) -> str:
        """Prefer a tag to a branch of the same name, as a release means it."""
        for candidate in (f"refs/tags/{ref}", f"refs/heads/{ref}"):
            if self.mirror.commit_of(candidate):
                return candidate
        return ref


def open_source(arguments: Namespace, path: Path) -> Source:
    """Mirror what was asked for: the checkout, or the repository at `--url`."""
    if arguments.url is not None:
        uv.require("")
        mirror = git.mirror(arguments.url, path, git_settings.ours(git_settings.elsewhere()))
        return Source(mirror=mirror, url=git.public_url(arguments.url), prefix=arguments.below)
    context = Context.of(arguments)
    url = site.public_url(context.checkout, context.workspace.settings)
    # HEAD has a branch of its own, so that a detached commit is served, too.
    mirror = git.borrow(context.checkout, path, "HEAD-of-the-checkout")
    return Source(mirror=mirror, url=url, prefix=context.prefix)


def open_unfinished(arguments: Namespace, path: Path) -> Source:
    """Mirror the checkout, with the tags that wait for the release tag of their commit.

    A job without any right has what it was given: a fresh clone of the remote.
    Raises `NothingToRelease` where no tag waits.
    """
    if arguments.url is not None or arguments.refs:
        hint = "leave out --url and --ref"
        raise UsageFailure(Problem("--unfinished finds the tags by itself", hint))
    source = open_source(arguments, path)
    closing = make_plan(gather(source.mirror, source.prefix)).closing
    if not closing:
        hint = "`nox -s status` shows what is released"
        raise NothingToRelease(Problem("no tag waits for its release to be finished", hint))
    return replace(source, refs=tuple(tag.name for tag in closing))
