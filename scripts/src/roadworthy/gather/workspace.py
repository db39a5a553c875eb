"""Reads a workspace as it is committed; the working tree is not looked at."""

from collections.abc import Mapping

from ..model.problem import Problem, UsageFailure
from ..model.workspace.manifest_paths import manifest_paths
from ..model.workspace.reading import read_workspace
from ..model.workspace.workspace import MANIFEST, Workspace
from ..ops.git.repository import LINK, SUBMODULE
from ..ops.tree import Tree

# What a manifest has that is the root of a workspace.
ROOT = "[tool.uv.workspace]"
_known: dict[tuple[str, str, bool], Workspace] = {}


def workspace_at(tree: Tree, *, may_be_empty: bool = False) -> Workspace:
    """Read the workspace at a commit; raise `UsageFailure` where there is none, or no member.

    A commit says the same in every repository, and so it is read once.
    """
    place = (tree.commit, tree.prefix, may_be_empty)
    if place not in _known:
        _known[place] = _read(tree, may_be_empty=may_be_empty)
    return _known[place]


def _where(texts: Mapping[str, str]) -> str:
    """Say where the root of a workspace is, as far as a commit tells."""
    roots = sorted(path.rpartition("/")[0] for path, text in texts.items() if ROOT in text)
    if not roots:
        return "name the root of a uv workspace with --workspace"
    folder = roots[0]
    return f"it is in {folder}: name that by --workspace, or with --url by `--below {folder}`"


def _read(tree: Tree, *, may_be_empty: bool) -> Workspace:
    modes = tree.modes()
    files = tuple(modes)
    texts = tree.texts([path for path in files if path.rpartition("/")[2] == MANIFEST])
    if MANIFEST not in texts:
        message = f"there is no {tree.path(MANIFEST)} in commit {tree.commit[:12]}"
        raise UsageFailure(Problem("workspace-not-found", message, _where(texts)))
    elsewhere = [path for path, mode in modes.items() if mode in {LINK, SUBMODULE}]
    targets = tree.texts(elsewhere) if elsewhere else {}
    links = {path: targets.get(path, "") for path in elsewhere}
    paths = manifest_paths(texts[MANIFEST], files, links)
    manifests = {path: texts[path] for path in paths}
    return read_workspace(manifests, files, tree.texts, may_be_empty=may_be_empty)
