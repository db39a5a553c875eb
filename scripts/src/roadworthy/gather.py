"""Reads the three facts of every member, and the history, into one value.

A handful of git calls serve the whole workspace, whatever its size.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from packaging.utils import NormalizedName
from packaging.version import Version

from .model.history.change import RELEASE_SUBJECT
from .model.plan import changelog
from .model.plan.facts import Facts, Page, Presence
from .model.problem import Problem, UsageFailure
from .model.workspace.reading import manifest_paths, read_workspace
from .model.workspace.version_source import FromFile, version_in
from .model.workspace.workspace import MANIFEST, Index, Member, Workspace
from .ops.git import LINK, SUBMODULE, Repository


def gather(
    repository: Repository,
    prefix: str,
    revision: str = "HEAD",
    *,
    index: Index | None = None,
    all_pages: bool = False,
    workspace: Workspace | None = None,
) -> Facts:
    """Read the facts of the workspace at a revision.

    The index is asked about versions ahead of their tag; with `all_pages`, about all.
    A workspace that was read at that revision before is not read again.
    Raises `UsageFailure` where the workspace cannot be read.
    """
    base = resolve(repository, revision)
    tags, branches = repository.tags_and_branches(base)
    facts = Facts(
        base=base,
        day=datetime.now(UTC).date(),
        workspace=workspace or workspace_at(repository, base, prefix),
        tags=tags,
        branches=branches,
    )
    asked = [
        member
        for member in facts.workspace.members.values()
        if not member.never_released and (all_pages or facts.tag_at(member) is None)
    ]
    untagged = [member for member in asked if facts.tag_at(member) is None]
    pages = _pages(index, asked)
    ends = [tag.commit for _, tag in facts.priors().values()]
    return replace(
        facts,
        commits=repository.history(base, ends, prefix),
        pages=pages,
        version_set_at=_version_set_at(repository, base, prefix, untagged, pages),
    )


def resolve(repository: Repository, revision: str) -> str:
    """Return the commit of a revision; raise `UsageFailure` where there is none."""
    commit = repository.commit_of(revision)
    if commit is None:
        hint = "name a branch, a tag or a commit that this repository has"
        raise UsageFailure(Problem(f"there is no commit `{revision}`", hint))
    return commit


def workspace_at(repository: Repository, commit: str, prefix: str) -> Workspace:
    """Read the workspace as it is committed; the working tree is not looked at."""
    modes = repository.modes(commit, prefix)
    files = tuple(modes)

    def texts(paths: Collection[str]) -> Mapping[str, str]:
        names = {f"{commit}:{joined(prefix, path)}": path for path in paths}
        return {names[name]: text for name, text in repository.texts(list(names)).items()}

    root = texts([MANIFEST])
    if not root:
        hint = "name the root of a uv workspace with --workspace"
        where = joined(prefix, MANIFEST)
        raise UsageFailure(Problem(f"there is no {where} in commit {commit[:12]}", hint))
    elsewhere = [path for path, mode in modes.items() if mode in {LINK, SUBMODULE}]
    targets = texts(elsewhere) if elsewhere else {}
    links = {path: targets.get(path, "") for path in elsewhere}
    paths = manifest_paths(root[MANIFEST], files, links)
    return read_workspace(texts(paths), files, texts)


def _pages(index: Index | None, members: Iterable[Member]) -> Mapping[NormalizedName, Page]:
    if index is None:
        return {}
    from .ops import index as indexes  # noqa: PLC0415 - half a second that git alone saves

    return indexes.read_pages(index, (member.name for member in members))


def _on_index(members: Iterable[Member], pages: Mapping[NormalizedName, Page]) -> list[Member]:
    there = {Presence.PARTIAL, Presence.PRESENT}
    return [
        member
        for member in members
        if member.version
        and member.name in pages
        and pages[member.name].presence(member.version) in there
    ]


def _version_set_at(
    repository: Repository,
    base: str,
    prefix: str,
    untagged: list[Member],
    pages: Mapping[NormalizedName, Page],
) -> dict[NormalizedName, str]:
    """Find the commit of each version that is prepared or published, and has no tag yet.

    A release commit says so itself, and its changelog does. What is on the index without
    one comes from where the manifest got the version and the changelog the section for it.
    """
    found = _prepared_at(repository, base, prefix, untagged)
    rest = [member for member in _on_index(untagged, pages) if member.name not in found]
    return found | _shown_first_at(repository, base, prefix, rest)


def _prepared_at(
    repository: Repository, base: str, prefix: str, members: list[Member]
) -> dict[NormalizedName, str]:
    """Find the newest release commit of each version that the changelog still has."""
    names = {f"{base}:{joined(prefix, member.file(changelog.FILE))}": member for member in members}
    logs = repository.texts(list(names)) if names else {}
    listed = [m for name, m in names.items() if _is_listed(logs.get(name, ""), m)]
    commits = repository.commits_named(base, RELEASE_SUBJECT, prefix) if listed else ()
    by_release = {pair: c.hash for c in reversed(commits) for pair in c.releases.items()}
    return {m.name: by_release[p] for m in listed if (p := (m.name, str(m.version))) in by_release}


def _is_listed(log: str, member: Member) -> bool:
    return member.version is not None and bool(changelog.section_of(log, member.version))


def _shown_first_at(
    repository: Repository, base: str, prefix: str, members: list[Member]
) -> dict[NormalizedName, str]:
    """Find where each version was first shown as it is now, by the manifest and the changelog."""
    if not members:
        return {}
    files = {
        member.name: (member.version_file or member.file(MANIFEST), member.file(changelog.FILE))
        for member in members
    }
    paths = [joined(prefix, path) for pair in files.values() for path in pair]
    commits = repository.changes_of(base, paths, prefix)
    names = [
        f"{commit.hash}:{joined(prefix, path)}"
        for commit in commits
        for pair in files.values()
        if set(pair) & set(commit.files)
        for path in pair
    ]
    texts = repository.texts(names)
    found = {}
    for member in members:
        pair = files[member.name]
        states = [
            (c.hash, *[texts.get(f"{c.hash}:{joined(prefix, path)}", "") for path in pair])
            for c in commits
            if set(pair) & set(c.files)
        ]
        found[member.name] = _start_of(member, states) or base
    return found


def _start_of(member: Member, states: Iterable[tuple[str, ...]]) -> str:
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


def joined(prefix: str, path: str) -> str:
    """Return a path below the workspace's root as the repository has it."""
    return f"{prefix}/{path}" if prefix else path
