"""The command `remove-member`."""

from dataclasses import dataclass

from ..cli.options import Common
from ..gather.desk import files_here, root_of, workspace_here
from ..model.problem import Problem, UsageFailure
from ..ops.tree import open_workspace
from ..report import terminal
from ..stages.steps import Steps
from ..stages.template.moving import remove, require_clean
from .answer import Answer


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `remove-member` takes."""


def run(options: Options, steps: Steps) -> Answer:
    """Remove a member from the working tree, and from every manifest."""
    if len(options.members) != 1:
        hint = "write it as `nox -s remove-member -- NAME`"
        raise UsageFailure(Problem("member-name", "name one member to remove", hint))
    tree = open_workspace(options.workspace)
    require_clean(tree.repository)
    files = files_here(tree)
    workspace = workspace_here(tree, files)
    (member,) = workspace.select(options.members)
    if member.path == ".":
        hint = "a member at the root is the workspace itself"
        raise UsageFailure(Problem("member-name", f"{member.name} cannot be removed", hint))
    with steps("remove"):
        changed, left = remove(root_of(tree), workspace, member, files)
    lines = [f"{member.name} is gone. What was released of it stays where it is."]
    lines += [f"Still named in: {terminal.some(left)}."] if left else []
    lines += ["Look at it, then commit it."]
    data = {"member": member.name, "files": changed, "named_in": left}
    return Answer(data, lambda: terminal.say("\n".join(lines)))
