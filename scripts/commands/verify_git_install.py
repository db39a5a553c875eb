"""The command `verify-git-install`."""

from argparse import Namespace
from pathlib import Path

from ..gather import resolve, workspace_at
from ..ops import git, uv
from ..ops.git import Repository
from ..stages import site
from ..stages.environments import interpreter
from ..stages.site import scratch_folder
from ..stages.steps import Steps
from ..stages.verify_git_install import INSTALLERS, Target, verify_git_install
from .context import Answer, Context, verified


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Install each member from git and prove that it works."""
    url, ref, installers = arguments.url, arguments.ref, arguments.installers or INSTALLERS
    with scratch_folder() as folder:
        with steps("mirror"):
            if url is None:
                context = Context.of(arguments)
                prefix = context.prefix
                url = site.public_url(context.checkout, context.workspace.settings)
                mirror = _own_mirror(context.checkout, folder / "mirror.git", ref)
            else:
                prefix = ""
                uv.require("")
                mirror = git.mirror(url, folder / "mirror.git")
                url = git.public_url(url)
            commit = resolve(mirror, _full_ref(mirror, ref))
        workspace = workspace_at(mirror, commit, prefix)
        named = commit if ref == "HEAD" else ref
        targets = [
            Target(member=member, ref=named, commit=commit)
            for member in workspace.select(arguments.members)
            if member.installable
        ]
        with steps("verify-git-install"):
            found = verify_git_install(
                mirror,
                url,
                targets,
                prefix=prefix,
                workspaces={commit: workspace},
                folder=folder / "git",
                python=interpreter(workspace, arguments.python),
                installers=installers,
                direct=arguments.direct,
            )
    return verified(found)


def _own_mirror(checkout: Repository, path: Path, ref: str) -> Repository:
    """Mirror the checkout, with a ref on HEAD so that a detached commit is served, too."""
    common = checkout.git("rev-parse", "--path-format=absolute", "--git-common-dir").strip()
    mirror = git.mirror(common, path)
    if ref == "HEAD":
        mirror.git("update-ref", "refs/heads/HEAD-of-the-checkout", resolve(checkout, "HEAD"))
        mirror.git("symbolic-ref", "HEAD", "refs/heads/HEAD-of-the-checkout")
    return mirror


def _full_ref(mirror: Repository, ref: str) -> str:
    """Prefer a tag to a branch of the same name, as a release means it."""
    for candidate in (f"refs/tags/{ref}", f"refs/heads/{ref}"):
        if mirror.commit_of(candidate):
            return candidate
    return ref
