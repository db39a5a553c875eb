"""The command `verify-git-install`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..cli.options import WithInstallers, WithRepository
from ..cli.typed import as_typed
from ..cli.values import part_of
from ..gather.workspace import workspace_at
from ..model.consumer.route import DEFAULT_ROUTES, INSTALLERS, ROUTES
from ..model.problem import Problem, UsageFailure
from ..model.workspace.workspace import Member, Workspace
from ..ops.scratch import scratch_folder
from ..ops.tree import HEAD, Tree
from ..stages.build.sdists import contents_at
from ..stages.steps import Steps
from ..stages.verify.git_install import verify_git_install
from ..stages.verify.interpreter import interpreter
from ..stages.verify.mirror import Mirror
from ..stages.verify.routes import WAYS
from ..stages.verify.scope import Scope, Target
from .answer import Answer, verified
from .source import open_mirror, unfinished


@dataclass(frozen=True, kw_only=True)
class Options(WithInstallers, WithRepository):
    """What `verify-git-install` takes."""

    unfinished: bool = False
    routes: Sequence[str] | None = None
    all: bool = False
    run_commands: bool = False
    direct: bool = False
    shard: str | None = None


def run(options: Options, steps: Steps) -> Answer:
    """Install each member from git and prove that it works."""
    scope = _scope(options)
    with scratch_folder() as folder:
        with steps("mirror"):
            mirror = open_mirror(options, folder / "mirror.git")
            refs = unfinished(options, mirror) if options.unfinished else options.refs
            trees = {r: mirror.tree(c) for r, c in mirror.commits(refs or [HEAD]).items()}
        every = _targets(mirror, trees, options.members)
        _require_any(every, scope)
        targets = part_of(every, options.shard)
        with steps("build"):
            targets = _with_contents(mirror, targets, folder)
        with steps("verify-git-install"):
            python = interpreter((target.member for target in targets), options.python)
            found = verify_git_install(
                mirror, targets, scope=scope, folder=folder / "git", python=python
            )
    return verified(found, mirror.doubts)


def _targets(mirror: Mirror, trees: Mapping[str, Tree], wanted: Sequence[str]) -> list[Target]:
    """Return what is installed: all that was asked for at one ref, or each member at its tag."""
    at = {tree.commit: tree for tree in trees.values()}
    workspaces = {commit: workspace_at(tree) for commit, tree in at.items()}
    found = []
    for ref, tree in trees.items():
        workspace = workspaces[tree.commit]
        chosen = workspace.select(wanted) if len(trees) == 1 else _tagged(mirror, ref, workspace)
        found += [
            Target(member=member, ref=ref, commit=tree.commit, workspace=workspace)
            for member in chosen
            if member.installable
        ]
    return found


def _with_contents(mirror: Mirror, targets: Sequence[Target], folder: Path) -> list[Target]:
    """Build the members of each commit, to compare with them what is installed from git."""
    contents = {}
    for commit in {target.commit for target in targets}:
        own = [target for target in targets if target.commit == commit]
        members = [target.member for target in own if target.member.path != "."]
        place = folder / f"build-{commit}"
        contents[commit] = contents_at(mirror.tree(commit), own[0].workspace, members, place)
    return [replace(target, contents=contents[target.commit]) for target in targets]


def _tagged(mirror: Mirror, ref: str, workspace: Workspace) -> Sequence[Member]:
    parsed = workspace.settings.parse_tag(ref, workspace.members)
    if parsed is None:
        shape = workspace.settings.tag_format.template
        hint = f"with several --ref, each must be the tag of a member, such as {shape}"
        raise UsageFailure(
            Problem(
                "ref-not-a-member-tag", f"`{ref}` in {mirror.url} is not the tag of a member", hint
            )
        )
    return [workspace.members[name] for name in parsed[0]]


def _scope(options: Options) -> Scope:
    everything = options.all
    return Scope(
        installers=options.installers or INSTALLERS,
        routes=options.routes or (ROUTES if everything else DEFAULT_ROUTES),
        alone=everything,
        run_commands=everything or options.run_commands,
        direct=options.direct,
        is_own=options.url is None,
        again=" ".join(["nox -s verify-git-install --", *_one_alone(options)]),
    )


def _one_alone(options: Options) -> list[str]:
    """Return what was typed but for what is chosen anew: member, route and installer."""
    chosen = replace(options, members=())
    run_commands = ["--run-commands"] if options.all and not options.run_commands else []
    return [*as_typed(chosen, but=["--route", "--installer", "--all", "--shard"]), *run_commands]


def _require_any(targets: Sequence[Target], scope: Scope) -> None:
    """Refuse a check of nothing: it would pass, and say nothing."""
    taken = any(scope.has(way, target) for way in WAYS for target in targets)
    if not taken:
        routes, installers = ", ".join(scope.routes), " and ".join(scope.installers)
        message = f"no member can be installed by {routes} with {installers}"
        hint = "a tool has a command, and an umbrella is at the root; `--all` tries every route"
        raise UsageFailure(Problem("route-without-member", message, hint))
