"""Distributions: the files that builds make and indexes have."""

from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName


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
