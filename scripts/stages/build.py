"""Build: wheels and sdists of members as they are committed, checked before they count."""

import hashlib
import json
import os
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.filename import name_of, version_of
from ..model.problem import Failure, Problem, stop_on
from ..model.tag import Tag
from ..model.workspace import Member
from ..ops import git, process, uv
from ..ops.git import Repository
from .contents import content_problems

DIST = "dist"
RECORD = "release.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """A wheel or an sdist of a member."""

    member: NormalizedName
    path: Path
    sha256: str
    size: int

    @property
    def filename(self) -> str:
        """Return the name of its file."""
        return self.path.name

    @classmethod
    def of(cls, member: NormalizedName, path: Path) -> "Distribution":
        """Describe a file."""
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return cls(member=member, path=path, sha256=digest, size=len(content))

    def as_json(self) -> dict[str, object]:
        """Return what programs are told of it."""
        return {
            "member": self.member,
            "filename": self.filename,
            "sha256": self.sha256,
            "size": self.size,
        }


def build(
    repository: Repository,
    commit: str,
    prefix: str,
    members: Sequence[Member],
    folder: Path,
    *,
    released: Container[str] | None = None,
    tags: Iterable[Tag] = (),
) -> tuple[Distribution, ...]:
    """Build members from a commit, in an environment without secrets, and check the result.

    `folder` is for our use alone; the distributions lie in its `dist`. With `released`,
    those members alone are checked: the others are built to be tried with them. `tags`
    are those that the commit will have: some backends take the version from them.
    Raises `Failure` where a member does not build or its distributions are not sound.
    """
    if not members:
        return ()
    source, out, home = folder / "source", folder / "dist", folder / "home"
    checked_out(repository, commit, source).create(tags)
    environment = process.scrubbed(home)
    environment["SOURCE_DATE_EPOCH"] = str(int(repository.day_of(commit).timestamp()))
    environment["UV_CACHE_DIR"] = uv.cache_folder()
    _build_all(source / prefix, [member.name for member in members], out, environment)
    built = tuple(_in_folder(out, {member.name for member in members}))
    checked = [m for m in members if released is None or m.name in released]
    if checked:
        stop_on(_problems(built, checked))
    return built


def checked_out(repository: Repository, commit: str, path: Path) -> Repository:
    """Check a commit out, away from every remote and its credentials."""
    clone = git.clone(str(repository.path), path, "--shared", "--no-checkout")
    clone.git("checkout", "--quiet", "--detach", commit)
    clone.git("remote", "remove", "origin")
    return clone


def replace_folder(
    built: Sequence[Distribution], commit: str, target: Path, beside: Iterable[Path] = ()
) -> None:
    """Put distributions and their record where people look for them, all or nothing.

    `beside` are files that belong to them, such as lock files.
    """
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.mkdir()
    for path in (*(distribution.path for distribution in built), *beside):
        shutil.copy2(path, fresh)
    (fresh / ".gitignore").write_text("*\n", "utf-8")
    record = {"schema": 1, "commit": commit, "distributions": [d.as_json() for d in built]}
    (fresh / RECORD).write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)


def recorded(
    folder: Path, commit: str, versions: Mapping[NormalizedName, Version]
) -> tuple[Distribution, ...]:
    """Return what an earlier build of a commit left in a folder, if it is whole and untouched."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        hashes = {told["filename"]: told["sha256"] for told in record["distributions"]}
        found = distributions_in(folder, versions) if record["commit"] == commit else ()
    except (OSError, ValueError, KeyError, TypeError, Failure):
        return ()  # a cache, never a fact: what is amiss is built again
    return found if all(hashes.get(d.filename) == d.sha256 for d in found) else ()


def distributions_in(
    folder: Path, versions: Mapping[NormalizedName, Version]
) -> tuple[Distribution, ...]:
    """Return the distributions of these versions in a folder; whatever else lies there stays.

    Raises `Failure` where a version is not there as a wheel and an sdist.
    """
    there = tuple(_in_folder(folder, versions)) if folder.is_dir() else ()
    found = tuple(d for d in there if version_of(d.filename) == versions[d.member])
    hint = "build them into it, or leave --from out to have them built"
    stop_on(
        Problem(f"{folder} does not have {name} {version} whole", hint, name)
        for name, version in versions.items()
        if {d.path.suffix for d in found if d.member == name} != {".gz", ".whl"}
    )
    return found


def _build_all(source: Path, names: Sequence[str], out: Path, environment: dict[str, str]) -> None:
    """Build all at once where that is what is wanted; else, or after a failure, one by one."""
    if len(names) > 1:
        try:
            uv.build(source, None, out, environment)
        except process.CommandFailure:
            shutil.rmtree(out, ignore_errors=True)  # a member that is not wanted may be at fault
        else:
            return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda name: _build_one(source, name, out, environment), names))
    stop_on(problem for problem in results if problem)


def _build_one(source: Path, name: str, out: Path, environment: dict[str, str]) -> Problem | None:
    try:
        uv.build(source, name, out, environment)
    except process.CommandFailure as failure:
        hint = f"see it alone: `uv build --package {name}`"
        return Problem(f"{name} does not build: {failure.problems[0].message}", hint, name)
    return None


def _in_folder(folder: Path, names: Container[str]) -> Iterator[Distribution]:
    for path in sorted(folder.iterdir()):
        name = name_of(path.name)
        if name is not None and name in names:
            yield Distribution.of(name, path)


def _problems(built: Sequence[Distribution], members: Iterable[Member]) -> Iterator[Problem]:
    from ..ops import twine  # noqa: PLC0415 - an eighth of a second that trying a build saves

    for member in members:
        own = [d.path for d in built if d.member == member.name]
        kinds = sorted(path.suffix for path in own)
        if kinds != [".gz", ".whl"]:
            message = f"{member.name} built {', '.join(p.name for p in own) or 'nothing'}"
            yield Problem(message, "a release is one wheel and one sdist", member.name)
        for path in own:
            yield from content_problems(path, member)
            said = twine.complaint(path)
            if said:
                hint = "an index would refuse or misprint it: mend the metadata that it names"
                yield Problem(f"`twine check --strict` of {path.name}: {said}", hint, member.name)
