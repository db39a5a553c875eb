"""Tag: mark what is published and verified, in one atomic push; a tag is never moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from packaging.utils import NormalizedName

from ...model.history.tag import RELEASE_TAG_TRAILER, Tag, release_tag
from ...model.plan import changelog
from ...model.plan.plan import Release
from ...model.problem import Problem, stop_on
from ...model.text import visible
from ...ops.git.refs import tagged_commits
from ...ops.git.repository import Repository
from ...ops.git.writing import annotate_tags, push
from ..site import Site
from ..work import Batch, Work


def tag(work: Work) -> Work:
    """Tag what is published and verified; a release tag is due then for the commit of each.

    In lockstep the one tag says that all members are there: it is made for all, or not at all.
    Raises `Failure` where a tag exists elsewhere, or the remote refuses one: none of a commit
    is pushed then.
    """
    for batch in work.batches:
        due = [r for r in batch.releases if r.name not in work.failed and not r.tagged]
        if due and (len(due) == len(batch.releases) or not _is_lockstep(work)):
            work = _tagged(work, batch, due)
    return work


def close(work: Work) -> Work:
    """Push the release tag of each commit of which nothing planned is left, last of all.

    It says that all was verified. It has the name that its members promise, or the next
    one, where that is taken by now.
    """
    done: list[Tag] = []
    for commit, members in _finished(work).items():
        known = (*work.facts.tags, *work.closing, *done)
        name = _name_of(work, commit, known)
        _push_release_tag(work.site, Tag(name=name, commit=commit), members)
        done.append(Tag(name=name, commit=commit))
    return replace(work, tags=tuple(each.name for each in (*work.closing, *done)))


def _tagged(work: Work, batch: Batch, due: Sequence[Release]) -> Work:
    name = _release_tag_at(work, batch.commit)
    own: dict[str, list[Release]] = {}
    for release in due:
        own.setdefault(release.planned_tag, []).append(release)
    sections = _sections(batch, due)
    tags = {
        Tag(name=planned, commit=batch.commit): _message(releases, sections, name)
        for planned, releases in own.items()
    }
    _annotate(work.site.scratch, tags)
    _push(work.site, own)
    made = (replace(tag, released_with=name) for tag in tags)
    closing = tuple(dict.fromkeys((*work.closing, *made)))
    return replace(work, closing=closing)


def _finished(work: Work) -> dict[str, list[str]]:
    """Return the member tags of each commit of which nothing planned is left."""
    unfinished = {b.commit for b in work.batches if b.names & work.failed.keys()}
    groups: dict[str, list[str]] = {}
    for each in sorted(work.closing, key=lambda each: each.released_with):
        if each.released_with and each.commit not in unfinished:
            groups.setdefault(each.commit, []).append(each.name)
    return groups


def _push_release_tag(site: Site, tag: Tag, member_tags: Sequence[str]) -> None:
    lines = "\n".join(f"- {name}" for name in member_tags)
    message = f"Release of {len(member_tags)} members\n\n{lines}\n"
    _annotate(site.scratch, {tag: message})
    _push(site, [tag.name])


def _is_lockstep(work: Work) -> bool:
    return work.facts.workspace.settings.is_lockstep


def _release_tag_at(work: Work, commit: str) -> str:
    """Name the release of a commit by the day on which it was made.

    There is none in lockstep, where the one tag of all members says it, nor while
    members are due that nobody asked for: it would promise what is not there.
    """
    if work.plan.left_out or _is_lockstep(work):
        return ""
    return _name_of(work, commit, (*work.facts.tags, *work.closing))


def _name_of(work: Work, commit: str, known: Sequence[Tag]) -> str:
    day = work.site.scratch.day_of(commit).date()
    return release_tag(day, commit, known, work.facts.branch)


def _annotate(repository: Repository, messages: Mapping[Tag, str]) -> None:
    """Make the tags that are not there yet; raise `Failure` where one is elsewhere."""
    at = tagged_commits(repository, *(tag.name for tag in messages))
    stop_on(_moved(messages, at))
    annotate_tags(repository, {tag: text for tag, text in messages.items() if tag.name not in at})


def _push(site: Site, names: Iterable[str]) -> None:
    hint = "see what the remote says, then run the same command again; it resumes where it stopped"
    push(site.scratch, *(f"refs/tags/{name}:refs/tags/{name}" for name in names), hint=hint)


def _moved(due: Iterable[Tag], at: Mapping[str, str]) -> list[Problem]:
    hint = "tags are never moved: find out who made it, and give the member a higher version"
    return [
        Problem(
            "tag-moved",
            f"the tag {tag.name} is at {at[tag.name][:12]}, not at {tag.commit[:12]}",
            hint,
        )
        for tag in due
        if at.get(tag.name, tag.commit) != tag.commit
    ]


def _sections(batch: Batch, releases: Sequence[Release]) -> Mapping[NormalizedName, str]:
    """Return what the changelog at the commit says of each release."""
    paths = {r.name: batch.workspace.members[r.name].changelog for r in releases}
    texts = batch.tree.texts(list(paths.values()))
    return {
        r.name: changelog.section_of(texts.get(paths[r.name], ""), r.planned_version)
        for r in releases
    }


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
