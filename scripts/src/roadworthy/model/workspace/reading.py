"""Reading a uv workspace from the texts of its manifests, and of what they name.

https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, takewhile
from pathlib import PurePosixPath
from posixpath import basename, dirname, join, normpath
from types import MappingProxyType
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import Version

from ..history.note import FOLDER, is_note, read_note
from ..problem import Failure, Problem, UsageFailure, stop_on
from ..text import brief, short
from ..url import is_url, without_credentials
from ..version import read_version
from .build_system import read_build_system
from .glob import matches
from .requirement import InternalRequirement, Kind, internal_requirement, is_range
from .settings import Settings
from .shape import shape_problems
from .version_source import FromFile, Unknown, VersionSource, version_in, version_source
from .workspace import MANIFEST, Index, Member, Workspace

PRIVATE = "Private :: Do Not Upload"
MOST_PARTS = 200  # of one key; Python takes minutes for some thousands of them
# A key of more parts: each is a word, and a dot behind it. Numbers in a text are none.
LONG_KEY = re.compile(rf"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}""")
Texts = Callable[[Collection[str]], Mapping[str, str]]


def manifest_paths(
    root_text: str, files: Collection[str], links: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, ...]:
    """Return the manifests of a workspace, of the files that it has.

    `links` are those of the files that are links, with what each says, and submodules.
    Raises `UsageFailure` where there is no workspace, a member has no manifest, or uv
    would find one outside of what is committed here.
    """
    root = _toml(MANIFEST, root_text)
    stop_on(shape_problems(MANIFEST, root), UsageFailure)
    table = _workspace_table(root)
    folders = _folders(files)
    members = sorted(_matched(table.get("members", []), folders))
    left_out = _matched(table.get("exclude", []), {*folders, *links})
    paths, problems = [MANIFEST], [*_outside_problems(table, files, links, left_out)]
    for folder in members:
        if folder in left_out or folder.rpartition("/")[2].startswith("."):
            continue
        if not folder.isprintable():
            message = (
                f"the folder of the workspace member {folder!a} has a name that is not valid UTF-8"
            )
            problems.append(
                Problem("member-name", message, "rename it: neither uv nor a URL can name it")
            )
        elif MANIFEST in folders[folder]:
            paths.append(f"{folder}/{MANIFEST}")
        else:
            message = f"workspace member `{folder}` has no {MANIFEST}"
            problems.append(
                Problem(
                    "member-manifest", message, f"add one, or list it under `exclude` in {MANIFEST}"
                )
            )
    stop_on(problems, UsageFailure)
    return tuple(paths)


def _outside_problems(
    table: Mapping[str, Any],
    files: Collection[str],
    links: Mapping[str, str],
    left_out: Collection[str],
) -> Iterator[Problem]:
    """Find members that uv would take from where nothing is committed."""
    patterns = table.get("members", [])
    for pattern in patterns:
        if pattern.startswith("/") or ".." in PurePosixPath(pattern).parts:
            hint = f"move it below the folder of {MANIFEST}: a release is made from that folder"
            yield Problem(
                "member-outside",
                f"`members` has `{pattern}`, which is outside of the workspace",
                hint,
            )
    leads = {lead for pattern in patterns for lead in _leads(pattern)}
    for link, target in links.items():
        is_file = bool(target) and normpath(join(dirname(link), target)) in files
        is_passed_over = is_file or link in left_out or basename(link).startswith(".")
        if not is_passed_over and any(matches(link, lead) for lead in leads):
            message = f"workspace member `{link}` is a link or a submodule, not a folder here"
            yield Problem(
                "member-outside", message, f"move it here, or list it under `exclude` in {MANIFEST}"
            )


def _leads(pattern: str) -> Iterator[str]:
    """Return a pattern and those of the folders above; uv follows no link for `**`."""
    parts = takewhile("**".__ne__, PurePosixPath(pattern).parts)
    return accumulate(parts, lambda above, part: f"{above}/{part}")


