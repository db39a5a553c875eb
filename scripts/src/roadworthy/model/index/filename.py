"""The file names of distributions: what they say of themselves.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version


def parsed(filename: str) -> tuple[NormalizedName, Version] | None:
    """Return the name and version that a file name bears; None for no distribution."""
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[:2]
        return parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):  # a number may be too long
        return None


def version_of(filename: str) -> Version | None:
    """Return the version that a file name bears; None for no distribution."""
    found = parsed(filename)
    return found[1] if found else None


def name_of(filename: str) -> NormalizedName | None:
    """Return the name that a file name bears; None for no distribution."""
    found = parsed(filename)
    return found[0] if found else None
