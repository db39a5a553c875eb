"""Finds the commit of each version that is prepared or published, and has no tag yet.

A release commit says so itself, and its changelog does. What is on the index without one
comes from where the manifest got the version and the changelog the section for it.
"""

from collections.abc import Iterable, Mapping, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.history.change import RELEASE_SUBJECT, RELEASE_TRAILER, Commit
from ..model.plan import changelog
from ..model.plan.facts import Page, Presence
from ..model.workspace.toml import table_there
from ..model.workspace.version_source import FromFile, version_in
from ..model.workspace.workspace import MANIFEST, Member
from ..ops.tree import Tree, texts_at

ON_INDEX = frozenset({Presence.PARTIAL, Presence.PRESENT})


def version_set_at(
    tree: Tree, untagged: Sequence[Member], pages: Mapping[NormalizedName, Page]
) -> dict[NormalizedName, str]:
    """Return the commit of each member whose version is prepared or published."""
    logs = tree.texts([member.changelog for member in untagged])
    listed = [m for m in untagged if _is_listed(logs.get(m.changelog, ""), m)]
    found = _prepared_at(tree, listed)
    rest = [m for m in untagged if m.name not in found]
    published = [member for member in rest if _is_on_index(member, pages)]
    brought = [member for member in rest if member in listed and member not in published]
    return found | _shown_first_at(tree, published) | _brought_at(tree, brought)


def _is_on_index(member: Member, pages: Mapping[NormalizedName, Page]) -> bool:
    page = pages.get(member.name)
    return bool(page and member.version and page.presence(member.version) in ON_INDEX)


def _prepared_at(tree: Tree, listed: Sequence[Member]) -> dict[NormalizedName, str]:
    """Find the newest release commit of each version that the changelog still has.

    A merge may quote it: the commit that was merged is the one that is meant.
    """
    starts = (RELEASE_SUBJECT, f"{RELEASE_TRAILER}: ")
    commits = tree.commits_named(*starts) if listed else ()
    by_release: dict[tuple[str, str], Commit] = {}
    for commit in commits:
        for pair in commit.releases.items():
            known = by_release.setdefault(pair, commit)
            if len(known.parents) > 1 and len(commit.parents) == 1:
                by_release[pair] = commit
    pairs = {member.name: (str(member.name), str(member.version)) for member in listed}
    return {name: by_release[pair].hash for name, pair in pairs.items() if pair in by_release}


def _is_listed(log: str, member: Member) -> bool:
    return member.version is not None and bool(changelog.section_of(log, member.version))


def _shown_first_at(tree: Tree, members: Sequence[Member]) -> dict[NormalizedName, str]:
    """Find where each version was first shown as it is now, by the manifest and the changelog."""
    states = _all_states(tree, members)
    return {m.name: _start_of(m, states[m.name]) or tree.commit for m in members}


def _brought_at(tree: Tree, members: Sequence[Member]) -> dict[NormalizedName, str]:
    """Find the commits that brought a version and its section together, under whatever words.

    A section that somebody wrote for a version which was there before is no release commit.
    """
    found = {}
    for name, states in _all_states(tree, members).items():
        member = next(each for each in members if each.name == name)
        start = _start_of(member, states)
        hashes = [commit for commit, _, _ in states]
        if start and _is_brought(member, states[hashes.index(start) :]):
            found[name] = start
    return found


def _is_brought(member: Member, states: Sequence[tuple[str, str, str]]) -> bool:
    """Tell whether the first of some states has both what the next one, before it, has not."""
    assert member.version is not None  # noqa: S101 - the changelog lists it
    (_, _, log), *before = states
    is_first = changelog.has_first(log, member.version)
    if not before:
        return is_first
    _, manifest, older = before[0]
    moved = _version_in(manifest, member) != member.version
    return not changelog.section_of(older, member.version) and (moved or is_first)


def _all_states(
    tree: Tree, members: Sequence[Member]
) -> dict[NormalizedName, list[tuple[str, str, str]]]:
    """Return both files of each member at each commit that touches one of them, newest first."""
    if not members:
        return {}
    pairs = {member.name: _pair(member) for member in members}
    commits = tree.changes_of([path for pair in pairs.values() for path in pair])
    touched = [(c, pair) for c in commits for pair in pairs.values() if set(pair) & set(c.files)]
    texts = texts_at(tree, ((c.hash, path) for c, pair in touched for path in pair))
    return {name: _states(commits, pair, texts) for name, pair in pairs.items()}


def _pair(member: Member) -> tuple[str, str]:
    """Return the file that has a member's version, and its changelog."""
    return (member.version_file or member.file(MANIFEST), member.changelog)


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
        return Version(table_there(text)["project"]["version"])
    except (ValueError, KeyError, TypeError):
        return None
