"""Refs of a repository: its tags and branches, and those that a remote has."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ...model.history.tag import RELEASE_TAG_TRAILER, Tag, is_release_tag
from .repository import CHECK, TAGS, Repository
from .words import read_records

# What a ref leads to through one tag and what that is, and what the ref itself names.
PEELED = "%(*objectname)%00%(*objecttype)%00%(objectname)%00"


def tagged_commits(repository: Repository, *names: str) -> dict[str, str]:
    """Map tags that are here, all or those that are named, to their commits."""
    shape = f"--format=%(refname)%00{PEELED}"
    patterns = [f"refs/tags/{name}" for name in names] or ["refs/tags"]
    records = list(read_records(repository.git("for-each-ref", shape, *patterns), 4))
    peeled = _peeled(repository, records)
    return {ref.removeprefix("refs/tags/"): peeled[ref] for ref, *_ in records}


def moved_tags(repository: Repository, refs: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Find tags that lead to one commit here, and to another among the refs of a remote.

    Yield the name and both commits. Most tags are the same objects: these are not looked into.
    """
    shape = "--format=%(refname)%00%(objectname)%00"
    records = read_records(repository.git("for-each-ref", shape, TAGS), 2)
    differ = [ref.removeprefix(TAGS) for ref, target in records if refs.get(ref, target) != target]
    there = tags_of(refs)
    for name, here in tagged_commits(repository, *differ).items() if differ else ():
        if here != there[name]:
            yield name, here, there[name]


def tags_and_branches(
    repository: Repository, head: str, at_remote: Mapping[str, str] | None = None
) -> tuple[tuple[Tag, ...], frozenset[str]]:
    """Read every tag with its commit, and the names of all branches, here and remote.

    Where it is known what the remote has, its tags count, and no others.
    """
    trailer = f"%(contents:trailers:key={RELEASE_TAG_TRAILER},valueonly,separator=%x0A)"
    shape = f"%(refname)%00{PEELED}{trailer}%00"
    records = list(read_records(repository.git("for-each-ref", f"--format={shape}"), 5))
    commits = _peeled(repository, records)
    # Of all parents: to ask git for what is merged would trust the dates of commits.
    behind = frozenset(repository.git("rev-list", head).split())
    tags, branches = [], set()
    for ref, *_, trailers in records:
        if ref.startswith("refs/tags/"):
            tags.append(
                Tag(
                    name=ref.removeprefix("refs/tags/"),
                    commit=commits[ref],
                    reachable=commits[ref] in behind,
                    released_with=next(filter(is_release_tag, trailers.split()), ""),
                )
            )
        elif ref.startswith("refs/heads/"):
            branches.add(ref.removeprefix("refs/heads/"))
        elif ref.startswith("refs/remotes/"):
            branches.add(ref.removeprefix("refs/remotes/").partition("/")[2])
    if at_remote is not None:
        tags = list(_as_at(at_remote, {tag.name: tag for tag in tags}, behind))
    return tuple(tags), frozenset(branches)


def _peeled(repository: Repository, records: Iterable[Sequence[str]]) -> dict[str, str]:
    """Map refs to what they lead to in the end; `for-each-ref` undoes one tag of a tag."""
    found = {ref: peeled or target for ref, peeled, _, target, *_ in records}
    deep = [ref for ref, _, kind, *_ in records if kind == "tag"]
    if deep:
        stdin = "".join(f"{ref}^{{}}\n" for ref in deep)
        lines = repository.git(*CHECK, stdin=stdin).splitlines()
        found |= dict(zip(deep, lines, strict=True))
    return found


def tags_of(refs: Mapping[str, str]) -> dict[str, str]:
    """Return the tags among the refs of a remote, each with the commit that it leads to."""
    names = (ref.removeprefix(TAGS) for ref in refs if ref.startswith(TAGS))
    plain = [name for name in names if not name.endswith("^{}")]
    return {name: refs.get(f"{TAGS}{name}^{{}}", refs[TAGS + name]) for name in plain}


def _as_at(
    refs: Mapping[str, str], here: Mapping[str, Tag], behind: Collection[str]
) -> Iterator[Tag]:
    """Return the tags of a remote: those that are alike here, and others."""
    for name, commit in tags_of(refs).items():
        known = here.get(name)
        is_same = known is not None and known.commit == commit
        yield (
            known
            if known and is_same
            else Tag(name=name, commit=commit, reachable=commit in behind)
        )
