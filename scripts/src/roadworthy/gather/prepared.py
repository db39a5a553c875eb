"""Finds the commit of each version that is prepared or published, and has no tag yet.

A release commit says so itself, and its changelog does. What is on the index without one
comes from where the manifest got the version and the changelog the section for it.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.history.change import RELEASE_SUBJECT, Commit
from ..model.plan import changelog
from ..model.plan.facts import Page, Presence
from ..model.workspace.version_source import FromFile, version_in
from ..model.workspace.workspace import MANIFEST, Member
from ..ops.tree import Tree, texts_at

ON_INDEX = frozenset({Presence.PARTIAL, Presence.PRESENT})


def version_set_at(
    tree: Tree, untagged: Sequence[Member], pages: Mapping[NormalizedName, Page]
) -> dict[NormalizedName, str]:
    """Return the commit of each member whose version is prepared or published."""
    found = _prepared_at(tree, untagged)
    rest = [m for m in untagged if m.name not in found and _is_on_index(m, pages)]
    return found | _shown_first_at(tree, rest)


def _is_on_index(member: Member, pages: Mapping[NormalizedName, Page]) -> bool:
    page = pages.get(member.name)
    return bool(page and member.version and page.presence(member.version) in ON_INDEX)


def _prepared_at(tree: Tree, members: Sequence[Member]) -> dict[NormalizedName, str]:
    """Find the newest release commit of each version that the changelog still has."""
    logs = tree.texts([member.file(changelog.FILE) for member in members])
    listed = [m for m in members if _is_listed(logs.get(m.file(changelog.FILE), ""), m)]
    commits = tree.commits_named(RELEASE_SUBJECT) if listed else ()
    by_release = {pair: c.hash for c in reversed(commits) for pair in c.releases.items()}
    return {m.name: by_release[p] for m in listed if (p := (m.name, str(m.version))) in by_release}


def _is_listed(log: str, member: Member) -> bool:
    return member.version is not None and bool(changelog.section_of(log, member.version))


def _shown_first_at(tree: Tree, members: Sequence[Member]) -> dict[NormalizedName, str]:
    """Find where each version was first shown as it is now, by the manifest and the changelog."""
    if not members:
        return {}
    pairs = {member.name: _pair(member) for member in members}
    commits = tree.changes_of([path for pair in pairs.values() for path in pair])
    touched = [(c, pair) for c in commits for pair in pairs.values() if set(pair) & set(c.files)]
    texts = texts_at(tree, ((c.hash, path) for c, pair in touched for path in pair))
    return {
        member.name: _start_of(member, _states(commits, pairs[member.name], texts)) or tree.commit
        for member in members
    }


def _pair(member: Member) -> tuple[str, str]:
    """Return the file that has a member's version, and its changelog."""
    return (member.version_file or member.file(MANIFEST), member.file(changelog.FILE))


def _states(
    commits: Iterable[Commit], pair: tuple[str, str], texts: Mapping[tuple[str, str], str]
) -> list[tuple[str, str, str]]:
    """Return both files at each commit that touches one of them."""
    manifest, log = pair
    return [
        (c.hash, texts.get((c.hash, manifest), ""), texts.get((c.hash, log), ""))
        for c in commits
        if set(pair) & set(c.files)
    ]


def _start_of(member: Member, states: Iterable[tuple[str, str, str]]) -> str:
    """Return the oldest of the newest commits that show a member's version alike."""
    assert member.version is not None  # noqa: S101 - such members alone are on an index
    start, listed_at_first = "", None
    for commit, manifest, log in states:
        listed = bool(changelog.section_of(log, member.version))
        listed_at_first = listed if listed_at_first is None else listed_at_first
        if _version_in(manifest, member) != member.version or listed != listed_at_first:
            break
        start = commit
    return start


def _version_in(text: str, member: Member) -> Version | None:
    """Read a member's version in an older state of its manifest, or of the file that has it."""
    if isinstance(member.source, FromFile):
        return version_in(text, member.source)
    try:
        return Version(tomllib.loads(text)["project"]["version"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
