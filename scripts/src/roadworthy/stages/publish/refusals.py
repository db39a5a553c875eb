"""What an index is known to refuse, found in distributions before anything leaves the machine.

What each index takes is data, in the catalogue; of an index that is not there, nothing
is known, and nothing is found.
"""

import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from ...model.distribution import Distribution
from ...model.index.catalogue import Entry
from ...model.index.filename import version_of
from ...model.problem import Problem
from ...model.workspace.workspace import Index
from ...ops.known_indexes import entry_of
from ..build.contents import metadata_of, parsed_all

SDIST = ".tar.gz"
# https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
LINUX = tuple(f"-linux_{arch}.whl" for arch in ("x86_64", "i686", "aarch64", "armv7l", "ppc64le"))
# What looks alike counts as the same: the index's own rule for the names of new projects.
LOOKS = str.maketrans({"l": "1", "i": "1", "o": "0"})
CHECKED_BY_WAREHOUSE = frozenset({"PyPI", "TestPyPI"})


def refusals(index: Index, built: Sequence[Distribution]) -> Iterator[Problem]:
    """Compare distributions with what an index takes; what holds of several is said once."""
    yield from dict.fromkeys(problem for each in built for problem in _by_url(each))
    entry = entry_of(index)
    if entry is None:
        return
    if entry.title in CHECKED_BY_WAREHOUSE:
        yield from _alike(entry, built)
    yield from dict.fromkeys(
        Problem("index-refuses", f"{entry.title} refuses {what}", hint, distribution.member)
        for distribution in built
        for what, hint in _refused(entry, distribution)
    )


def _alike(entry: Entry, built: Sequence[Distribution]) -> Iterator[Problem]:
    """Find members of one workspace whose names are too like each other to be two projects."""
    seen: dict[str, str] = {}
    for name in sorted({distribution.member for distribution in built}):
        other = seen.setdefault(name.translate(LOOKS).replace("-", ""), name)
        if other != name:
            message = f"{entry.title} refuses the name {name}, which is too like {other}"
            yield Problem("index-refuses", message, "rename one of them", name)


def _by_url(distribution: Distribution) -> Iterator[Problem]:
    """Find requirements by a URL, which go by git alone.

    https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references
    """
    texts = metadata_of(distribution.path).get("requires_dist", ())
    for requirement in parsed_all(texts):
        if requirement.url:
            name = distribution.member
            message = f"{name} requires {requirement.name} by a URL, which no index accepts"
            hint = 'require a version; or release by git alone: `index = ""`'
            yield Problem("index-refuses", message, hint, name)


def _refused(entry: Entry, distribution: Distribution) -> Iterator[tuple[str, str]]:
    filename, member = distribution.filename, distribution.member
    stated = metadata_of(distribution.path).get("metadata_version", "")
    if entry.metadata_version and _is_above(stated, entry.metadata_version):
        hint = f"it takes metadata up to {entry.metadata_version}: use an older build backend"
        yield f"{filename}, whose metadata is of version {stated}", hint
    version = version_of(filename)
    if version and version.local and not entry.local_versions:
        hint = f"release it without `+{version.local}`: such versions are for private use"
        yield f"the local version {version} of {member}", hint
    if filename.endswith(LINUX) and entry.title in CHECKED_BY_WAREHOUSE:
        hint = "its sdist can go out alone; a wheel for Linux is `manylinux` or `musllinux`"
        yield f"{filename}, whose platform tag is for this machine alone", hint
    if filename.endswith(SDIST) and entry.title in CHECKED_BY_WAREHOUSE:
        for path in missing_licenses(distribution.path):
            hint = "let the build backend pack it, or take it out of `license-files`"
            yield f"{filename}, which does not have its licence file {path}", hint
    if not entry.standard_library_names and member.replace("-", "_") in sys.stdlib_module_names:
        yield f"the name {member}, which is a module of Python's own", "rename the member"


def missing_licenses(path: Path) -> list[str]:
    """Return the licence files that the metadata of a sdist names, and that it does not have.

    https://packaging.python.org/en/latest/specifications/core-metadata/#license-file-multiple-use
    """
    root = path.name.removesuffix(SDIST)
    named = metadata_of(path).get("license_files", [])
    with tarfile.open(path, "r:gz") as archive:
        there = set(archive.getnames())
    return [name for name in named if f"{root}/{name}" not in there]


def _is_above(stated: str, highest: str) -> bool:
    try:
        return Version(stated) > Version(highest)
    except InvalidVersion:
        return False  # what is no version is found by the build
