"""Where members are installed from: this repository, or any other by its URL."""

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..gather import resolve
from ..ops import git, uv
from ..ops.git import Repository
from ..stages import site
from .context import Context

HEAD = "HEAD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A repository, the URL that consumers know it by, and where the workspace lies in it."""

    mirror: Repository
    url: str
    prefix: str

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
        mirror = git.mirror(arguments.url, path)
        return Source(mirror=mirror, url=git.public_url(arguments.url), prefix=arguments.below)
    context = Context.of(arguments)
    url = site.public_url(context.checkout, context.workspace.settings)
    mirror = _own_mirror(context.checkout, path, is_at_head=HEAD in (arguments.refs or [HEAD]))
    return Source(mirror=mirror, url=url, prefix=context.prefix)


def _own_mirror(checkout: Repository, path: Path, *, is_at_head: bool) -> Repository:
    """Mirror the checkout, with a ref on HEAD so that a detached commit is served, too."""
    common = checkout.git("rev-parse", "--path-format=absolute", "--git-common-dir").strip()
    mirror = git.mirror(common, path)
    if is_at_head:
        mirror.git("update-ref", "refs/heads/HEAD-of-the-checkout", resolve(checkout, HEAD))
        mirror.git("symbolic-ref", HEAD, "refs/heads/HEAD-of-the-checkout")
    return mirror
