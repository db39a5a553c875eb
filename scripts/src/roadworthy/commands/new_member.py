"""The command `new-member`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from packaging.utils import canonicalize_name

from ..cli.options import Common
from ..gather.desk import files_here, workspace_here
from ..model.problem import Problem, UsageFailure, stop_on
from ..model.template.member import APPLICATION, BACKENDS, KINDS, LIBRARY, NewMember
from ..model.template.naming import name_problems
from ..model.workspace.toml import table_of
from ..model.workspace.workspace import MANIFEST, Workspace
from ..ops.tree import open_workspace
from ..report import terminal
from ..stages.steps import Steps
from ..stages.template.member import (
    folder_for,
    index_problem,
    requirements_of,
    taken_problems,
    told_by,
    write,
)
from .answer import Answer

USAGE = "write it as `nox -s new-member -- NAME --kind library`, or `--kind application`"


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `new-member` takes."""

    own_flags: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "--kind": {"help": "library (default), or application: one with a command"}
    }
    names: ClassVar[Mapping[str, object]] = {
        "nargs": "*",
        "metavar": "NAME",
        "help": "the name of the distribution, such as acme-units",
    }

    kind: str | None = None
    namespace: str | None = None
    below_folder: str | None = None
    backend: str = "uv"
    requires: Sequence[str] = ()
    additions: Sequence[str] = ()


def run(options: Options, steps: Steps) -> Answer:
    """Write a member into the working tree: its files, its place, and the lock file."""
    stop_on(_problems(options), UsageFailure)
    tree = open_workspace(options.workspace)
    files = files_here(tree)
    workspace = workspace_here(tree, files)
    member = _member(options, workspace)
    stop_on(taken_problems(member, workspace, files), UsageFailure)
    with steps("name"):
        index = workspace.index(workspace.settings.index)
        error, warning = index_problem(member.name, index)
        stop_on([error] if error else [], UsageFailure)
    with steps("write"):
        written = write(options.workspace, member, options.additions)
    return _answer(member, written, [warning] if warning else [])


def _problems(options: Options) -> list[Problem]:
    if len(options.members) != 1:
        return [Problem("member-name", "name one member to add", USAGE)]
    problems = list(name_problems(options.members[0], options.namespace or ""))
    if options.kind not in {None, *KINDS}:
        message = f"`{options.kind}` is no kind of a member"
        problems.append(Problem("member-kind", message, f"the kinds are {', '.join(KINDS)}"))
    if options.backend not in BACKENDS:
        hint = (
            f"known are {', '.join(BACKENDS)}; with any other, make it by hand: "
            "`uv init --lib --build-backend NAME packages/MEMBER`, then see what "
            "`nox -s plan -- --check` says"
        )
        problems.append(Problem("member-backend", f"`{options.backend}` is not known", hint))
    return problems


def _member(options: Options, workspace: Workspace) -> NewMember:
    """Put together what was asked for; raise `UsageFailure` with all that is wrong with it."""
    root = table_of(MANIFEST, (options.workspace / MANIFEST).read_text("utf-8"))
    name = str(canonicalize_name(options.members[0]))
    folder = folder_for(name, options.below_folder, root)
    requirements, problems = requirements_of(workspace, options.requires)
    stop_on([*problems, *([folder] if isinstance(folder, Problem) else [])], UsageFailure)
    return NewMember(
        name=name,
        kind=options.kind or LIBRARY,
        folder=str(folder),
        namespace=options.namespace or "",
        backend=BACKENDS[options.backend],
        requirements=requirements,
        told=told_by(root),
    )


def _answer(member: NewMember, written: Sequence[str], warnings: Sequence[Problem]) -> Answer:
    kind = f"an application, run as `{member.name}`"
    if member.kind != APPLICATION:
        kind = f"a library, imported as `{member.module}`"
    lines = [
        f"{member.name} is in {member.folder}: {kind}.",
        "",
        f"Write it in {member.folder}/{member.package}/__init__.py, then:",
        f"  nox -s tests -- {member.name}",
        f'  git add --all && git commit -m "feat: {member.name}"',
        "  nox -s release",
    ]
    data = {"member": member.name, "path": member.folder, "files": list(written)}
    return Answer(data, lambda: terminal.say("\n".join(lines)), warnings=warnings)
