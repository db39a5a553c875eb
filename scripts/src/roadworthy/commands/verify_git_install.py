"""The command `verify-git-install`."""

from argparse import Namespace
from collections.abc import Sequence

from ..gather import workspace_at
from ..model.consumer.route import DEFAULT_ROUTES, INSTALLERS, ROUTES
from ..model.problem import Problem, UsageFailure
from ..model.workspace.workspace import Member, Workspace
from ..ops.scratch import scratch_folder
from ..stages.build.sdists import contents_at
from ..stages.checkout import Tree
from ..stages.steps import Steps
from ..stages.verify.environments import interpreter
from ..stages.verify.git_install import Place, Scope, Target, verify_git_install
from ..stages.verify.routes import WAYS
from ..typed import as_typed
from .context import Answer, verified
from .source import HEAD, Source, open_source, open_unfinished


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Install each member from git and prove that it works."""
    with scratch_folder() as folder:
        with steps("mirror"):
            opened = open_unfinished if arguments.unfinished else open_source
            source = opened(arguments, folder / "mirror.git")
            named = source.commits(source.refs or arguments.refs or [HEAD])
        workspaces = {c: workspace_at(source.mirror, c, source.prefix) for c in named.values()}
        targets = _targets(source, named, workspaces, arguments.members)
        scope = _scope(arguments)
        _require_any(targets, scope)
        with steps("build"):
            contents = {
                commit: contents_at(
                    Tree(repository=source.mirror, commit=commit, prefix=source.prefix),
                    workspaces[commit],
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


def _targets(
    source: Source,
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


def _tagged(source: Source, ref: str, workspace: Workspace) -> Sequence[Member]:
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
        again=" ".join(["nox -s verify-git-install --", *_one_alone(arguments)]),
    )


def _one_alone(arguments: Namespace) -> list[str]:
    """Return what was typed but for what is chosen anew: member, route and installer."""
    chosen = Namespace(**{**vars(arguments), "members": []})
    run_commands = ["--run-commands"] if arguments.all and not arguments.run_commands else []
    return [*as_typed(chosen, but=["--route", "--installer", "--all"]), *run_commands]


def _require_any(targets: Sequence[Target], scope: Scope) -> None:
    """Refuse a check of nothing: it would pass, and say nothing."""
    taken = any(scope.has(way, target) for way in WAYS for target in targets)
    if not taken:
        routes, installers = ", ".join(scope.routes), " and ".join(scope.installers)
        message = f"no member can be installed by {routes} with {installers}"
        hint = "a tool has a command, and an umbrella is at the root; `--all` tries every route"
        raise UsageFailure(Problem(message, hint))
