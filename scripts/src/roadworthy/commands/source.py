"""Where members are installed from: this repository, or any other by its URL."""

from pathlib import Path

from ..cli.options import WithRepository
from ..gather.facts import gather
from ..model.plan.plan import make_plan
from ..model.problem import NothingToRelease, Problem, UsageFailure
from ..ops import uv
from ..ops.git import making
from ..ops.git import remote as git_remote
from ..ops.git import settings as git_settings
from ..ops.tree import HEAD, Tree
from ..stages.site import public_url, url_doubt
from ..stages.verify.mirror import Mirror
from .context import Context

# HEAD has a branch of its own in a mirror, so that a detached commit is served, too.
OWN_BRANCH = "HEAD-of-the-checkout"


def open_mirror(options: WithRepository, path: Path) -> Mirror:
    """Mirror what was asked for: the checkout, or the repository at `--url`."""
    if options.url is not None:
        uv.require("")
        mirror = making.mirror(options.url, path, git_settings.ours(git_settings.elsewhere()))
        return Mirror.of(mirror, git_remote.public_url(options.url), options.below)
    context = Context.of(options)
    url = public_url(context.checkout, context.workspace.settings)
    doubts = url_doubt(context.checkout, context.workspace.settings)
    mirror = making.borrow(context.checkout, path, OWN_BRANCH)
    return Mirror.of(mirror, url, context.tree.prefix, doubts)


def unfinished(options: WithRepository, mirror: Mirror) -> list[str]:
    """Return the tags that wait for the release tag of their commit.

    A job without any right has what it was given: a fresh clone of the remote.
    Raises `NothingToRelease` where no tag waits.
    """
    if options.url is not None or options.refs:
        hint = "leave out --url and --ref"
        raise UsageFailure(
            Problem("unfinished-with-ref", "--unfinished finds the tags by itself", hint)
        )
    closing = make_plan(gather(newest(mirror))).closing
    if not closing:
        hint = "`nox -s status` shows what is released"
        raise NothingToRelease(Problem("nothing-unfinished", "every release is finished", hint))
    return [tag.name for tag in closing]


def newest(mirror: Mirror) -> Tree:
    """Return the workspace at HEAD of a mirror."""
    return Tree.of(mirror.repository, HEAD, mirror.prefix)
