"""Compare distributions with the commit that they are, or are said to be, built from.

A backend may add files. It may not change one that is tracked: then what is released
would not be what is committed. Whoever builds, publishes or tags asks this module.
"""

import configparser
import hashlib
import os
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..model.glob import matches
from ..model.problem import Problem
from ..model.workspace import Member
from .checkout import Tree, checked_out
from .contents import UNREADABLE, is_compiled

SHOWN = 5
SETUP_CFG = "setup.cfg"  # setuptools writes `[egg_info]` into it, and all of it anew
ATTRIBUTES = ".gitattributes"
SUBSTITUTED = "export-subst"  # `git archive` writes such files anew, and so does who uses it
# Folders of a wheel whose files come from elsewhere in its sdist.
MOVED = ("purelib", "platlib", "data", "headers")

# The files of a folder or an archive, by path, with the hash of each.
Files = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed:
    """The files of one member as git checks them out, and those that a build may change."""

    member: Member
    files: Files
    setup_cfg: bytes = b""
    substituted: tuple[str, ...] = ()

    @classmethod
    def read(cls, root: Path, member: Member) -> "Committed":
        """Read a member's folder in a checkout in which nobody has built anything."""
        folder = root / member.path
        setup_cfg, attributes = folder / SETUP_CFG, folder / ATTRIBUTES
        return cls(
            member=member,
            files=dict(_hashed(folder)),
            setup_cfg=setup_cfg.read_bytes() if setup_cfg.is_file() else b"",
            substituted=tuple(_substituted(attributes)) if attributes.is_file() else (),
        )

    def may_change(self, path: str) -> bool:
        """Tell whether a build may write a tracked file anew."""
        is_substituted = any(matches(path, pattern) for pattern in self.substituted)
        return is_substituted or self.member.build.may_rewrite(path)


def committed_at(tree: Tree, members: Iterable[Member], folder: Path) -> list[Committed]:
    """Read the files of members at a commit; `folder` is for the checkout."""
    clone = checked_out(tree, folder)
    return [Committed.read(clone.path / tree.prefix, member) for member in members]


def differences(committed: Committed, distributions: Sequence[Path]) -> Iterator[Problem]:
    """Find the tracked files that are not as they are committed, in an sdist and in wheels.

    A wheel is compared with the sdist as well: uv builds it from that. What cannot be
    read is a problem that is found elsewhere.
    """
    sdist: Files = {}
    for path in sorted(distributions, key=lambda each: each.suffix == ".whl"):
        try:
            if path.suffix == ".whl":
                others = list(_changed_in_wheel(committed, sdist, _wheel(path)))
            else:
                sdist, setup_cfg = _sdist(path)
                others = list(_changed_in_sdist(committed, sdist, setup_cfg))
        except UNREADABLE:
            continue
        if others:
            yield _problem(committed.member, path.name, others)


def _changed_in_sdist(committed: Committed, sdist: Files, setup_cfg: bytes) -> Iterator[str]:
    for path, hashed in sorted(sdist.items()):
        if committed.files.get(path) in {None, hashed} or committed.may_change(path):
            continue
        if path != SETUP_CFG or _settings(setup_cfg) != _settings(committed.setup_cfg):
            yield path


def _changed_in_wheel(committed: Committed, sdist: Files, wheel: Files) -> Iterator[str]:
    """Find files that are named as one of the sdist, or of the commit, and are other ones."""
    sources: dict[str, set[str]] = {}
    rewritten: set[str] = set()
    for path, hashed in {**committed.files, **sdist}.items():
        for end in _ends(path):
            sources.setdefault(end, set()).add(hashed)
            rewritten |= {end} if committed.may_change(path) else set()
    for path, hashed in sorted(wheel.items()):
        if path in sources and hashed not in sources[path] and path not in rewritten:
            yield path


def _ends(path: str) -> Iterator[str]:
    """Return a path, and what is left of it below each of its folders."""
    parts = PurePosixPath(path).parts
    return ("/".join(parts[start:]) for start in range(len(parts)))


def _wheel(path: Path) -> Files:
    """Return what a wheel installs that may come from a file of its sdist."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            top, _, below = entry.filename.partition("/")
            if top.endswith(".data"):
                scheme, _, below = below.partition("/")
                name = below if scheme in MOVED else ""
            else:
                name = "" if top.endswith(".dist-info") else entry.filename
            if name and not entry.is_dir() and not is_compiled(name):
                found[name] = _hash(archive.read(entry))
    return found


def _sdist(path: Path) -> tuple[Files, bytes]:
    """Return the files of an sdist by their path in the member's folder, and its `setup.cfg`."""
    found, setup_cfg = {}, b""
    with tarfile.open(path, "r:gz") as archive:
        for entry in archive.getmembers():
            file = archive.extractfile(entry) if entry.isfile() else None
            if file:
                name, content = "/".join(PurePosixPath(entry.name).parts[1:]), file.read()
                found[name] = _hash(content)
                setup_cfg = content if name == SETUP_CFG else setup_cfg
    return found, setup_cfg


def _hashed(folder: Path) -> Iterator[tuple[str, str]]:
    """Return the files below a folder; a link counts as what it leads to."""
    for where, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = Path(where, name)
            if path.is_file():
                yield path.relative_to(folder).as_posix(), _hash(path.read_bytes())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _settings(content: bytes) -> Mapping[str, Mapping[str, str]] | None:
    """Read `setup.cfg` without the section that setuptools adds; None for what is none."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(content.decode("utf-8"))
    except (configparser.Error, ValueError):
        return None
    return {name: dict(parser[name]) for name in parser.sections() if name != "egg_info"}


def _substituted(attributes: Path) -> Iterator[str]:
    """Return the globs of files that git fills in when it makes an archive.

    https://git-scm.com/docs/gitattributes#_creating_an_archive
    """
    for line in attributes.read_text("utf-8", "replace").splitlines():
        pattern, *given = line.split() or [""]
        if SUBSTITUTED in given:
            yield pattern if "/" in pattern else f"**/{pattern}"


def _problem(member: Member, filename: str, others: Sequence[str]) -> Problem:
    more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
    message = f"{filename} differs from the commit: {', '.join(others[:SHOWN])}{more}"
    hint = (
        "something changed these files during the build. If the build backend has to, list "
        f"them under `generated` in [tool.release] of {member.file('pyproject.toml')}"
    )
    return Problem(message, hint, member.name)
