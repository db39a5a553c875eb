"""Distributions in folders: described, and taken out of a folder that others could write."""

import hashlib
import shutil
from collections.abc import Container, Iterator
from pathlib import Path

from packaging.utils import NormalizedName

from ..model.distribution import Distribution
from ..model.index.filename import name_of


def described(member: NormalizedName, path: Path) -> Distribution:
    """Describe the file of a distribution."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Distribution(member=member, path=path, sha256=digest, size=len(content))


def in_folder(folder: Path, names: Container[str]) -> Iterator[Distribution]:
    """Describe the distributions of some members in a folder; whatever else lies there stays."""
    for path in sorted(folder.iterdir()):
        name = name_of(path.name)
        if name is not None and name in names:
            yield described(name, path)


def collect(folder: Path, names: Container[str], target: Path) -> None:
    """Copy the distributions of some members out of a folder that others could write.

    A link may lead anywhere: it is no distribution.
    """
    target.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir() if folder.is_dir() else ():
        if name_of(path.name) in names and path.is_file() and not path.is_symlink():
            shutil.copyfile(path, target / path.name)
