"""Tag: mark what is published and verified, in one atomic push; a tag is never moved."""

from collections.abc import Iterable, Mapping, Sequence

from packaging.utils import NormalizedName

from ...gather import joined
from ...model.history.tag import RELEASE_TAG_TRAILER, Tag, release_tag
from ...model.plan import changelog
from ...model.plan.facts import Facts
from ...model.plan.plan import Plan, Release
from ...model.problem import Problem, stop_on
from ...model.text import visible
from ...ops.git import Repository
from ..site import Site


def tags_due(releases: Sequence[Release], head: str) -> tuple[Tag, ...]:
    """Return the member tags that releases still need, each with its commit."""
    tags = (
        Tag(name=release.planned_tag, commit=release.finished_from or head)
        for release in releases
        if not release.tagged
    )
    return tuple(dict.fromkeys(tags))


def push_member_tags(site: Site, releases: Sequence[Release], head: str, release_name: str) -> None:
    """Make the annotated tags of members and push them together.

    Raises `Failure` where one exists elsewhere, or the remote refuses one: none is pushed then.
    """
    due = [release for release in releases if not release.tagged]
    if not due:
        return
    sections = _sections(site, due, head)
    own: dict[Tag, list[Release]] = {}
    for release in due:
        (tag,) = tags_due([release], head)
        own.setdefault(tag, []).append(release)
    messages = {tag: _message(these, sections, release_name) for tag, these in own.items()}
    _annotate(site.scratch, messages)
    _push(site, [tag.name for tag in messages])


def push_release_tag(site: Site, commit: str, name: str, member_tags: Sequence[str]) -> None:
    """Mark the commit of a whole release, last of all: it says that all was verified."""
    lines = "\n".join(f"- {tag}" for tag in member_tags)
    message = f"Release of {len(member_tags)} members\n\n{lines}\n"
    _annotate(site.scratch, {Tag(name=name, commit=commit): message})
    _push(site, [name])


def release_tag_at(
    site: Site, commit: str, facts: Facts, plan: Plan, made: Iterable[Tag] = ()
) -> str:
    """Name the release of a commit by the day on which it was made.

    There is none in lockstep, where the one tag of all members says it, nor while
    members are due that nobody asked for: it would promise what is not there. `made` are
    tags that came since the facts were read.
    """
    if plan.left_out or facts.workspace.settings.is_lockstep:
        return ""
    return release_tag(site.scratch.day_of(commit).date(), commit, (*facts.tags, *made))


def _annotate(repository: Repository, messages: Mapping[Tag, str]) -> None:
    """Make the tags that are not there yet; raise `Failure` where one is elsewhere."""
    existing, _ = repository.tags_and_branches("HEAD")
    at = {tag.name: tag.commit for tag in existing}
    stop_on(_moved(messages, at))
    repository.annotate({tag: text for tag, text in messages.items() if tag.name not in at})


def _push(site: Site, names: Sequence[str]) -> None:
    hint = "look at what the remote says; the same command goes on from here"
    site.scratch.push(*(f"refs/tags/{name}:refs/tags/{name}" for name in names), hint=hint)


def _moved(due: Iterable[Tag], at: Mapping[str, str]) -> list[Problem]:
    hint = "a tag is never moved: look who made it, and give the member a higher version"
    return [
        Problem(f"the tag {tag.name} is at {at[tag.name][:12]}, not at {tag.commit[:12]}", hint)
        for tag in due
        if at.get(tag.name, tag.commit) != tag.commit
    ]


def _sections(site: Site, releases: Sequence[Release], head: str) -> Mapping[NormalizedName, str]:
    names = {
        release.name: f"{release.finished_from or head}:"
        + joined(site.prefix, _changelog_path(release))
        for release in releases
    }
    texts = site.scratch.texts(list(names.values()))
    return {
        release.name: changelog.section_of(
            texts.get(names[release.name], ""), release.planned_version
        )
        for release in releases
    }


def _changelog_path(release: Release) -> str:
    return changelog.FILE if release.path == "." else f"{release.path}/{changelog.FILE}"


def _message(
    releases: Sequence[Release], sections: Mapping[NormalizedName, str], release_name: str
) -> str:
    """Write what a tag says: the changelog's section of each member that it is for."""
    if len(releases) == 1:
        title, heading = f"{releases[0].name} {releases[0].planned_version}", ""
    else:
        title, heading = f"{len(releases)} members {releases[0].planned_version}", "# {name}\n\n"
    parts = [title]
    for release in releases:
        section = sections.get(release.name, "")
        parts += [heading.format(name=release.name) + section] if section else []
    parts += [f"{RELEASE_TAG_TRAILER}: {release_name}"] if release_name else []
    return visible("\n\n".join(parts)) + "\n"
