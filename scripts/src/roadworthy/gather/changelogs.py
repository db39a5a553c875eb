"""Reads the changelogs of what is planned: whether a section can be put into each."""

from ..model.plan.plan import Plan
from ..model.problem import Problem
from ..model.workspace.edit import log_problems
from ..model.workspace.workspace import Workspace
from ..ops.tree import Tree


def changelog_problems(tree: Tree, plan: Plan, workspace: Workspace) -> list[Problem]:
    """Return the problems with the changelogs of the members that are released."""
    due = [release.name for release in plan.releases if not release.finished_from]
    texts = tree.texts([workspace.members[name].changelog for name in due]) if due else {}
    return list(log_problems(plan, workspace, texts))
