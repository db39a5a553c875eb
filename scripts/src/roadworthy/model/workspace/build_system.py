"""How a member is built: whether that runs code, and which of its files it may write anew.

https://packaging.python.org/en/latest/specifications/pyproject-toml/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from ..problem import Problem, UsageFailure
from .glob import matches
from .requirement import parsed

# uv has this one built in: it packs files, and runs none of them.
# https://docs.astral.sh/uv/concepts/build-backend/
BUILT_IN, BUILT_IN_BACKEND = "uv-build", "uv_build"
# What uv asks of the backend where the manifest does not say it.
METADATA = frozenset({"version", "dependencies", "optional-dependencies", "requires-python"})
# Tracked files that a backend is known to write anew, wherever it packs them.
REWRITTEN = {
    "maturin": ("**/Cargo.toml", "**/Cargo.lock", "pyproject.toml"),
    "pdm.backend": ("pyproject.toml",),
}
# The settings by which tools name the file that they write the version to.
VERSION_FILES = (
    ("hatch", "build", "hooks", "vcs", "version-file"),
    ("hatch", "build", "hooks", "version", "path"),
    ("setuptools_scm", "version_file"),
    ("setuptools_scm", "write_to"),
    ("pdm", "version", "write_to"),
    ("scikit-build", "generate", "path"),
    ("versioningit", "write", "file"),
)
KEYS = frozenset({"generated", "sources", "verify"})


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildSystem:
    """What a build of a member is like.

    `runs_code` says whether it runs code that the workspace chose, `hides_metadata`
    whether uv has to build to know what the member requires. `rewrites` are globs of
    tracked files, from the member's folder, that a build may change.
    """

    requires: tuple[str, ...] = ()
    backend: str = ""
    runs_code: bool = True
    hides_metadata: bool = False
    rewrites: tuple[str, ...] = ()

    def may_rewrite(self, path: str) -> bool:
        """Tell whether a build may change a tracked file."""
        return any(matches(path, pattern) for pattern in self.rewrites)


def read_build_system(
    path: str, table: Mapping[str, Any], root: Mapping[str, Any] | None = None
) -> BuildSystem:
    """Read it from a manifest, and from the root's, which may have sources for its requirements.

    Raises `UsageFailure` for a setting of the member's `[tool.release]` that is not known.
    """
    build = table.get("build-system", {})
    backend = build.get("build-backend", "setuptools.build_meta:__legacy__")
    dynamic = set(table.get("project", {}).get("dynamic", []))
    is_root = root is None or root is table
    return BuildSystem(
        requires=tuple(build.get("requires", ["setuptools"])),
        backend=str(backend),
        runs_code=not _is_built_in(build, table, root or table),
        hides_metadata=bool(dynamic & METADATA),
        rewrites=(
            *REWRITTEN.get(str(backend), ()),
            *_version_files(table),
            *(() if is_root else _generated(path, table)),
        ),
    )


def _is_built_in(build: Mapping[str, Any], *tables: Mapping[str, Any]) -> bool:
    """Tell whether uv's own backend builds it, and nothing takes its place or stands beside it."""
    if build.get("build-backend") != BUILT_IN_BACKEND or build.get("backend-path"):
        return False
    if any(name != BUILT_IN for name in map(_name, build.get("requires", ["?"]))):
        return False
    settings = [table.get("tool", {}).get("uv", {}) for table in tables]
    named = {canonicalize_name(name) for uv in settings for name in _keys(uv, "sources")}
    return BUILT_IN not in named and not any("extra-build-dependencies" in uv for uv in settings)


def _keys(table: Mapping[str, Any], key: str) -> Iterator[str]:
    found = table.get(key)
    yield from found if isinstance(found, dict) else ()


def _name(requirement: str) -> str:
    """Return the name of what is required from an index; empty for anything else."""
    try:
        required = parsed(requirement)
    except InvalidRequirement:
        return ""
    return "" if required.url else canonicalize_name(required.name)


def _version_files(table: Mapping[str, Any]) -> Iterator[str]:
    for keys in VERSION_FILES:
        found: object = table.get("tool", {})
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str):
            yield found


def _generated(path: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    settings = table.get("tool", {}).get("release", {})
    unknown = sorted(set(settings) - KEYS)
    if unknown:
        message = f"[tool.release] in {path} has an unknown key `{unknown[0]}`"
        hint = f"a member's own keys are: {', '.join(sorted(KEYS))}"
        raise UsageFailure(Problem("settings-key", message, hint))
    found = settings.get("generated", [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        message = f"[tool.release] `generated` in {path} is {found!r}"
        raise UsageFailure(Problem("settings-value", message, "write a list of paths or globs"))
    return tuple(found)