def read_workspace(
    manifests: Mapping[str, str],
    files: Collection[str] = (),
    texts: Texts = lambda _: {},
) -> Workspace:
    """Read the workspace from the texts of its manifests, the root's first.

    Of all its `files`, change notes and those that have a version are read with `texts`.
    Raises `UsageFailure` with all problems that make it unreadable.
    """
    tables = {path: _toml(path, text) for path, text in manifests.items()}
    stop_on(
        (p for path, table in tables.items() for p in shape_problems(path, table)), UsageFailure
    )
    uv = tables[MANIFEST].get("tool", {}).get("uv", {})
    managed = {path: table for path, table in tables.items() if _is_managed(path, table)}
    stop_on(_name_problems(managed), UsageFailure)
    named = {path: table for path, table in managed.items() if "project" in table}
    problems = [*_naming_problems(named)]
    names = frozenset(canonicalize_name(table["project"]["name"]) for table in named.values())
    members = []
    for path, table in named.items():
        try:
            members.append(_member(path, table, names, tables[MANIFEST]))
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


def _toml(path: str, text: str) -> dict[str, Any]:
    """Read a manifest; raise `UsageFailure`, whatever is wrong with it."""
    hint = "fix that line"
    deep = "is nested too deeply", "write it with fewer brackets, or fewer dots in a key"
    try:
        text.encode("utf-8")
        if not LONG_KEY.search(text):
            return _table(text)
        why, hint = deep
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        why, hint = f"is not UTF-8, in line {line}", "save it as UTF-8"
    except RecursionError:
        why, hint = deep
    except tomllib.TOMLDecodeError as error:
        why = f"is not TOML: {short(str(error))}"
        if text.startswith("\ufeff"):
            hint = "it starts with a byte order mark: save it as UTF-8 without one"
    except ValueError:
        why, hint = "has a number that is too long", "write one of fewer than 4,300 digits"
    raise UsageFailure(Problem("manifest-unreadable", f"{path} {why}", hint))


