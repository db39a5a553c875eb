"""Why a member is due by itself, before its siblings are looked at."""

from dataclasses import replace

from packaging.version import Version

from ..version import Level, phase_of
from .draft import Cause, Draft
from .facts import Facts, Presence
from .intent import Intent


def cause_of(draft: Draft, facts: Facts, intent: Intent) -> Cause:
    """Say why a member is released by itself; without reasons, it is not.

    What is half released is finished first; then counts what people ask for, and then what
    has changed.
    """
    name, manifest = draft.member.name, draft.member.version
    tag, presence = facts.tag_at(draft.member), facts.presence(draft.member)
    cause = Cause(version=intent.versions.get(name), phase=intent.phase(name))
    published = presence in {Presence.PARTIAL, Presence.PRESENT}
    is_begun = published or name in facts.version_set_at
    if tag is None and is_begun and cause.version in {None, manifest}:
        where = "on the index but not tagged" if published else "prepared but not released"
        reasons = (f"{manifest} is {where}: this release finishes it",)
        begun_at = facts.version_set_at.get(name, facts.base)
        return replace(cause, reasons=reasons, finished_from=begun_at)
    if cause.version is not None:
        if cause.version not in facts.reachable_versions(name):
            cause = replace(cause, reasons=(f"{cause.version} was requested",))
    elif draft.prior is None:
        cause = replace(cause, reasons=(_first(draft, cause),))
    else:
        cause = _of_changes(draft, cause, intent)
    lacking = presence not in {Presence.PRESENT, Presence.NONE}
    is_gone = (name, manifest) in facts.workspace.settings.withdrawn
    if intent.republish and tag and not cause.reasons and lacking and not is_gone:
        reasons = (f"{manifest} is missing on {facts.index}: it is uploaded from its tag",)
        cause = replace(cause, reasons=reasons, tagged=True, finished_from=tag.commit)
    return cause


def _first(draft: Draft, cause: Cause) -> str:
    version = draft.member.version
    if version is None:
        return "it was never released: this is its first release, at the requested version"
    if version.is_devrelease and (planned := draft.next_by(cause)) != version:
        return f"it was never released: its manifest has a development version of {planned}"
    return "it was never released: this is its first release, at the version in its manifest"


def _of_changes(draft: Draft, cause: Cause, intent: Intent) -> Cause:
    """Say what has changed, by notes or else by commits, and what people want to come of it."""
    assert draft.prior is not None  # noqa: S101 - the caller asked
    name, past = draft.member.name, draft.past
    if draft.notes:
        reasons = [note.text.partition("\n")[0] for note in draft.notes if note.level]
        level = max(note.level for note in draft.notes)
    else:
        reasons = [commit.subject for commit in past.counting]
        level = past.level(past.unsettled)
        if past.is_stated and not reasons:  # such as an upgrade by a bot
            reasons = [commit.subject for commit in past.commits]
            level = Level.PATCH if past.unsettled else Level.NONE
        if past.differs_anyway:  # such as by a merge that changed a file by itself
            reasons, level = [f"its files differ from {draft.prior[1].name}"], Level.PATCH
    if name in intent.levels:
        level = intent.levels[name]
        if past.moved_on:  # what is its release already is not released again
            reasons.append(f"a {level} release was requested")
    if intent.promotes(name) and phase_of(draft.prior[0]):
        reasons.append(f"{draft.prior[0]} is made final")
    cause = replace(cause, level=level, reasons=tuple(reasons))
    ahead = _of_manifest(draft, cause) if past.is_ahead else ()
    return replace(cause, reasons=(*reasons, *ahead))


def _of_manifest(draft: Draft, cause: Cause) -> tuple[str, ...]:
    """Say that the manifest is ahead of the tags, unless something else moves it further."""
    manifest, planned = draft.member.version, draft.next_by(cause)
    if manifest == planned:
        return (f"its manifest says {manifest}, which has no tag",)
    has_begun = cause.reasons or cause.phase is not None
    if isinstance(manifest, Version) and manifest.is_devrelease and has_begun:
        return (f"its manifest says {manifest}, a development version of {planned}",)
    return ()
