"""Build: wheels and sdists of members as they are committed, checked before they count."""

import hashlib
import os
import shutil
from collections.abc import Container, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from packaging.utils import NormalizedName

from ..gather import joined
from ..model.filename import name_of
from ..model.problem import Problem, stop_on
from ..model.tag import Tag
from ..model.workspace import Member
from ..ops import git, process, uv
from ..ops.git import LINK, SUBMODULE, Repository
from .archive import archive_problems
from .contents import content_problems


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
    clone = checked_out(repository, commit, source)
    stop_on(_strange_files(clone, [joined(prefix, m.path) for m in members]))
    clone.create(tags)
    environment = process.scrubbed(home)
    environment["SOURCE_DATE_EPOCH"] = str(int(repository.day_of(commit).timestamp()))
    environment["UV_CACHE_DIR"] = uv.cache_folder()
    _build_all(source / prefix, [member.name for member in members], out, environment)
    built = tuple(in_folder(out, {member.name for member in members}))
    checked = [m for m in members if released is None or m.name in released]
    if checked:
        stop_on(problems_of(built, checked))
    return built


def checked_out(repository: Repository, commit: str, path: Path) -> Repository:
    """Check a commit out, away from every remote and its credentials."""
    clone = git.clone(str(repository.path), path, "--shared", "--no-checkout")
    clone.git("checkout", "--quiet", "--detach", commit, umask=process.FOR_EVERYBODY)
    clone.git("remote", "remove", "origin")
    return clone


def _strange_files(clone: Repository, folders: Iterable[str]) -> Iterator[Problem]:
    """Find what a build would take from outside of the repository, or would lack.

    What a link leads to is looked at in its turn.
    https://git-scm.com/docs/git-ls-files#Documentation/git-ls-files.txt---stage
    """
    todo = [(clone.path / folder).resolve() for folder in folders]
    left = dict(_links_and_submodules(clone))
    while todo:
        folder = todo.pop()
        for path in [path for path in left if (clone.path / path).is_relative_to(folder)]:
            if left.pop(path) == SUBMODULE:
                hint = "keep these files in the repository, or require them as a distribution"
                yield Problem(f"{path} is a submodule, which is not built", hint)
            elif target := _target(clone, path):
                todo.append(target)
            else:
                hint = "some build backends would pack what it leads to: keep a copy in its place"
                yield Problem(f"{path} is a link that leads out of the repository", hint)


def _links_and_submodules(clone: Repository) -> Iterator[tuple[str, str]]:
    for entry in clone.git("ls-files", "--stage", "-z").rstrip("\0").split("\0"):
        told, _, path = entry.partition("\t")
        mode = told.partition(" ")[0]
        if mode in {LINK, SUBMODULE}:
            yield path, mode


def _target(clone: Repository, link: str) -> Path | None:
    """Return what a link leads to; None for what is no file or folder of the repository."""
    path = clone.path / link
    try:
        target = path.resolve()
    except RuntimeError:  # in a circle: it leads nowhere, and so not out
        return path
    is_own = target.is_relative_to(clone.path) and not target.is_relative_to(clone.path / ".git")
    return target if is_own else None


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


def in_folder(folder: Path, names: Container[str]) -> Iterator[Distribution]:
    """Describe the distributions of some members in a folder; whatever else lies there stays."""
    for path in sorted(folder.iterdir()):
        name = name_of(path.name)
        if name is not None and name in names:
            yield Distribution.of(name, path)


def problems_of(built: Sequence[Distribution], members: Iterable[Member]) -> Iterator[Problem]:
    """Check distributions against the manifests of their members; wheels may be several."""
    from ..ops import twine  # noqa: PLC0415 - an eighth of a second that trying a build saves

    for member in members:
        own = [d.path for d in built if d.member == member.name]
        if {path.suffix for path in own} != {".gz", ".whl"}:
            message = f"{member.name} built {', '.join(p.name for p in own) or 'nothing'}"
            yield Problem(message, "a release is a wheel and an sdist", member.name)
        for path in own:
            # Of one that cannot be read, both say the same.
            found = chain(content_problems(path, member), archive_problems(path, member.name))
            yield from dict.fromkeys(found)
            said = twine.complaint(path)
            if said:
                hint = "an index would refuse or misprint it: mend the metadata that it names"
                yield Problem(f"`twine check` of {path.name}: {said}", hint, member.name)