@lru_cache(maxsize=10_000)  # most manifests stay the same from one commit to the next
def _table(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _workspace_table(root: Mapping[str, Any]) -> Mapping[str, Any]:
    table = root.get("tool", {}).get("uv", {}).get("workspace")
    if table is None:
        hint = 'the root needs [tool.uv.workspace] with `members = ["packages/*"]`'
        raise UsageFailure(
            Problem("workspace-not-a-root", f"{MANIFEST} is not the root of a uv workspace", hint)
        )
    return dict(table)


def _folders(files: Iterable[str]) -> dict[str, set[str]]:
    """Map each folder to the names of what lies in it."""
    folders: dict[str, set[str]] = {}
    for file in files:
        path = file
        while path:
            folder, _, name = path.rpartition("/")
            known = folder in folders
            folders.setdefault(folder, set()).add(name)
            path = "" if known else folder
    return folders


def _matched(patterns: Iterable[str], folders: Iterable[str]) -> set[str]:
    wanted = [str(PurePosixPath(pattern)) for pattern in patterns]
    return {f for f in folders if f and any(matches(f, pattern) for pattern in wanted)}


def _is_managed(path: str, table: Mapping[str, Any]) -> bool:
    """Tell whether uv counts it as a member; the root need not be a project."""
    uv = table.get("tool", {}).get("uv", {})
    return path == MANIFEST or uv.get("managed", True) is not False


def _name_problems(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for path, table in tables.items():
        if path == MANIFEST and "project" not in table:
            continue
        name = table.get("project", {}).get("name", "")
        try:
            canonicalize_name(name, validate=True)
        except InvalidName:
            message = f"{path} has no project name" if not name else f"{path}: {name!a} is no name"
            yield Problem(
                "member-name",
                message,
                'give it a [project] with `name = "..."`, or list it under `exclude`',
            )


def _naming_problems(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    seen: dict[NormalizedName, str] = {}
    for path, table in tables.items():
        member = canonicalize_name(table["project"]["name"])
        if member in seen:
            message = f"two members are both named `{member}`: {seen[member]} and {path}"
            yield Problem(
                "member-name-twice",
                message,
                "rename one: names are compared as PEP 503 normalises them",
            )
        seen[member] = path


def _member(
    path: str,
    table: Mapping[str, Any],
    names: frozenset[NormalizedName],
    root: Mapping[str, Any],
) -> Member:
    project = table["project"]
    name = canonicalize_name(project["name"])
    version = _version(path, name, project)
    source = version_source(table) if version is None else None
    return Member(
        name=name,
        path=str(PurePosixPath(path).parent),
        version=version,
        requires_python=_requires_python(path, name, project),
        requirements=tuple(_requirements(path, name, table, names)),
        never_released=_never_released(table, source),
        installable="build-system" in table and _is_package(table),
        source=source,
        stated=_stated(project),
        commands=tuple(sorted({*project.get("scripts", {}), *project.get("gui-scripts", {})})),
        build=read_build_system(path, table, root),
        repository=_repository(project),
    )


def _repository(project: Mapping[str, Any]) -> str:
    """Return the URL of its repository: https://peps.python.org/pep-0753/#well-known-labels."""
    urls = {label.lower(): url for label, url in project.get("urls", {}).items()}
    return str(urls.get("repository", ""))


def _stated(project: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return all that its distributions must require; None where the backend decides."""
    if {"dependencies", "optional-dependencies"} & set(project.get("dynamic", [])):
        return None
    optional = project.get("optional-dependencies", {}).values()
    return (*project.get("dependencies", []), *(text for texts in optional for text in texts))


def _version(path: str, name: NormalizedName, project: Mapping[str, Any]) -> Version | None:
    if "version" not in project and "version" in project.get("dynamic", []):
        return None
    if "version" not in project:
        hint = f'add `version = "0.1.0"` to the [project] of {path}'
        raise UsageFailure(Problem("version-missing", f"{name} has no version", hint, name))
    version = read_version(project["version"])
    if version is None:
        message = f"{name} has the version {brief(project['version'])}, which is not one"
        hint = f"write a PEP 440 version such as 0.1.0 in {path}"
        raise UsageFailure(Problem("version-invalid", message, hint, name))
    return version


def _requires_python(path: str, name: NormalizedName, project: Mapping[str, Any]) -> str:
    text: str = project.get("requires-python", "")
    if not is_range(text):
        message = f"{name} has the requires-python {brief(text)}, which is not a range"
        raise UsageFailure(
            Problem("python-range-invalid", message, f'write one such as ">=3.11" in {path}', name)
        )
    return text


def _never_released(table: Mapping[str, Any], source: VersionSource | None) -> str:
    if PRIVATE in table["project"].get("classifiers", []):
        return f"it has the classifier `{PRIVATE}`"
    if not _is_package(table):
        return "it has `package = false`"
    if "build-system" not in table:
        return "it has no [build-system]"
    return source.why if isinstance(source, Unknown) else ""


def _is_package(table: Mapping[str, Any]) -> bool:
    return table.get("tool", {}).get("uv", {}).get("package", True) is not False


def _requirements(
    path: str, name: NormalizedName, table: Mapping[str, Any], names: frozenset[NormalizedName]
) -> Iterator[InternalRequirement]:
    for kind, text in _requirement_texts(table):
        try:
            found = internal_requirement(text, kind, names)
        except InvalidRequirement as error:
            message = f"{name} has a requirement that cannot be read, `{short(text)}`: {error}"
            raise UsageFailure(
                Problem("requirement-invalid", message, f"fix it in {path}", name)
            ) from None
        if found and found.sibling != name:
            yield found


def _requirement_texts(table: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    project = table["project"]
    sections = (
        (Kind.REQUIRED, [project.get("dependencies", [])]),
        (Kind.EXTRA, project.get("optional-dependencies", {}).values()),
        (Kind.GROUP, table.get("dependency-groups", {}).values()),
        (Kind.BUILD, [table.get("build-system", {}).get("requires", [])]),
    )
    for kind, lists in sections:
        for texts in lists:
            yield from ((kind, text) for text in texts if isinstance(text, str))


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
