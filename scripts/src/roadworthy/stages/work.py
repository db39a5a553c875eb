"""A release under way: where it takes place, what is due, and what is done so far.

`release` takes all steps in one process, the jobs of a CI some of them each. Both hand
this value from one step to the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.utils import NormalizedName

from ..gather.changelogs import changelog_problems
from ..gather.facts import gather
from ..gather.workspace import workspace_at
from ..model.consumer.route import INSTALLERS
from ..model.distribution import Distribution
from ..model.history.tag import Tag
from ..model.plan.facts import Facts
from ..model.plan.graph import closure, reversed_graph
from ..model.plan.intent import Intent
from ..model.plan.plan import Plan, Release, make_plan
from ..model.problem import Problem, UsageFailure, stop_on
from ..model.result import Result
from ..model.upload import Upload
from ..model.workspace.home import at_home
from ..model.workspace.setting_values import Proof
from ..model.workspace.workspace import Workspace
from ..ops.tree import Tree
from .site import Site
from .verify.interpreter import interpreter


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How a release is verified: the interpreter, the installers, and how long an index may take.

    `seconds` bounds each wait for an index to show a file; None leaves it to each step.
    `prove` is what members' tests are run against; empty leaves it to the settings.
    """

    python: str | None = None
    installers: Sequence[str] = INSTALLERS
    seconds: float | None = None
    prove: Sequence[Proof] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What is released from one commit, and the workspace as it is there.

    `involved` are the members that must work afterwards; `built` is all that was built.
    """

    tree: Tree
    workspace: Workspace
    releases: tuple[Release, ...]
    involved: tuple[NormalizedName, ...] = ()
    built: tuple[Distribution, ...] = ()

    @property
    def commit(self) -> str:
        """Return the commit that the releases are made from."""
        return self.tree.commit

    @property
    def names(self) -> frozenset[NormalizedName]:
        """Return the members that are released."""
        return frozenset(release.name for release in self.releases)

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Return the tags that the releases still need; members may share one."""
        names = (release.planned_tag for release in self.releases if not release.tagged)
        return tuple(Tag(name=name, commit=self.commit) for name in dict.fromkeys(names))

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """Return the distributions of the members that are released."""
        return tuple(each for each in self.built if each.member in self.names)


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A release under way. `commit` is the release commit R, or what stands for it."""

    site: Site
    terms: Terms
    facts: Facts
    plan: Plan
    commit: str
    workspaces: Mapping[str, Workspace] = field(default_factory=dict)
    batches: tuple[Batch, ...] = ()
    closing: tuple[Tag, ...] = ()
    uploads: tuple[Upload, ...] = ()
    locks: tuple[Path, ...] = ()
    results: tuple[Result, ...] = ()
    published: tuple[NormalizedName, ...] = ()
    tags: tuple[str, ...] = ()
    failed: Mapping[NormalizedName, Problem] = field(default_factory=dict)

    @property
    def nothing_due(self) -> bool:
        """Tell whether there is nothing to release, and nothing to finish."""
        return not self.plan.releases and not self.plan.closing

    @property
    def tree(self) -> Tree:
        """Return the tree of the release commit."""
        return self.site.tree.at(self.commit)

    @property
    def workspace(self) -> Workspace:
        """Return the workspace at the release commit."""
        return self.workspaces[self.commit]

    @property
    def python(self) -> str:
        """Return the interpreter to verify with."""
        members = (b.workspace.members[name] for b in self.batches for name in b.involved)
        return interpreter(members, self.terms.python)

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """Return the distributions that are released."""
        return tuple(each for batch in self.batches for each in batch.distributions)

    @property
    def member_tags(self) -> tuple[Tag, ...]:
        """Return the tags that all releases still need."""
        return tuple(tag for batch in self.batches for tag in batch.tags)


def planned(site: Site, intent: Intent, terms: Terms) -> Work:
    """Plan what is due at a site; raise `Failure` with all that is wrong with it.

    Where what the index lacks is to be uploaded, too, it is asked about all members.
    """
    republish = intent.republish and site.index is not None and site.stock is None
    workspace = at_home(workspace_at(site.tree), site.home, intent.named)
    facts = gather(
        site.tree,
        index=site.index,
        all_pages=republish,
        workspace=workspace,
        at_remote=site.at_remote,
        branch=site.branch,
    )
    plan = make_plan(facts, replace(intent, republish=republish))
    stop_on([*plan.problems, *changelog_problems(site.tree, plan, facts.workspace)])
    if site.is_real and facts.inferred:
        stop_on([facts.inferred.problem], UsageFailure)
    return Work(site=site, terms=terms, facts=facts, plan=plan, commit=plan.base)


def at_commit(work: Work, commit: str) -> Work:
    """Return the work with its release commit, or what stands for it, and a batch a commit."""
    by_commit = work.plan.by_commit(commit)
    versions = {name: version for name, (version, _) in work.facts.priors().items()}
    versions |= {release.name: release.planned_version for release in work.plan.releases}
    commits = {commit, *by_commit, *(tag.commit for tag in work.plan.closing)}
    workspaces = {each: _workspace_at(work, each).at_versions(versions) for each in commits}
    batches = tuple(
        Batch(
            tree=work.site.tree.at(each),
            workspace=workspaces[each],
            releases=releases,
            involved=tuple(_involved(work, workspaces[each], releases, is_newest=each == commit)),
        )
        for each, releases in by_commit.items()
    )
    closing = work.plan.closing
    return replace(work, commit=commit, workspaces=workspaces, batches=batches, closing=closing)


def _workspace_at(work: Work, commit: str) -> Workspace:
    """Read the workspace at a commit; it is released by the settings of today."""
    known = work.facts.workspace
    if commit == work.facts.base:
        return known
    return workspace_at(work.site.tree.at(commit)).with_settings(known.settings)


def _involved(
    work: Work, workspace: Workspace, releases: Sequence[Release], *, is_newest: bool
) -> list[NormalizedName]:
    """Return what a commit releases, and what must go on working with it.

    Nobody has a dependent yet that was never released, and is not released now.
    """
    released = {release.name for release in releases}
    if not is_newest:
        return sorted(released)
    dependents = reversed_graph(workspace.graph)
    names = {name for start in released for name in closure(dependents, start)}
    used = {name for name in names if workspace.members[name].never_released}
    used |= names & (work.facts.priors().keys() | released)
    return sorted(name for name in used if workspace.members[name].installable)
