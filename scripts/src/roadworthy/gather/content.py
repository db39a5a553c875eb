"""Reads whether members differ from what was released of them: a comparison of trees.

Commits tell what was done; only the content tells what came of it. A merge may change a
file by itself, or change nothing, and what was taken back leaves no trace in the files.
A handful of processes serve all members.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.history.history import is_ignored, owner_of
from ..model.plan.facts import Facts
from ..model.workspace.content import Difference, stated, values
from ..model.workspace.toml import table_there
from ..model.workspace.version_source import FromFile, with_version
from ..model.workspace.workspace import MANIFEST, Member
from ..ops.tree import Tree, texts_at
from .tagged import folders_then

Place = tuple[str, str]
FOR_ALL = Version("0")  # two states that differ in their version alone are alike


@dataclass(frozen=True, slots=True)
class Pair:
    """A member as it was released, and as it is: a commit, and its folder there."""

    member: Member
    released: Place
    current: Place


def differing(tree: Tree, facts: Facts) -> Mapping[NormalizedName, Difference]:
    """Tell of members whether anything that counts differs between their prior tag and HEAD.

    Left out are those that were never released, and whose folder nobody finds at their tag.
    """
    pairs = list(_pairs(tree, facts))
    known = _objects(tree, dict.fromkeys(place for pair in pairs for place in _places(pair)))
    moved = {_key(pair): pair for pair in pairs if pair.released not in known}
    elsewhere = folders_then(tree, moved.keys())
    found = {k: replace(moved[k], released=(k[0], path)) for k, path in elsewhere.items()}
    pairs = [found.get(_key(pair), pair) for pair in pairs]
    known |= _objects(tree, dict.fromkeys(pair.released for pair in found.values()))
    there = [pair for pair in pairs if pair.released in known and pair.current in known]
    trees = {pair.member.name: (known[pair.released], known[pair.current]) for pair in there}
    files = tree.repository.differing_files(two for two in trees.values() if two[0] != two[1])
    owners = {member.path: name for name, member in facts.workspace.members.items()}
    changed = {
        pair.member.name: [
            file
            for file in files.get(trees[pair.member.name], ())
            if _counts(pair.member, pair.member.file(file), owners, facts)
        ]
        for pair in there
    }
    texts = _texts(tree, there, changed)
    return {
        pair.member.name: _difference(pair, changed[pair.member.name], texts, known)
        for pair in there
    }


def _pairs(tree: Tree, facts: Facts) -> Iterator[Pair]:
    """Pair each member that was released as it was then with as it is."""
    priors = facts.priors()
    for name, member in facts.workspace.members.items():
        if name in priors:
            yield Pair(member, (priors[name][1].commit, member.path), (tree.commit, member.path))


def _key(pair: Pair) -> tuple[str, NormalizedName]:
    return pair.released[0], pair.member.name


def _places(pair: Pair) -> tuple[Place, ...]:
    """Return all that is compared of a member, then and now."""
    return (pair.released, pair.current, *_outside(pair))


def _outside(pair: Pair) -> Iterator[Place]:
    """Return what a member takes from elsewhere, then and now."""
    for path in pair.member.content.outside:
        yield from ((pair.released[0], path), (pair.current[0], path))


def _objects(tree: Tree, places: Iterable[Place]) -> dict[Place, str]:
    """Map files and folders of commits to the objects that they are; what is not there is not."""
    paths = {place: tree.path(place[1]).removesuffix(".").rstrip("/") for place in places}
    names = {place: f"{place[0]}:{path}" for place, path in paths.items()}
    found = tree.repository.objects(list(names.values()))
    return {place: found[name] for place, name in names.items() if name in found}


def _counts(member: Member, file: str, owners: Mapping[str, NormalizedName], facts: Facts) -> bool:
    """Tell whether a file goes into a member: those of members within it do not."""
    if is_ignored(file, facts.workspace.settings.ignore) or not member.is_made_of(file):
        return False
    return owner_of(file, owners) in {member.name, None}


def _texts(
    tree: Tree, pairs: Iterable[Pair], changed: Mapping[NormalizedName, list[str]]
) -> Mapping[Place, str]:
    """Read, then and now, the files of which not every byte counts."""
    wanted = [
        place
        for pair in pairs
        for file in changed[pair.member.name]
        if file in _read(pair.member)
        for place in _two(pair, file)
    ]
    return texts_at(tree, wanted)


def _two(pair: Pair, file: str) -> tuple[Place, Place]:
    """Return where a file of a member lay, and where it lies."""
    (commit, before), (head, after) = pair.released, pair.current
    return (commit, _in(before, file)), (head, _in(after, file))


def _in(folder: str, file: str) -> str:
    return file if folder == "." else f"{folder}/{file}"


def _read(member: Member) -> set[str]:
    """Return the manifest, and the file that has the version, from the member's folder on."""
    own = f"{member.path}/" if member.path != "." else ""
    return {MANIFEST, member.version_file.removeprefix(own)} - {""}


def _difference(
    pair: Pair, files: Iterable[str], texts: Mapping[Place, str], known: Mapping[Place, str]
) -> Difference:
    differs, is_stated = False, False
    for file in files:
        then, now = (texts.get(place, "") for place in _two(pair, file))
        if file == MANIFEST:
            before, after = table_there(then), table_there(now)
            differs |= values(before) != values(after)
            is_stated |= stated(before) != stated(after)
        elif file in _read(pair.member):
            differs |= _masked(then, pair.member) != _masked(now, pair.member)
        else:
            differs = True
    ends = (pair.released[0], pair.current[0])
    one, other = ([known.get((end, path)) for path in pair.member.content.outside] for end in ends)
    return Difference(differs or one != other, is_stated)


def _masked(text: str, member: Member) -> str:
    """Return a text without the version that is in it."""
    assert isinstance(member.source, FromFile)  # noqa: S101 - such alone have a file for it
    return with_version(text, member.source, FOR_ALL)
