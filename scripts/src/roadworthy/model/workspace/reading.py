"""Reading a uv workspace from the texts of its manifests, and of what they name.

https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

from ..history.note import FOLDER, is_note, read_note
from ..problem import Failure, Problem, UsageFailure, stop_on
from ..text import brief
from ..url import is_url, without_credentials
from .finding import is_managed
from .members import name_problems, naming_problems, read_member
from .settings import Settings
from .shape import shape_problems
from .toml import read_toml
from .version_source import FromFile, version_in
from .workspace import MANIFEST, Index, Member, Workspace

Texts = Callable[[Collection[str]], Mapping[str, str]]


def read_workspace(
    manifests: Mapping[str, str],
    files: Collection[str] = (),
    texts: Texts = lambda _: {},
) -> Workspace:
    """Read the workspace from the texts of its manifests, the root's first.

    Of all its `files`, change notes and those that have a version are read with `texts`.
    Raises `UsageFailure` with all problems that make it unreadable.
    """
    tables = {path: read_toml(path, text) for path, text in manifests.items()}
    stop_on(
        (p for path, table in tables.items() for p in shape_problems(path, table)), UsageFailure
    )
    uv = tables[MANIFEST].get("tool", {}).get("uv", {})
    managed = {path: table for path, table in tables.items() if is_managed(path, table)}
    stop_on(name_problems(managed), UsageFailure)
    named = {path: table for path, table in managed.items() if "project" in table}
    problems = [*naming_problems(named)]
    names = frozenset(canonicalize_name(table["project"]["name"]) for table in named.values())
    members = []
    for path, table in named.items():
        try:
            members.append(read_member(path, table, names, tables[MANIFEST]))
        except Failure as failure:
            problems.extend(failure.problems)
    if not problems and not [member for member in members if member.path != "."]:
        hint = "add a folder with a pyproject.toml, as `uv init --package packages/NAME` does"
        problems.append(Problem("workspace-empty", "the workspace has no member", hint))
    settings = Settings.read(tables[MANIFEST].get("tool", {}).get("release", {}))
    problems += [*_group_problems(settings, names), *_index_problems(uv)]
    stop_on(problems, UsageFailure)
    members, strays = _with_files(members, files, texts)
    return Workspace(
        members={member.name: member for member in sorted(members, key=lambda m: m.name)},
        settings=settings,
        indexes=tuple(_indexes(uv)),
        uv_required=uv.get("required-version", ""),
        strays=strays,
    )


def _group_problems(settings: Settings, names: Collection[NormalizedName]) -> Iterator[Problem]:
    for name in (name for group in settings.fixed for name in group if name not in names):
        message = f"[tool.release] `fixed` names `{name}`, which is no member"
        yield Problem("settings-member", message, f"the members are {', '.join(sorted(names))}")


def _with_files(
    members: Iterable[Member], files: Collection[str], texts: Texts
) -> tuple[list[Member], tuple[str, ...]]:
    """Give members their notes, and the versions that lie in files; return what is no note."""
    there = frozenset(files)
    placed = [_with_version_file(member, there) for member in members]
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
    return complete, tuple(path for path, note in notes.items() if note is None)


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


def _index_problems(uv: Mapping[str, Any]) -> Iterator[Problem]:
    for entry in uv.get("index", []):
        for key in ("name", "url", "publish-url"):
            value = entry.get(key, "")
            if not isinstance(value, str) or (key != "name" and not is_url(value)):
                shown = without_credentials(value) if isinstance(value, str) else value
                message = f"{MANIFEST}: a [[tool.uv.index]] has the {key} {brief(shown)}"
                kind = "a string" if key == "name" else "a URL"
                yield Problem("index-entry", message, f"it takes {kind}")


def _indexes(uv: Mapping[str, Any]) -> Iterator[Index]:
    for entry in uv.get("index", []):
        if "name" in entry and "url" in entry:
            publish_url = entry.get("publish-url", "")
            yield Index(name=entry["name"], url=entry["url"], publish_url=publish_url)
