"""Reads what the manifests at tagged commits say, for tags in a shape that we do not write."""

from collections.abc import Collection, Iterable, Mapping

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..model.history.tag import Tag
from ..model.history.tagged import Tagged, other_tags, own_tags, places, read_tags
from ..model.version import read_version
from ..model.workspace.toml import table_there
from ..model.workspace.version_source import FromFile, VersionSource, version_in, version_source
from ..model.workspace.workspace import MANIFEST, Workspace
from ..ops.tree import Tree, texts_at

# So many manifests are read at most: of the newest versions, where there are more.
LIMIT = 20_000
Place = tuple[str, NormalizedName]


def tagged(tree: Tree, tags: Collection[Tag], workspace: Workspace) -> Tagged:
    """Return what the tags say; manifests are read only where some have another shape."""
    own = own_tags(tags, workspace)
    others = other_tags(tags, own, workspace.settings)
    wanted = dict.fromkeys(places(others, workspace, LIMIT))
    shown = _shown(tree, wanted, workspace) if others else None
    return read_tags(tags, workspace, own, shown)


def folders_then(tree: Tree, places: Collection[Place]) -> dict[Place, str]:
    """Find the folders that members had at commits, by their names; the whole history is asked."""
    if not places:
        return {}
    ever = tree.manifests_ever()
    found = _manifests(tree, dict.fromkeys([*places][: LIMIT // max(1, len(ever))], ever))
    return {place: path.rpartition("/")[0] or "." for place, (path, _) in found.items()}


def _shown(
    tree: Tree, wanted: Iterable[Place], workspace: Workspace
) -> dict[Place, Version | None]:
    """Return what manifests say of members at commits, wherever they lay then."""
    here = {place: (workspace.members[place[1]].file(MANIFEST), MANIFEST) for place in wanted}
    found = _found(tree, here)
    missing = [place for place in here if place not in found]
    if missing:
        paths = tree.manifests_ever()
        found |= _found(tree, dict.fromkeys(missing[: LIMIT // max(1, len(paths))], paths))
    return found


def _found(tree: Tree, paths: Mapping[Place, Iterable[str]]) -> dict[Place, Version | None]:
    """Return the versions that the manifests of members say."""
    found = _manifests(tree, paths)
    in_files = _in_files(tree, found)
    return {
        place: in_files.get(place) if isinstance(said, FromFile) else _known(said)
        for place, (_, said) in found.items()
        if not isinstance(said, FromFile) or place in in_files
    }


def _manifests(
    tree: Tree, paths: Mapping[Place, Iterable[str]]
) -> dict[Place, tuple[str, VersionSource | Version | None]]:
    """Find each member in the first manifest of some that is its own at a commit."""
    wanted = dict.fromkeys((commit, path) for (commit, _), each in paths.items() for path in each)
    texts = texts_at(tree, wanted)
    projects = {text: _project(text) for text in dict.fromkeys(texts.values())}
    found: dict[Place, tuple[str, VersionSource | Version | None]] = {}
    for (commit, name), each in paths.items():
        for path in each:
            project = projects.get(texts.get((commit, path), ""))
            if project and project[0] == name:
                found.setdefault((commit, name), (path, project[1]))
    return found


def _in_files(
    tree: Tree, found: Mapping[Place, tuple[str, VersionSource | Version | None]]
) -> dict[Place, Version]:
    """Read the versions that lay in files of their own."""
    files: dict[Place, tuple[FromFile, list[tuple[str, str]]]] = {}
    for place, (manifest, said) in found.items():
        if isinstance(said, FromFile):
            folder = manifest.removesuffix(MANIFEST)
            files[place] = (said, [(place[0], folder + path) for path in said.paths])
    texts = texts_at(tree, dict.fromkeys(file for _, each in files.values() for file in each))
    versions: dict[Place, Version] = {}
    for place, (source, each) in files.items():
        text = next((texts[file] for file in each if file in texts), "")
        version = version_in(text, source)
        if version:
            versions[place] = version
    return versions


def _known(said: VersionSource | Version | None) -> Version | None:
    return said if isinstance(said, Version) else None


def _project(text: str) -> tuple[NormalizedName, VersionSource | Version | None] | None:
    """Return the name in a manifest and its version, in today's form or Poetry's older one."""
    table = table_there(text)
    tool = table.get("tool", {})
    for project in (table.get("project", {}), tool.get("poetry", {})):
        if isinstance(project, dict) and isinstance(project.get("name"), str):
            version = read_version(project.get("version"))
            return canonicalize_name(project["name"]), version or version_source(table)
    return None
