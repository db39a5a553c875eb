"""Distributions: the files that builds make and indexes have."""

import hashlib
import shutil
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName

from ..model.index.filename import name_of


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


def in_folder(folder: Path, names: Container[str]) -> Iterator[Distribution]:
    """Describe the distributions of some members in a folder; whatever else lies there stays."""
    for path in sorted(folder.iterdir()):
        name = name_of(path.name)
        if name is not None and name in names:
            yield Distribution.of(name, path)


def collect(folder: Path, names: Container[str], target: Path) -> None:
    """Copy the distributions of some members out of a folder that others could write.

    A link may lead anywhere: it is no distribution.
    """
    target.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir() if folder.is_dir() else ():
        if name_of(path.name) in names and path.is_file() and not path.is_symlink():
            shutil.copyfile(path, target / path.name)
