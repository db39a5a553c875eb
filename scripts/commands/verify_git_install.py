"""The command `verify-git-install`."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from ..gather import resolve, workspace_at
from ..model.problem import Problem, UsageFailure
from ..model.route import DEFAULT_ROUTES, INSTALLERS, ROUTES
from ..model.workspace import Member, Workspace
from ..ops import git, uv
from ..ops.git import Repository
from ..stages import site
from ..stages.environments import interpreter
from ..stages.sdists import contents_at
from ..stages.site import scratch_folder
from ..stages.steps import Steps
from ..stages.verify_git_install import Place, Scope, Target, verify_git_install
from .context import Answer, Context, verified

HEAD = "HEAD"


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Install each member from git and prove that it works."""
    with scratch_folder() as folder:
        with steps("mirror"):
            source = _source(arguments, folder / "mirror.git")
            named = _named(source, arguments.refs or [HEAD])
        workspaces = {c: workspace_at(source.mirror, c, source.prefix) for c in named.values()}
        targets = _targets(source, named, workspaces, arguments.members)
        scope = _scope(arguments)
        _require_any(targets, scope)
        with steps("build"):
            contents = {
                commit: contents_at(
                    source.mirror,
                    commit,
                    source.prefix,
                    [t.member for t in targets if t.commit == commit and t.member.path != "."],
                    folder / f"build-{commit}",
                )
                for commit in workspaces
            }
        place = Place(
            mirror=source.mirror,
            url=source.url,
            prefix=source.prefix,
            workspaces=workspaces,
            contents=contents,
        )
        with steps("verify-git-install"):
            python = interpreter(next(iter(workspaces.values())), arguments.python)
            found = verify_git_install(
                place, targets, scope=scope, folder=folder / "git", python=python
            )
    return verified(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """Where members come from: this repository, or any other by its URL."""

    mirror: Repository
    url: str
    prefix: str


def _source(arguments: Namespace, path: Path) -> _Source:
    if arguments.url is None:
        context = Context.of(arguments)
        checkout = context.checkout
        url = site.public_url(checkout, context.workspace.settings)
        own = HEAD in (arguments.refs or [HEAD])
        mirror = _own_mirror(checkout, path, is_at_head=own)
        return _Source(mirror=mirror, url=url, prefix=context.prefix)
    uv.require("")
    mirror = git.mirror(arguments.url, path)
    return _Source(mirror=mirror, url=git.public_url(arguments.url), prefix=arguments.below)


def _own_mirror(checkout: Repository, path: Path, *, is_at_head: bool) -> Repository:
    """Mirror the checkout, with a ref on HEAD so that a detached commit is served, too."""
    common = checkout.git("rev-parse", "--path-format=absolute", "--git-common-dir").strip()
    mirror = git.mirror(common, path)
    if is_at_head:
        mirror.git("update-ref", "refs/heads/HEAD-of-the-checkout", resolve(checkout, HEAD))
        mirror.git("symbolic-ref", HEAD, "refs/heads/HEAD-of-the-checkout")
    return mirror


def _named(source: _Source, refs: Sequence[str]) -> dict[str, str]:
    """Return the commit of each ref; HEAD is named by its commit, the empty ref is the default."""
    commits = {ref: resolve(source.mirror, _full_ref(source.mirror, ref or HEAD)) for ref in refs}
    return {commit if ref == HEAD else ref: commit for ref, commit in commits.items()}


def _full_ref(mirror: Repository, ref: str) -> str:
    """Prefer a tag to a branch of the same name, as a release means it."""
    for candidate in (f"refs/tags/{ref}", f"refs/heads/{ref}"):
        if mirror.commit_of(candidate):
            return candidate
    return ref


def _targets(
    source: _Source,
    named: dict[str, str],
    workspaces: dict[str, Workspace],
    wanted: Sequence[str],
) -> list[Target]:
    """Return what is installed: all that was asked for at one ref, or each member at its tag."""
    if len(named) == 1:
        ((ref, commit),) = named.items()
        chosen = [(ref, commit, m) for m in workspaces[commit].select(wanted)]
    else:
        chosen = [
            (ref, commit, member)
            for ref, commit in named.items()
            for member in _tagged(source, ref, workspaces[commit])
        ]
    return [Target(member=m, ref=ref, commit=c) for ref, c, m in chosen if m.installable]


def _tagged(source: _Source, ref: str, workspace: Workspace) -> Sequence[Member]:
    parsed = workspace.settings.tag_format.parse(ref, workspace.members)
    if parsed is None:
        shape = workspace.settings.tag_format.template
        hint = f"several refs are for several members: each is a tag such as {shape}"
        raise UsageFailure(Problem(f"`{ref}` in {source.url} is no tag of a member", hint))
    return [workspace.members[name] for name in parsed[0]]


def _scope(arguments: Namespace) -> Scope:
    everything = arguments.all
    return Scope(
        installers=arguments.installers or INSTALLERS,
        routes=arguments.routes or (ROUTES if everything else DEFAULT_ROUTES),
        alone=everything,
        run_commands=everything or arguments.run_commands,
        direct=arguments.direct,
        again=" ".join(["nox -s verify-git-install --", *_as_typed(arguments)]),
    )


def _as_typed(arguments: Namespace) -> list[str]:
    url = git.public_url(arguments.url) if arguments.url else ""
    typed = ["--url", quote(url)] if url else []
    typed += ["--below", quote(arguments.below)] if arguments.below else []
    typed += [word for ref in arguments.refs for word in ("--ref", quote(ref))]
    typed += ["--direct"] if arguments.direct else []
    return typed + (["--run-commands"] if arguments.all or arguments.run_commands else [])


def _require_any(targets: Sequence[Target], scope: Scope) -> None:
    """Refuse a check of nothing: it would pass, and say nothing."""
    taken = any(way.takes(target.member) for way in scope.ways() for target in targets)
    if not taken:
        routes, installers = ", ".join(scope.routes), " and ".join(scope.installers)
        message = f"no member can be installed by {routes} with {installers}"
        hint = "a tool has a command, and an umbrella is at the root; `--all` tries every route"
        raise UsageFailure(Problem(message, hint))
