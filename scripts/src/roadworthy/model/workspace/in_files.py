"""What members have in files of their own: change notes, and versions outside of manifests."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from ..history.note import CHANGESETS, FOLDER, is_like_a_note, is_note, read_note
from ..plan.changelog import FILE, MARKDOWN, logs_in
from .version_source import FromFile, version_in
from .workspace import Member

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
    complete = []
    for member in placed:
        these = tuple(note for path in own.get(member.name, ()) if (note := notes[path]))
        complete.append(replace(_with_version(member, found), notes=these))
    unread = (f for f in files if is_like_a_note(f) and _lies_below(f, folders))
    return complete, (*(path for path, note in notes.items() if note is None), *sorted(unread))


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
