"""Compare a change with what it is to be merged into."""

from ...model.history.review import Review, review
from ...model.problem import Problem, UsageFailure
from ...model.workspace.workspace import Workspace
from ...ops.tree import Tree


def reviewed(tree: Tree, workspace: Workspace, base: str) -> Review:
    """Say what a change does to members, since it parted from the revision `base`.

    Raises `UsageFailure` where there is no such commit.
    """
    if tree.repository.commit_of(base) is None:
        hint = "name a branch, a tag or a commit; in CI, fetch it first"
        raise UsageFailure(
            Problem("commit-unknown", f"there is no commit `{base}` to compare with", hint)
        )
    return review(workspace, base, tree.changed_since(base), tree.history([base]))
