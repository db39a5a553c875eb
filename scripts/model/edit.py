"""The release commit as a value: what each file says after it. Text in, text out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from . import changelog, manifest
from .change import RELEASE_SUBJECT
from .plan import Plan, Release
from .workspace import MANIFEST, Workspace

NAMED_IN_SUBJECT = 5


def edits(plan: Plan, workspace: Workspace, texts: Mapping[str, str], day: date) -> dict[str, str]:
    """Return the new text of every file that the plan changes, by path.

    `texts` has the manifests, and the changelogs that there are.
    """
    edited = _edited(plan, workspace, texts, day)
    return {path: text for path, text in edited if text != texts.get(path)}


def edited_files(plan: Plan, workspace: Workspace) -> tuple[str, ...]:
    """Return the files that the plan may change: ask for their texts."""
    logs = [workspace.members[r.name].file(changelog.FILE) for r in plan.releases]
    names = {release.name for release in plan.releases} | set(plan.rewrites)
    return (*logs, *(workspace.members[name].file(MANIFEST) for name in sorted(names)))


def release_message(plan: Plan) -> str:
    """Write the message of the release commit: what it releases, and why."""
    releases = [release for release in plan.releases if not release.finished_from]
    named = ", ".join(f"{release.name} {release.planned_version}" for release in releases)
    short = named if len(releases) <= NAMED_IN_SUBJECT else f"{len(releases)} members"
    lines = [f"{RELEASE_SUBJECT}{short}", ""]
    for release in releases:
        lines += [f"- {release.name} {release.planned_version}: {release.reasons[0]}"]
    return "\n".join(lines) + "\n"


def _edited(
    plan: Plan, workspace: Workspace, texts: Mapping[str, str], day: date
) -> Iterator[tuple[str, str]]:
    for name, moved in plan.rewrites.items():
        path = workspace.members[name].file(MANIFEST)
        if plan.release_of(name) is None:
            yield path, manifest.with_requirements(texts[path], moved)
    for release in plan.releases:
        if release.finished_from:
            continue
        member = workspace.members[release.name]
        path = member.file(MANIFEST)
        moved = plan.rewrites.get(release.name, {})
        text = manifest.with_requirements(texts[path], moved)
        if release.planned_version != release.initial_version:
            text = manifest.with_version(text, release.planned_version)
        yield path, text
        log = texts.get(member.file(changelog.FILE), "")
        if not changelog.section_of(log, release.planned_version):
            yield (
                member.file(changelog.FILE),
                changelog.with_section(log, _section(release, moved.values(), day)),
            )


def _section(release: Release, moved: Iterable[str], day: date) -> str:
    entries = [
        (commit.level, f"{commit.text} ({commit.hash[:7]})")
        for commit in release.commits
        if not commit.is_release
    ]
    first = release.prior_tag is None
    return changelog.section(release.planned_version, day, entries, moved, first=first)
