"""The past of a member: what was released of it, and what was committed since then."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName
from packaging.version import Version

from ..history.change import Commit
from ..history.history import Behind, commits_of_members, without_reverted
from ..history.tag import Tag
from ..version import Level
from ..workspace.content import Difference
from ..workspace.settings import Settings
from ..workspace.workspace import Member
from .facts import Facts
from .intent import Intent


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What is known of one member before anything is planned.

    `prior` is the highest version that was released, with its tag, and `final` the highest
    that is no pre-release. `commits` are those since the prior tag, and `unsettled` those of
    them that came after the release commit of the manifest's version; `settled` tells whether
    there is such a commit. `moved_on` tells whether anything but release commits came after
    the tag, in any member, and `is_prepared` whether there are release commits since then.
    `cancelled` counts commits whose changes cancel out; `differs_anyway` tells that the
    content is another, and that no commit says so; `is_stated`, that its manifest says another
    thing of the project.
    """

    member: Member
    settings: Settings
    prior: tuple[Version, Tag] | None
    final: Version | None
    commits: tuple[Commit, ...] = ()
    unsettled: tuple[Commit, ...] = ()
    settled: bool = False
    moved_on: bool = False
    cancelled: int = 0
    differs_anyway: bool = False
    is_stated: bool = False
    is_prepared: bool = False

    def level(self, commits: Iterable[Commit]) -> Level:
        """Return the greatest change that some commits tell of."""
        ignored = self.settings.ignore_types
        return max((commit.level(ignored) for commit in commits), default=Level.NONE)

    @property
    def counting(self) -> tuple[Commit, ...]:
        """Return the commits that release something by themselves."""
        return tuple(commit for commit in self.commits if self.level([commit]))

    @property
    def is_ahead(self) -> bool:
        """Tell whether its manifest has a version above the highest that was released."""
        manifest = self.member.version
        return manifest is not None and self.prior is not None and manifest > self.prior[0]


def pasts_of(facts: Facts, intent: Intent) -> dict[NormalizedName, Past]:
    """Return the past of every member that is ever released."""
    workspace, priors, finals = facts.workspace, facts.priors(), facts.finals()
    pasts = {
        name: Past(
            member=member,
            settings=workspace.settings,
            prior=priors.get(name),
            final=finals.get(name),
        )
        for name, member in workspace.members.items()
        if not member.never_released
        and (member.version or name in priors or name in intent.versions)
    }
    touching = commits_of_members(
        facts.commits, workspace.members.values(), workspace.settings.ignore
    )
    settling = {
        name: facts.version_set_at.get(name) or _settling(past.member, touching[name])
        for name, past in pasts.items()
        if facts.tag_at(past.member) is None
    }
    ends = (*(tag.commit for _, tag in priors.values()), *filter(None, settling.values()))
    behind = Behind(facts.commits, ends)
    for name, past in pasts.items():
        if past.prior and name in intent.levels:
            tagged = past.prior[1].commit
            moved_on = any(not c.is_release and not behind(c, tagged) for c in facts.commits)
            pasts[name] = replace(past, moved_on=moved_on)
    told = {
        name: _with_commits(past, touching[name], settling.get(name, ""), behind)
        for name, past in pasts.items()
    }
    return {name: _by_content(past, facts.differs.get(name)) for name, past in told.items()}


def _with_commits(past: Past, touching: Iterable[Commit], settled: str, behind: Behind) -> Past:
    """Add the commits since its tag, and tell which of them a release commit has settled."""
    if past.prior is None:
        return replace(past, settled=bool(settled))
    tagged = past.prior[1].commit
    since = [commit for commit in touching if not behind(commit, tagged)]
    is_settled = any(commit.hash == settled for commit in since)
    commits = without_reverted([commit for commit in since if not commit.is_release])
    return replace(
        past,
        commits=commits,
        unsettled=tuple(c for c in commits if not (is_settled and behind(c, settled))),
        settled=is_settled,
        is_prepared=any(commit.releases for commit in since),
    )


def _by_content(past: Past, found: Difference | None) -> Past:
    """Let the content decide whether a member is changed; commits say how far and why."""
    if found is None:
        return past
    if not found.differs:
        count = len(past.commits)
        return replace(past, commits=(), unsettled=(), cancelled=count)
    return replace(
        past,
        differs_anyway=not past.commits and not past.is_prepared,
        is_stated=found.is_stated,
    )


def _settling(member: Member, commits: Iterable[Commit]) -> str:
    """Return the newest release commit that settled a member's version; empty for none."""
    for commit in commits:
        if commit.releases.get(member.name) == str(member.version):
            return commit.hash
    return ""
