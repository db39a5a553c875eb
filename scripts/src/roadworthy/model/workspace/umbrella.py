"""The umbrella: a project at the root that requires every member, and has nothing of its own."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..problem import Problem
from .home import TOOLING
from .member import PRIVATE
from .workspace import MANIFEST, Workspace


def is_umbrella(root: Mapping[str, Any]) -> bool:
    """Tell whether the project at the root is one: private, and all that it requires are members.

    One that requires nothing counts where its backend is told that it has no modules.
    """
    project, uv = root.get("project", {}), root.get("tool", {}).get("uv", {})
    if PRIVATE not in project.get("classifiers", []):
        return False
    names, sources = required_by(root), uv.get("sources", {})
    own = {canonicalize_name(name) for name, at in sources.items() if _is_member(at)}
    return names <= own if names else uv.get("build-backend", {}).get("module-name") == []


def required_by(root: Mapping[str, Any]) -> set[str]:
    """Return the names of what the root requires."""
    found = set()
    for text in root.get("project", {}).get("dependencies", []):
        try:
            found.add(str(canonicalize_name(Requirement(text).name)))
        except InvalidRequirement:
            found.add(text)
    return found


def absent(root: Mapping[str, Any], workspace: Workspace) -> tuple[str, ...]:
    """Return the members that an umbrella lacks; the tooling is none of what it gives."""
    required = required_by(root)
    wanted = (m.name for m in workspace.members.values() if m.installable and m.path != ".")
    return tuple(name for name in wanted if name not in required and name != TOOLING)


def gone(root: Mapping[str, Any], names: Collection[str]) -> tuple[str, ...]:
    """Return what an umbrella requires and is no member any more."""
    return tuple(sorted(required_by(root) - set(names)))


def umbrella_problems(root: Mapping[str, Any], workspace: Workspace) -> Iterator[Problem]:
    """Say what an umbrella lacks, and what it names that is gone, with the lines to write."""
    if not is_umbrella(root):
        return
    for name in absent(root, workspace):
        message = f"the umbrella in {MANIFEST} does not require the member {name}"
        hint = (
            f'add "{name}" to its `dependencies`, and `{name} = {{ workspace = true }}` to '
            "[tool.uv.sources]; `nox -s plan -- --check --fix` writes both"
        )
        yield Problem("umbrella-lacks", message, hint, name)
    for name in gone(root, workspace.members):
        message = f"the umbrella in {MANIFEST} requires {name}, which is no member"
        hint = (
            "take it out of its `dependencies` and of [tool.uv.sources]; "
            "`nox -s plan -- --check --fix` does both"
        )
        yield Problem("umbrella-names", message, hint, name)


def _is_member(source: object) -> bool:
    return isinstance(source, dict) and source.get("workspace") is True
