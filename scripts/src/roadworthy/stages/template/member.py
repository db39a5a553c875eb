"""Add a member to the working tree: its files, its place in the umbrella, and the lock file.

Everything is there at the end, or everything is as it was.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.utils import canonicalize_name

from ...model.problem import Failure, Problem
from ...model.template.member import (
    APPLICATION,
    NewMember,
    lists_each,
    manifest_of,
    with_folder,
    with_place,
)
from ...model.workspace.glob import matches
from ...model.workspace.requirement import moved_to
from ...model.workspace.toml import table_of
from ...model.workspace.umbrella import is_umbrella
from ...model.workspace.workspace import MANIFEST, Index, Workspace
from ...ops import index as indexes
from ...ops import process, skeletons, uv
from ...ops.git import settings as git_settings
from ...ops.known_indexes import catalogue
from ..prepare.files import LOCK

LICENSE = "LICENSE"
# What a member says as its root does.
TOLD = ("license", "requires-python", "authors", "urls")


def told_by(root: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the root says of the whole project."""
    project = root.get("project", {})
    return {key: project[key] for key in TOLD if key in project}


def folder_for(name: str, below: str | None, root: Mapping[str, Any]) -> str | Problem:
    """Return the folder of a new member; a problem where no glob of the workspace has it.

    A workspace that lists each of its members lists this one, too.
    """
    globs = list(map(PurePosixPath, root["tool"]["uv"]["workspace"].get("members", [])))
    texts = list(map(str, globs))  # as uv takes them: without what changes nothing
    parents = [glob.parent for glob in globs if glob.name == "*"]
    parents += [globs[-1].parent] if lists_each(texts) else [PurePosixPath("packages")]
    parent = PurePosixPath(below.strip("/")) if below else parents[0]
    folder = str(parent / name)
    is_listed = lists_each(texts) and ".." not in parent.parts
    if is_listed or any(matches(folder, glob) for glob in texts):
        return folder
    hint = f'add "{parent}/*" to `members` of [tool.uv.workspace] in {MANIFEST}'
    return Problem("member-outside", f"no glob of the workspace matches {folder}", hint)


def requirements_of(
    workspace: Workspace, names: Sequence[str]
) -> tuple[dict[str, str], list[Problem]]:
    """Return a bounded requirement on each sibling, and what stands in the way."""
    found, problems = {}, []
    for member in workspace.select(names) if names else ():
        if member.version is None:
            hint = "write its requirement by hand, with a range"
            message = f"the version of {member.name} is not in its manifest"
            problems.append(Problem("member-version-dynamic", message, hint, member.name))
        else:
            found[str(member.name)] = moved_to(member.name, member.version)
    return found, problems


def taken_problems(
    member: NewMember, workspace: Workspace, files: Collection[str]
) -> Iterator[Problem]:
    """Say which sibling has the name, the folder or the import name already."""
    name, hint = canonicalize_name(member.name), "choose another name"
    if name in workspace.members:
        where = workspace.members[name].path
        yield Problem("name-taken", f"there is a member named {name} already, in {where}", hint)
        return
    if any(file.startswith(f"{member.folder}/") for file in files):
        yield Problem("folder-not-empty", f"the folder {member.folder} is there already", hint)
    yield from _module_problems(member, workspace, frozenset(files))


def _module_problems(
    member: NewMember, workspace: Workspace, files: frozenset[str]
) -> Iterator[Problem]:
    """Find a sibling that is imported by the same name, or by one that hides it."""
    outer = [member.package.rsplit("/", deep)[0] for deep in range(member.module.count(".") + 1)]
    for other in workspace.members.values():
        hint = "choose another name, or a namespace with --namespace"
        if any(file.startswith(f"{other.file(member.package)}/") for file in files):
            message = f"{other.name} is imported as `{member.module}` already"
            yield Problem("name-import", message, hint, other.name)
        for package in outer[1:] if member.namespace else ():
            if other.file(f"{package}/__init__.py") in files:
                message = f"`{member.namespace}` is a package of {other.name}, not a namespace"
                yield Problem("name-import", message, "choose another --namespace", other.name)


def index_problem(name: str, index: Index | None) -> tuple[Problem | None, Problem | None]:
    """Ask an index for a name: return an error and a warning, where there is cause for one.

    Without an index, PyPI is asked: pip takes from there what somebody names without a URL.
    """
    entry = catalogue()["pypi"]
    asked = index or Index(name=entry.title, url=entry.url)
    page = indexes.read_page(asked, canonicalize_name(name))
    if page.unknown:
        hint = f"look for it at {asked.shown} before the first release"
        message = f"{asked.name} did not say whether the name {name} is free: {page.unknown}"
        return None, Problem("name-unknown", message, hint)
    if not page.files:
        return None, None
    message = f"{asked.name} has a distribution named {name} already"
    hint = "choose another name; pip takes that one where somebody names yours without its URL"
    problem = Problem("name-strangers", message, hint)
    return (problem, None) if index else (None, problem)


def write(root: Path, member: NewMember, additions: Sequence[str]) -> list[str]:
    """Write a member into the working tree; return its files.

    Raises `Failure` where uv cannot add what it requires, or cannot lock: all is as before then.
    """
    texts = _texts(root, member)
    with _or_as_before(root, member.folder):
        for path, text in texts.items():
            file = root / member.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
        _write_place(root, member)
        if additions:
            uv.add(root, member.name, additions, git_settings.unbound())
        else:
            uv.lock(root, git_settings.unbound())
    return [f"{member.folder}/{path}" for path in texts]


def _texts(root: Path, member: NewMember) -> dict[str, str]:
    names = {
        "name": member.name,
        "module": member.module,
        "command": member.name,
        "description": member.description,
    }
    kind = "application" if member.kind == APPLICATION else "library"
    test = member.module.rpartition(".")[2]
    texts = {
        MANIFEST: manifest_of(member),
        "README.md": skeletons.text_of("member/README.md", **names),
        f"{member.package}/__init__.py": skeletons.text_of(f"member/{kind}.py.txt", **names),
        f"{member.package}/py.typed": "",
        f"tests/test_{test}.py": skeletons.text_of(f"member/test_{kind}.py.txt", **names),
    }
    if "license" in member.told and (root / LICENSE).is_file():
        texts[LICENSE] = (root / LICENSE).read_text("utf-8")
    return texts


def _write_place(root: Path, member: NewMember) -> None:
    """Give it a place in a list of members, and in the umbrella, where the root has these."""
    file = root / MANIFEST
    before = text = file.read_bytes().decode("utf-8")
    table = table_of(MANIFEST, text)
    if lists_each(table["tool"]["uv"]["workspace"].get("members", [])):
        text = with_folder(text, member.folder)
    if is_umbrella(table):
        text = with_place(text, member.name)
    if text != before:
        file.write_bytes(text.encode("utf-8"))


@contextmanager
def _or_as_before(root: Path, folder: str) -> Iterator[None]:
    """Put everything back where something fails, whatever it is."""
    kept = {name: (root / name).read_bytes() for name in (MANIFEST, LOCK) if (root / name).exists()}
    try:
        yield
    except BaseException as error:
        shutil.rmtree(root / folder, ignore_errors=True)
        for name, content in kept.items():
            (root / name).write_bytes(content)
        if isinstance(error, process.CommandFailure):
            message = f"uv cannot add it:\n{error.output.strip()}"
            hint = "nothing was changed; see what uv says"
            raise Failure(Problem("member-lock", message, hint)) from None
        raise
