"""Reads a workspace as it lies in the working tree now: what is new counts, committed or not."""

from pathlib import Path

from ..model.problem import Problem, UsageFailure
from ..model.workspace.manifest_paths import manifest_paths
from ..model.workspace.reading import read_workspace
from ..model.workspace.workspace import MANIFEST, Workspace
from ..ops.tree import Tree

LISTED = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")


def files_here(tree: Tree) -> list[str]:
    """Return the files of the working tree that git has or would take, from the root on."""
    top = f"{tree.prefix}/" if tree.prefix else ""
    printed = tree.repository.git(*LISTED, "--full-name", "--", ":/" + top)
    found = (path.removeprefix(top) for path in printed.split("\0") if path)
    return [path for path in found if (root_of(tree) / path).is_file()]


def root_of(tree: Tree) -> Path:
    """Return the folder of the workspace's root."""
    return tree.repository.path


def workspace_here(tree: Tree, files: list[str]) -> Workspace:
    """Read the workspace of the working tree; raise `UsageFailure` where it cannot be read.

    One without members is a workspace, too: the first is about to be added.
    """
    root = root_of(tree)
    if MANIFEST not in files:
        hint = "name the root of a uv workspace with --workspace"
        message = f"there is no {MANIFEST} in {root}"
        raise UsageFailure(Problem("workspace-not-found", message, hint))
    paths = manifest_paths(_text(root, MANIFEST), files)
    manifests = {path: _text(root, path) for path in paths}
    return read_workspace(
        manifests, files, lambda wanted: {p: _text(root, p) for p in wanted}, may_be_empty=True
    )


def _text(root: Path, path: str) -> str:
    return (root / path).read_bytes().decode("utf-8", "surrogateescape")
