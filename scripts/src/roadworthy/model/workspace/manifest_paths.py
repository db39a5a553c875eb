"""Which files are the manifests of a workspace, as uv finds them.

https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate, takewhile
from pathlib import PurePosixPath
from posixpath import basename, dirname, join, normpath
from types import MappingProxyType
from typing import Any

from ..problem import Problem, UsageFailure, stop_on
from .glob import matches
from .shape import shape_problems
from .toml import table_of
from .workspace import MANIFEST


def manifest_paths(
    root_text: str, files: Collection[str], links: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, ...]:
    """Return the manifests of a workspace, of the files that it has.

    `links` are those of the files that are links, with what each says, and submodules.
    Raises `UsageFailure` where there is no workspace, a member has no manifest, or uv
    would find one outside of what is committed here.
    """
    root = table_of(MANIFEST, root_text)
    stop_on(shape_problems(MANIFEST, root), UsageFailure)
    table = _workspace_table(root)
    folders = _folders(files)
    members = sorted(_matched(table.get("members", []), folders))
    left_out = _matched(table.get("exclude", []), {*folders, *links})
    problems = [*_outside_problems(table, files, links, left_out)]
    kept = [f for f in members if f not in left_out and not basename(f).startswith(".")]
    problems += [problem for f in kept if (problem := _folder_problem(f, folders[f]))]
    stop_on(problems, UsageFailure)
    return (MANIFEST, *(f"{folder}/{MANIFEST}" for folder in kept))


def _folder_problem(folder: str, names: Collection[str]) -> Problem | None:
    """Say what is wrong with the folder of a member, if anything."""
    if not folder.isprintable():
        message = (
            f"the folder of the workspace member {folder!a} has a name that is not valid UTF-8"
        )
        return Problem("member-name", message, "rename it: neither uv nor a URL can name it")
    if MANIFEST not in names:
        message = f"workspace member `{folder}` has no {MANIFEST}"
        hint = f"add one, or list it under `exclude` in {MANIFEST}"
        return Problem("member-manifest", message, hint)
    return None


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
