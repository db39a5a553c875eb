"""Status: the three facts of each member, and its next step."""

from collections.abc import Iterator
from dataclasses import dataclass

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.plan.facts import Facts, Presence
from ..model.plan.plan import Plan, Release, make_plan
from ..model.workspace.workspace import Member


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """What is known of a member, and what is to be done."""

    name: NormalizedName
    path: str
    version: Version | None
    tag: str | None
    index: Presence
    state: str
    next: str


def status(facts: Facts) -> tuple[Status, ...]:
    """Say for every member where it stands."""
    return tuple(_statuses(facts, make_plan(facts)))


def _statuses(facts: Facts, plan: Plan) -> Iterator[Status]:
    priors = facts.priors()
    stays = {each.name: each.why for each in plan.unchanged}
    withdrawn = facts.workspace.settings.withdrawn
    for name, member in facts.workspace.members.items():
        prior = priors.get(name)
        state, following = _state(member, plan.release_of(name), facts.presence(member))
        if state == "tagged" and (name, member.version) in withdrawn:
            state, following = "withdrawn", "nothing to do: it is gone from the index on purpose"
        if name in stays and prior is None and not member.never_released:
            state, following = "no version yet", stays[name]
        yield Status(
            name=name,
            path=member.path,
            version=member.version or (prior[0] if prior else None),
            tag=prior[1].name if prior else None,
            index=Presence.NONE if member.never_released else facts.presence(member),
            state=state,
            next=following,
        )


def _state(member: Member, release: Release | None, presence: Presence) -> tuple[str, str]:
    if member.never_released:
        return "not released", member.never_released
    if release is None and presence in {Presence.ABSENT, Presence.PARTIAL}:
        return "tagged", "publish it from its tag: `nox -s release -- --execute --index NAME`"
    if release is None and member.version and member.version.is_prerelease:
        return "pre-release", f"make it final: `nox -s release -- --promote {member.name}`"
    if release is None:
        return "released", "nothing to do"
    if release.finished_from:
        begun = presence in {Presence.PARTIAL, Presence.PRESENT}
        state = "half released" if begun else "prepared"
        return state, f"finish {release.planned_version}: `nox -s release -- --execute`"
    state = "changed" if release.prior_tag else "never released"
    return state, f"release {release.planned_version}: `nox -s release`"
