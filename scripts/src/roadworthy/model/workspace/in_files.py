"""What members have in files of their own: change notes, and versions outside of manifests."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from packaging.utils import NormalizedName

from ..history.note import CHANGESETS, FOLDER, is_like_a_note, is_note, read_note
from ..plan.changelog import FILE, MARKDOWN, logs_in
from .lockfile import stated_in
from .requirement import InternalRequirement, Kind, internal_requirement
from .version_source import FromFile, version_in
from .workspace import LOCK, Member

Texts = Callable[[Collection[str]], Mapping[str, str]]


def with_files(
    members: Iterable[Member], files: Collection[str], texts: Texts
) -> tuple[list[Member], tuple[str, ...]]:
    """Give members their notes, and the versions that lie in files; return what is no note."""
    there = frozenset(files)
    logs = logs_in(files)
    placed = [_with_log(_placed(member, there), logs) for member in members]
    folders = {member.file(FOLDER): member.name for member in placed}
    written = [f for f in files if is_note(f) and f.rpartition("/")[0] in folders]
    wanted = [*written, *(member.version_file for member in placed if member.version_file)]
    found = texts(wanted) if wanted else {}
    notes = {path: read_note(path, found[path]) for path in sorted(written)}
    own = (
        {
            name: [path for path in notes if path.startswith(f"{folder}/")]
            for folder, name in folders.items()
        }
        if notes
        else {}
    )
    placed = _with_locked(placed, there, texts)
    complete = []
    for member in placed:
        these = tuple(note for path in own.get(member.name, ()) if (note := notes[path]))
        complete.append(replace(_with_version(member, found), notes=these))
    unread = (f for f in files if is_like_a_note(f) and _lies_below(f, folders))
    return complete, (*(path for path, note in notes.items() if note is None), *sorted(unread))


def _with_locked(members: list[Member], files: Collection[str], texts: Texts) -> list[Member]:
    """Give members whose requirements are dynamic those on siblings that the lock file has."""
    hidden = [member for member in members if member.stated is None]
    if not hidden or LOCK not in files:
        return members
    stated = stated_in(texts([LOCK]).get(LOCK, ""))
    names = frozenset(member.name for member in members)
    return [
        replace(member, requirements=(*member.requirements, *_found(member, stated, names)))
        if member in hidden
        else member
        for member in members
    ]


def _found(
    member: Member, stated: Mapping[str, tuple[str, ...]], names: frozenset[NormalizedName]
) -> Iterator[InternalRequirement]:
    known = {(r.sibling, r.kind) for r in member.requirements}
    for text in stated.get(member.name, ()):
        found = internal_requirement(text, Kind.REQUIRED, names - {member.name})
        if found and (found.sibling, found.kind) not in known:
            yield replace(found, is_dynamic=True)


def _lies_below(file: str, folders: Collection[str]) -> bool:
    """Tell whether a file lies in a folder of notes of a member, or in none of any."""
    return file.startswith(CHANGESETS) or any(file.startswith(f"{folder}/") for folder in folders)


def _placed(member: Member, files: Collection[str]) -> Member:
    """Say in which of the files a member has its version, and which of its roots are there."""
    member = _with_version_file(member, files)
    return member if member.path != "." else replace(member, content=member.content.among(files))


def _with_log(member: Member, logs: Mapping[str, list[str]]) -> Member:
    """Say which file is a member's changelog: the first of the usual names, else a new one."""
    folder = "" if member.path == "." else member.path
    own = logs.get(folder, [])
    written = next((path for path in own if path.lower().endswith(MARKDOWN)), "")
    other = "" if written else next(iter(own), "")
    return replace(member, changelog=written or member.file(FILE), other_log=other)


def _with_version_file(member: Member, files: Collection[str]) -> Member:
    if not isinstance(member.source, FromFile):
        return member
    there = (path for each in member.source.paths if (path := member.file(each)) in files)
    return replace(member, version_file=next(there, ""))


def _with_version(member: Member, texts: Mapping[str, str]) -> Member:
    """Take the version from the file that has it; a member without one is never released."""
    if not isinstance(member.source, FromFile):
        return member
    version = version_in(texts.get(member.version_file, ""), member.source)
    if version or member.never_released:
        return replace(member, version=version)
    where = " or ".join(member.file(path) for path in member.source.paths)
    return replace(member, never_released=f"its version is dynamic, and there is none in {where}")
