"""A release under way: where, of what, and on which terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName

from ..gather import workspace_at
from ..model.consumer.route import INSTALLERS
from ..model.plan.facts import Facts
from ..model.plan.graph import closure, reversed_graph
from ..model.plan.plan import Plan, Release
from ..model.workspace.workspace import Workspace
from .site import Site
from .verify.environments import interpreter


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How a release is verified: the interpreter, the installers, and how long an index may take.

    `seconds` bounds each wait for an index to show a file; None leaves it to each step.
    """

    python: str | None = None
    installers: Sequence[str] = INSTALLERS
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A release under way: where, of what, and the workspace at each commit involved."""

    site: Site
    facts: Facts
    plan: Plan
    head: str
    workspaces: Mapping[str, Workspace]
    python: str
    terms: Terms

    @property
    def is_lockstep(self) -> bool:
        """Tell whether all members are released together, or none."""
        return self.facts.workspace.settings.is_lockstep

    def commit_of(self, release: Release) -> str:
        """Return the commit that a release is made from."""
        return release.finished_from or self.head

    def by_commit(self) -> dict[str, list[Release]]:
        """Return the releases of each commit."""
        groups: dict[str, list[Release]] = {}
        for release in self.plan.releases:
            groups.setdefault(self.commit_of(release), []).append(release)
        return groups

    def involved(self, commit: str) -> list[NormalizedName]:
        """Return what a commit releases, and what must go on working with it.

        Nobody has a dependent yet that was never released, and is not released now.
        """
        workspace = self.workspaces[commit]
        released = [r.name for r in self.plan.releases if self.commit_of(r) == commit]
        if commit != self.head:
            return sorted(released)
        dependents = reversed_graph(workspace.graph)
        names = {name for start in released for name in closure(dependents, start)}
        used = {name for name in names if workspace.members[name].never_released}
        used |= names & (self.facts.priors().keys() | set(released))
        return sorted(name for name in used if workspace.members[name].installable)


def begin(site: Site, facts: Facts, plan: Plan, head: str, terms: Terms) -> Work:
    """Begin the work of a plan whose release commit, or what stands for it, is `head`."""
    commits = {head, *(release.finished_from or head for release in plan.releases)}
    commits |= {tag.commit for tag in plan.closing}
    versions = {name: version for name, (version, _) in facts.priors().items()}
    versions |= {release.name: release.planned_version for release in plan.releases}
    workspaces = {
        commit: workspace_at(site.scratch, commit, site.prefix).at_versions(versions)
        for commit in commits
    }
    return Work(
        site=site,
        facts=facts,
        plan=plan,
        head=head,
        workspaces=workspaces,
        python=interpreter(workspaces[head], terms.python),
        terms=terms,
    )
