"""What the tags of a repository with a past mean for its plan: without their settings, and with."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..history.tagged import read_tags
from .facts import Facts
from .plan import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted:
    """One member: its newest tag in our own shape, and in any; and what is planned of it."""

    name: str
    before: str | None
    prior_tag: str | None
    planned_version: str | None


def adopted(facts: Facts, plan: Plan) -> Iterator[Adopted]:
    """Say of each member that is ever released what the settings change."""
    ours = read_tags(facts.tags, facts.workspace).releases if facts.inferred is None else {}
    priors = facts.priors()
    for name, member in facts.workspace.members.items():
        if member.never_released:
            continue
        known = {version: tag for version, tag in ours.get(name, {}).items() if tag.reachable}
        release = plan.release_of(name)
        yield Adopted(
            name=name,
            before=known[max(known)].name if known else None,
            prior_tag=priors[name][1].name if name in priors else None,
            planned_version=str(release.planned_version) if release else None,
        )
