"""The folder `dist/`: distributions and a record of them, for people, caches and other jobs.

The record says from which commit each file was built, and with which hash. It is never
a fact of a release: what it says is compared with the facts, and where it is missing or
wrong, a release is built again.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from ...model.distribution import Distribution
from ...model.index.filename import version_of
from ...model.problem import Failure, Problem, stop_on
from ...ops.scratch import folder_beside
from ..distribution import in_folder

DIST = "dist"
RECORD = "release.json"
SCHEMA = 2


def replace_folder(
    built: Mapping[str, Sequence[Distribution]],
    target: Path,
    beside: Iterable[Path] = (),
    missing: Sequence[str] = (),
) -> None:
    """Put the distributions of each commit where people look for them, all or nothing.

    `beside` are files that belong to them, such as lock files; `missing` are members that were
    to be there, and could not be built.
    """
    with folder_beside(target) as place:
        fresh = place / target.name
        fresh.mkdir()
        _fill(fresh, built, beside, missing)
        if target.exists():
            shutil.rmtree(target)
        fresh.rename(target)


def _fill(
    folder: Path,
    built: Mapping[str, Sequence[Distribution]],
    beside: Iterable[Path],
    missing: Sequence[str],
) -> None:
    (folder / ".gitignore").write_text("*\n", "utf-8")
    entries = []
    for commit, distributions in built.items():
        for distribution in distributions:
            shutil.copy2(distribution.path, folder)
            entries.append(_entry(distribution, commit))
    for path in beside:
        shutil.copy2(path, folder)
    record = {"schema": SCHEMA, "distributions": entries, "missing": list(missing)}
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def _entry(distribution: Distribution, commit: str) -> dict[str, object]:
    return {
        "member": distribution.member,
        "filename": distribution.filename,
        "sha256": distribution.sha256,
        "size": distribution.size,
        "commit": commit,
    }


def recorded(
    folder: Path, commit: str, versions: Mapping[NormalizedName, Version]
) -> tuple[Distribution, ...]:
    """Return what an earlier build of a commit left in a folder, if it is whole and untouched."""
    record = _record(folder)
    try:
        found = distributions_in(folder, versions) if record else ()
    except Failure:
        return ()  # a cache, never a fact: what is amiss is built again
    return found if all(record.get(d.filename) == (commit, d.sha256) for d in found) else ()


def built_elsewhere(
    folder: Path, commit: str, versions: Mapping[NormalizedName, Version]
) -> tuple[Distribution, ...]:
    """Return the distributions of a commit's versions that lie in a folder.

    Raises `Failure` where a version is not there whole, or where the folder's record says
    that a file was built from another commit, or was changed since.
    """
    record = _record(folder)
    found = distributions_in(folder, versions)
    stop_on(p for d in found for p in _unlike(d, commit, *record.get(d.filename, ("", ""))))
    return found


def distributions_in(
    folder: Path, versions: Mapping[NormalizedName, Version]
) -> tuple[Distribution, ...]:
    """Return the distributions of these versions in a folder; whatever else lies there stays.

    Raises `Failure` where a version is not there as a wheel and an sdist.
    """
    there = tuple(in_folder(folder, versions)) if folder.is_dir() else ()
    found = tuple(d for d in there if version_of(d.filename) == versions[d.member])
    hint = "build them into it, or leave out --from"
    stop_on(
        Problem("distributions-missing", f"{folder} lacks files of {name} {version}", hint, name)
        for name, version in versions.items()
        if {d.path.suffix for d in found if d.member == name} != {".gz", ".whl"}
    )
    return found


def _record(folder: Path) -> dict[str, tuple[str, str]]:
    """Return the commit and the hash of each file, as far as a folder's record can be read."""
    try:
        return read_record((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def read_record(text: str) -> dict[str, tuple[str, str]]:
    """Read a record; where it is none, or says anything strange, it says nothing."""
    try:
        record = json.loads(text)["distributions"]
        entries = [(each["filename"], each["commit"], each["sha256"]) for each in record]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    if not all(isinstance(word, str) for entry in entries for word in entry):
        return {}
    return {filename: (commit, sha256) for filename, commit, sha256 in entries}


def _unlike(
    distribution: Distribution, commit: str, built_from: str, sha: str
) -> Iterator[Problem]:
    name, file = distribution.member, distribution.filename
    if sha and sha != distribution.sha256:
        message = f"{file} was changed after it was built: its record has another hash"
        yield Problem(
            "distribution-changed", message, "build it again: `nox -s build -- --due`", name
        )
    elif built_from and built_from != commit:
        message = f"{file} was built from {built_from[:12]}, and is released from {commit[:12]}"
        yield Problem(
            "distribution-other-commit",
            message,
            "`nox -s build -- --due` builds from the right commit",
            name,
        )
