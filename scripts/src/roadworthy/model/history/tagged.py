"""Which release each tag marks, whatever its shape: the manifest at its commit is asked.

A tag in the shape that we write counts by its name. One of another shape counts for a member
whose manifest at the tagged commit has its version, or leaves it to a tool. The others are
strays: they are no release that is known of, but nobody uses their versions again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..workspace.settings import Settings
from ..workspace.workspace import Workspace
from .shape import NAME, Names, Reading, readings
from .tag import Tag, is_release_tag

# What manifests at tagged commits say, by commit and member: a version, or None where a
# tool finds it. What is not there has no manifest there.
Shown = Mapping[tuple[str, NormalizedName], Version | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """A tag of another shape that marks a release of a member, and what it calls the member."""

    member: NormalizedName
    version: Version
    tag: Tag
    shape: str
    name: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A tag that looks like a release of somebody, a member if any, and that no manifest shows."""

    tag: Tag
    version: Version
    shape: str
    member: NormalizedName | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagged:
    """All that the tags say: the releases of each member, and those of other shapes among them.

    `gone` has the newest release of each member that is no more.
    """

    releases: Mapping[NormalizedName, Mapping[Version, Tag]] = field(default_factory=dict)
    others: tuple[Counted, ...] = ()
    strays: tuple[Stray, ...] = ()
    gone: Mapping[NormalizedName, tuple[Version, Tag]] = field(default_factory=dict)


Own = Mapping[str, tuple[tuple[NormalizedName, ...], Version]]


def own_tags(tags: Iterable[Tag], workspace: Workspace) -> Own:
    """Read the tags in the shape that we write: what each is for, by its name."""
    parse, names = workspace.settings.parse_tag, workspace.members
    return {tag.name: own for tag in tags if (own := parse(tag.name, names))}


def other_tags(tags: Iterable[Tag], own: Own, settings: Settings) -> tuple[Tag, ...]:
    """Return the tags that are neither ours nor in the shape that we write, and that may be read.

    Where somebody wrote `read-tag-formats = []`, there are none.
    """
    if "read-tag-formats" in settings.written and not settings.read_tag_formats:
        return ()
    return tuple(tag for tag in tags if tag.name not in own and not is_release_tag(tag.name))


def places(
    others: Collection[Tag], workspace: Workspace, limit: int
) -> Iterator[tuple[str, NormalizedName]]:
    """Return the commits and members whose manifests are to be asked, `limit` at most.

    A tag that names no member may be of any; of those, the highest versions come first.
    """
    names = names_of(workspace) if others else Names({})
    bare: list[tuple[Version, str]] = []
    for tag in others:
        for reading in _read(tag, workspace):
            member = names.member(reading.name)
            if member:
                yield tag.commit, member
            elif not reading.name:
                bare.append((reading.version, tag.commit))
    most = max(1, limit // max(1, len(workspace.members)))
    for _, commit in sorted(bare, reverse=True)[:most]:
        yield from ((commit, member) for member in workspace.members)


def read_tags(
    tags: Collection[Tag], workspace: Workspace, own: Own | None = None, shown: Shown | None = None
) -> Tagged:
    """Return what all tags say; without manifests, those in the shape that we write alone."""
    own = own_tags(tags, workspace) if own is None else own
    found: dict[NormalizedName, dict[Version, Tag]] = {}
    for tag in tags:
        members, version = own.get(tag.name, ((), Version("0")))
        for name in members:
            found.setdefault(name, {})[version] = tag
    others: list[Counted] = []
    strays: list[Stray] = []
    unread = other_tags(tags, own, workspace.settings) if shown is not None else ()
    names = names_of(workspace) if unread else Names({})
    for tag in unread:
        counted = list(_counted(tag, workspace, names, shown or {}))
        others += counted
        strays += [] if counted else _strays(tag, workspace, names)
    for each in others:
        found.setdefault(each.member, {}).setdefault(each.version, each.tag)
    gone = _gone((tag for tag in tags if tag.name not in own), workspace)
    return Tagged(releases=found, others=tuple(others), strays=tuple(strays), gone=gone)


def _gone(tags: Iterable[Tag], workspace: Workspace) -> dict[NormalizedName, tuple[Version, Tag]]:
    """Return the newest release of each name in our shape of tags that no member has any more."""
    found: dict[NormalizedName, tuple[Version, Tag]] = {}
    known = {*workspace.members, *workspace.settings.tag_names.values()}
    shape = workspace.settings.tag_format.template
    for tag in tags if NAME in shape else ():
        for reading in readings(tag.name) if not is_release_tag(tag.name) else ():
            name = canonicalize_name(reading.name)
            is_ours = reading.shape == shape and name == reading.name and name not in known
            if is_ours and (name not in found or reading.version > found[name][0]):
                found[name] = (reading.version, tag)
    return dict(sorted(found.items()))


def names_of(workspace: Workspace) -> Names:
    """Return by which names tags may call the members."""
    paths = {name: member.path for name, member in workspace.members.items()}
    return Names.of(paths, workspace.settings.tag_names)


def _read(tag: Tag, workspace: Workspace) -> Iterator[Reading]:
    """Return the ways to read a tag that the settings admit."""
    admitted = {each.template for each in workspace.settings.read_tag_formats}
    return (each for each in readings(tag.name) if not admitted or each.shape in admitted)


def _counted(tag: Tag, workspace: Workspace, names: Names, shown: Shown) -> Iterator[Counted]:
    """Return the releases that a tag marks, by the first way to read it that holds."""
    is_written = bool(workspace.settings.read_tag_formats)
    for reading in _read(tag, workspace):
        if NAME in reading.shape:
            member = names.member(reading.name)
            asked = [member] if member else []
            trusted = is_written
        else:
            asked = list(workspace.members)
            trusted = is_written and workspace.settings.is_lockstep
        held = [m for m in asked if trusted or _shows(shown, tag.commit, m, reading.version)]
        if held:
            shape, name = reading.shape, reading.name
            yield from (Counted(m, reading.version, tag, shape, name) for m in held)
            return


def _shows(shown: Shown, commit: str, member: NormalizedName, version: Version) -> bool:
    """Tell whether the manifest of a member has a version at a commit, or leaves it open."""
    return (commit, member) in shown and shown[commit, member] in {version, None}


def _strays(tag: Tag, workspace: Workspace, names: Names) -> list[Stray]:
    """Return a tag as a stray where it looks like a version; a member's name tells the most."""
    found = [(each, names.member(each.name)) for each in _read(tag, workspace)]
    named = [Stray(tag, r.version, r.shape, member) for r, member in found if member]
    bare = [Stray(tag, r.version, r.shape, None) for r, _ in found if not r.name]
    return (named or bare)[:1]
