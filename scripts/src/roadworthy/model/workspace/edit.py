"""The release commit as a value: what each file says after it. Text in, text out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from packaging.version import Version

from ..history.change import RELEASE_SUBJECT, RELEASE_TRAILER
from ..plan import changelog
from ..plan.plan import Plan, Release
from ..problem import Problem
from ..text import in_message
from .version_source import FromFile, with_version
from .workspace import MANIFEST, Member, Workspace

NAMED_IN_SUBJECT = 5
# Of a release for the same reason as the one above: N first releases say it once.
SAID = "the same"

Edit = tuple[str, str | None]


def edits(
    plan: Plan, workspace: Workspace, texts: Mapping[str, str], day: date
) -> dict[str, str | None]:
    """Return the new text of every file that the plan changes, by path; None for one that goes.

    `texts` has what `edited_files` asks for, as far as it is there.
    """
    edited = _edited(plan, workspace, texts, day)
    return {path: text for path, text in edited if text != texts.get(path, "")}


def edited_files(plan: Plan, workspace: Workspace) -> tuple[str, ...]:
    """Return the files that the plan may change: ask for their texts."""
    released = [workspace.members[release.name] for release in plan.releases]
    logs = [member.changelog for member in released]
    versions = [member.version_file for member in released if member.version_file]
    names = {member.name for member in released} | set(plan.rewrites)
    manifests = (workspace.members[name].file(MANIFEST) for name in sorted(names))
    return (*logs, *versions, *manifests)


def release_message(plan: Plan) -> str:
    """Write the message of the release commit: what it releases, and why.

    Its trailers are read back by `Commit.releases`: they settle these versions.
    """
    releases = [release for release in plan.releases if not release.finished_from]
    named = ", ".join(f"{release.name} {release.planned_version}" for release in releases)
    short = named if len(releases) <= NAMED_IN_SUBJECT else f"{len(releases)} members"
    lines = [f"{RELEASE_SUBJECT}{short}", ""]
    said = ""
    for release in releases:
        reason = in_message(release.reasons[0])
        words = SAID if reason == said else reason
        lines += [f"- {release.name} {release.planned_version}: {words}"]
        said = reason
    lines += ["", *(f"{RELEASE_TRAILER}: {each.name}=={each.planned_version}" for each in releases)]
    return "\n".join(lines) + "\n"


def _edited(
    plan: Plan, workspace: Workspace, texts: Mapping[str, str], day: date
) -> Iterator[Edit]:
    for name, moved in plan.rewrites.items():
        path = workspace.members[name].file(MANIFEST)
        if plan.release_of(name) is None:
            yield path, _manifest(texts[path], moved)
    for release in plan.releases:
        if not release.finished_from:
            member = workspace.members[release.name]
            moved = plan.rewrites.get(release.name, {})
            yield from _of_version(release, member, texts, moved)
            yield from _of_changelog(release, member, texts, moved, day)
            yield from ((note, None) for note in release.notes)


def _of_version(
    release: Release, member: Member, texts: Mapping[str, str], moved: Mapping[str, str]
) -> Iterator[Edit]:
    """Write the version where it is written; a backend that takes it from the tag needs nothing."""
    steps = release.planned_version != release.initial_version
    new = release.planned_version if steps and member.source is None else None
    path = member.file(MANIFEST)
    yield path, _manifest(texts[path], moved, new)
    if steps and isinstance(member.source, FromFile):
        path = member.version_file
        yield path, with_version(texts[path], member.source, release.planned_version)


def _manifest(text: str, moved: Mapping[str, str], version: Version | None = None) -> str:
    """Edit a manifest where there is something to edit."""
    if not moved and version is None:
        return text
    from .manifest import edited  # noqa: PLC0415 - tomlkit takes 20 ms, and tagging edits nothing

    return edited(text, moved, version)


def _of_changelog(
    release: Release,
    member: Member,
    texts: Mapping[str, str],
    moved: Mapping[str, str],
    day: date,
) -> Iterator[Edit]:
    path, version = member.changelog, release.planned_version
    log = texts.get(path, "")
    if not changelog.section_of(log, version):
        new = _section(release, moved.values(), day)
        if not version.is_prerelease:
            new = changelog.with_pre_releases(new, log, version)
        yield path, changelog.with_section(log, new)


def log_problems(plan: Plan, workspace: Workspace, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Find the changelogs that no section can be put into."""
    for release in plan.releases:
        member, version = workspace.members[release.name], release.planned_version
        if release.finished_from:
            continue
        if member.other_log:
            message = f"{member.other_log} is no Markdown, and releases are told in Markdown"
            hint = f"rename it, such as to {member.changelog}, with headings as `## 1.0.0`"
            yield Problem("changelog-format", message, hint, release.name)
            continue
        log = texts.get(member.changelog, "")
        listed = changelog.section_of(log, version)
        why = "" if listed else changelog.fault(log, f"## {version}\n\nx\n", version)
        if why:
            message = f"no section can be put into {member.changelog}: {why}"
            yield Problem("changelog-unreadable", message, "close it", release.name)


def _section(release: Release, moved: Iterable[str], day: date) -> str:
    first = release.prior_tag is None
    return changelog.section(release.planned_version, day, release.entries, moved, first=first)
