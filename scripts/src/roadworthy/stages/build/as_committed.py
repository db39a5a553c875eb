"""Compare distributions with the commit that they are, or are said to be, built from.

A backend may add files. It may not change one that is tracked: then what is released
would not be what is committed. Whoever builds, publishes or tags asks this module.
"""

import configparser
import hashlib
import os
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ...model.problem import Problem
from ...model.workspace.glob import matches
from ...model.workspace.workspace import MANIFEST, Member
from ...ops.tree import Tree
from ..checkout import checked_out
from .contents import UNREADABLE, is_compiled

SHOWN = 5
SETUP_CFG = "setup.cfg"  # setuptools writes `[egg_info]` into it, and all of it anew
REWRITTEN = (SETUP_CFG, MANIFEST)  # uv_build writes the manifest anew, with the same values
SAME_VALUES = ("project", "build-system")
ATTRIBUTES = ".gitattributes"
SUBSTITUTED = "export-subst"  # `git archive` writes such files anew, and so does who uses it
# Folders of a wheel whose files come from elsewhere in its sdist.
MOVED = ("purelib", "platlib", "data", "headers")

# The files of a folder or an archive, by path, with the hash of each.
Files = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed:
    """The files of one member as git checks them out, and those that a build may change.

    `texts` are those of its files that are compared by their values.
    """

    member: Member
    files: Files
    texts: Mapping[str, bytes] = field(default_factory=dict)
    substituted: tuple[str, ...] = ()

    @classmethod
    def read(cls, root: Path, member: Member) -> "Committed":
        """Read a member's folder in a checkout in which nobody has built anything."""
        folder = root / member.path
        texts = {n: (folder / n).read_bytes() for n in REWRITTEN if (folder / n).is_file()}
        attributes = folder / ATTRIBUTES
        return cls(
            member=member,
            files=dict(_hashed(folder)),
            texts=texts,
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


def differences(committed: Committed, distributions: Iterable[Path]) -> Iterator[Problem]:
    """Find the tracked files that are not as they are committed, in an sdist and in wheels.

    What cannot be read is a problem that is found elsewhere.
    """
    for path in distributions:
        try:
            if path.suffix == ".whl":
                others = list(_changed_in_wheel(committed, _wheel(path)))
            else:
                others = list(_changed_in_sdist(committed, *_sdist(path)))
        except UNREADABLE:
            continue
        if others:
            yield _problem(committed.member, path.name, others)


def _changed_in_sdist(
    committed: Committed, sdist: Files, texts: Mapping[str, bytes]
) -> Iterator[str]:
    for path, hashed in sorted(sdist.items()):
        if committed.files.get(path) in {None, hashed} or committed.may_change(path):
            continue
        if path not in REWRITTEN or _values(path, texts) != _values(path, committed.texts):
            yield path


def _changed_in_wheel(committed: Committed, wheel: Files) -> Iterator[str]:
    """Find files that have the name of tracked ones, in any folder of theirs, and are others."""
    tracked: dict[str, set[str]] = {}
    rewritten: set[str] = set()
    for path, hashed in committed.files.items():
        for end in _ends(path):
            tracked.setdefault(end, set()).add(hashed)
            rewritten |= {end} if committed.may_change(path) else set()
    for path, hashed in sorted(wheel.items()):
        if path in tracked and hashed not in tracked[path] and path not in rewritten:
            yield path


def _ends(path: str) -> Iterator[str]:
    """Return a path, and what is left of it below each of its folders."""
    parts = PurePosixPath(path).parts
    return ("/".join(parts[start:]) for start in range(len(parts)))


def _wheel(path: Path) -> Files:
    """Return what a wheel installs that may come from a tracked file."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            name = _installed_as(entry.filename)
            if name and not entry.is_dir() and not is_compiled(name):
                found[name] = _hash(archive.read(entry))
    return found


def _installed_as(name: str) -> str:
    """Return where a file of a wheel is installed; empty for metadata and scripts.

    https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    """
    top, _, below = name.partition("/")
    if top.endswith(".data"):
        scheme, _, below = below.partition("/")
        return below if scheme in MOVED else ""
    return "" if top.endswith(".dist-info") else name


def _sdist(path: Path) -> tuple[Files, Mapping[str, bytes]]:
    """Return the files of an sdist by their path in the member's folder, and some texts."""
    found: dict[str, str] = {}
    texts: dict[str, bytes] = {}
    with tarfile.open(path, "r:gz") as archive:
        for entry in archive.getmembers():
            file = archive.extractfile(entry) if entry.isfile() else None
            if file:
                name, content = "/".join(PurePosixPath(entry.name).parts[1:]), file.read()
                found[name] = _hash(content)
                texts |= {name: content} if name in REWRITTEN else {}
    return found, texts


def _hashed(folder: Path) -> Iterator[tuple[str, str]]:
    """Return the files below a folder; a link counts as what it leads to."""
    for where, folders, names in os.walk(folder, followlinks=True):
        here = Path(where).resolve()
        # A link to a folder around it would lead in a circle.
        below = (name for name in folders if not here.is_relative_to((here / name).resolve()))
        folders[:] = [name for name in below if name != ".git"]
        for name in names:
            path = Path(where, name)
            if path.is_file():
                yield path.relative_to(folder).as_posix(), _hash(path.read_bytes())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _values(name: str, texts: Mapping[str, bytes]) -> object:
    """Return what a file says, whatever its form; what cannot be read says nothing."""
    try:
        text = texts[name].decode("utf-8")
        return _settings(text) if name == SETUP_CFG else _project(text)
    except (KeyError, ValueError, configparser.Error, RecursionError):
        return None


def _project(text: str) -> object:
    table = tomllib.loads(text)
    return {key: table.get(key) for key in SAME_VALUES}


def _settings(text: str) -> object:
    """Read `setup.cfg` without the section that setuptools adds."""
    parser = configparser.RawConfigParser()
    parser.read_string(text)
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
        f"them under `generated` in [tool.release] of {member.file(MANIFEST)}"
    )
    return Problem("not-as-committed", message, hint, member.name)
