"""Tag: mark what is published and verified, in one atomic push; a tag is never moved."""

from collections.abc import Mapping, Sequence

from packaging.utils import NormalizedName

from ..gather import joined
from ..model import changelog
from ..model.plan import Release
from ..model.problem import Problem, stop_on
from ..model.tag import RELEASE_TAG_TRAILER, Tag, release_tag
from ..ops.git import Repository
from .site import Site


def tags_due(releases: Sequence[Release], head: str) -> tuple[Tag, ...]:
    """Return the member tags that releases still need, each with its commit."""
    return tuple(
        Tag(name=release.planned_tag, commit=release.finished_from or head)
        for release in releases
        if not release.tagged
    )


def push_member_tags(site: Site, releases: Sequence[Release], head: str, release_name: str) -> None:
    """Make the annotated tags of members and push them together.

    Raises `Failure` where one exists elsewhere, or the remote refuses one: none is pushed then.
    """
    due = [release for release in releases if not release.tagged]
    if not due:
        return
    stop_on(_moved(site.scratch, tags_due(due, head)))
    sections = _sections(site, due, head)
    for release in due:
        commit = release.finished_from or head
        message = _message(release, sections.get(release.name, ""), release_name)
        _annotate(site.scratch, release.planned_tag, commit, message)
    _push(site, [release.planned_tag for release in due])


def push_release_tag(site: Site, commit: str, name: str, member_tags: Sequence[str]) -> None:
    """Mark the commit of a whole release, last of all: it says that all was verified."""
    lines = "\n".join(f"- {tag}" for tag in member_tags)
    _annotate(site.scratch, name, commit, f"Release of {len(member_tags)} members\n\n{lines}\n")
    _push(site, [name])


def release_tag_at(site: Site, commit: str, tags: Sequence[Tag]) -> str:
    """Name the release of a commit by the day on which it was made."""
    return release_tag(site.scratch.day_of(commit).date(), commit, tags)


def _annotate(repository: Repository, name: str, commit: str, message: str) -> None:
    if repository.commit_of(f"refs/tags/{name}") == commit:
        return
    options = ("--annotate", "--cleanup=verbatim", "--file=-")
    repository.git("tag", *options, name, commit, stdin=message)


def _push(site: Site, names: Sequence[str]) -> None:
    hint = "look at what the remote says; the same command goes on from here"
    site.scratch.push(*(f"refs/tags/{name}:refs/tags/{name}" for name in names), hint=hint)


def _moved(repository: Repository, due: Sequence[Tag]) -> list[Problem]:
    existing, _ = repository.tags_and_branches("HEAD")
    at = {tag.name: tag.commit for tag in existing}
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


def _message(release: Release, section: str, release_name: str) -> str:
    title = f"{release.name} {release.planned_version}"
    body = f"{section}\n\n" if section else ""
    return f"{title}\n\n{body}{RELEASE_TAG_TRAILER}: {release_name}\n"
