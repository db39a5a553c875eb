"""The command `rename-member`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from packaging.utils import canonicalize_name

from ..cli.options import Common
from ..gather.desk import files_here, root_of, workspace_here
from ..model.problem import Problem, UsageFailure, stop_on
from ..model.template.naming import name_problems
from ..model.template.renaming import Renaming
from ..model.workspace.workspace import Workspace
from ..ops.tree import open_workspace
from ..report import terminal
from ..stages.steps import Steps
from ..stages.template.member import index_problem
from ..stages.template.moving import rename, require_clean
from .answer import Answer


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `rename-member` takes."""

    names: ClassVar[Mapping[str, object]] = {
        "nargs": "*",
        "metavar": "MEMBER",
        "help": "the name that it has, and the name that it gets",
    }


def run(options: Options, steps: Steps) -> Answer:
    """Rename a member in the working tree: with everything that names it."""
    if len(options.members) != 2:
        hint = "write it as `nox -s rename-member -- OLD NEW`"
        raise UsageFailure(Problem("member-name", "name a member, and its new name", hint))
    tree = open_workspace(options.workspace)
    require_clean(tree.repository)
    files = files_here(tree)
    workspace = workspace_here(tree, files)
    (member,) = workspace.select(options.members[:1])
    new = str(canonicalize_name(options.members[1]))
    stop_on(_name_problems(new, workspace), UsageFailure)
    with steps("name"):
        error, warning = index_problem(new, workspace.index(workspace.settings.index))
        stop_on([error] if error else [], UsageFailure)
    with steps("rename"):
        renaming, changed = rename(root_of(tree), workspace, member, new, files)
    warnings = [warning] if warning else []
    return _answer(renaming, changed, warnings)


def _name_problems(new: str, workspace: Workspace) -> Iterator[Problem]:
    yield from name_problems(new)
    if new in workspace.members:
        message = f"there is a member named {new} already"
        yield Problem("name-taken", message, "choose another")


def _answer(renaming: Renaming, changed: Sequence[str], warnings: Sequence[Problem]) -> Answer:
    lines = [
        f"{renaming.old} is {renaming.new} now, in {renaming.new_folder}.",
        f"It is imported as `{renaming.new_module}`."
        if renaming.new_module
        else "Its import stays.",
        "It is a new distribution: what was released keeps its name.",
        "Look at it, then commit it.",
    ]
    data = {"member": renaming.new, "path": renaming.new_folder, "files": list(changed)}
    return Answer(data, lambda: terminal.say("\n".join(lines)), warnings=warnings)
