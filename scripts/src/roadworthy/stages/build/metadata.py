"""The metadata of a distribution: what every index would refuse, or could not show."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from packaging.metadata import Metadata, RawMetadata, parse_email
from packaging.version import InvalidVersion, Version

from ...model.problem import Problem
from ...ops import readme
from .contents import UNREADABLE, metadata_text

LICENSE_FILES_SINCE = Version("2.4")
RST = "text/x-rst"
INVALID = "fix these fields in the manifest of {member}, or use a newer build backend"
NOT_SHOWN = "fix the readme of {member}, or name its format in `readme` of the manifest"


def metadata_problems(path: Path, member: str) -> Iterator[Problem]:
    """Check the metadata of a wheel or an sdist; of one that cannot be read, others speak."""
    try:
        text = metadata_text(path)
    except UNREADABLE:
        return
    wrong = "; ".join(_invalid(text))
    if wrong:
        message = f"the metadata of {path.name} is not valid: {wrong}"
        yield Problem("metadata-refused", message, INVALID.format(member=member), member)
        return
    mistakes = _not_shown(parse_email(text)[0])
    if mistakes:
        message = f"an index cannot show the long description of {path.name}: {mistakes}"
        yield Problem("description-not-shown", message, NOT_SHOWN.format(member=member), member)


def _invalid(text: bytes) -> list[str]:
    """Return what is wrong, each field by itself.

    https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    raw, unknown = parse_email(text)
    if _is_older(raw.get("metadata_version", "")):
        # Setuptools wrote this field before it was in the specification; indexes take it.
        raw.pop("license_files", None)
    if unknown:
        return [f"the field {name} is unknown or malformed" for name in sorted(unknown)]
    try:
        Metadata.from_raw(raw)
    except ExceptionGroup as group:
        return sorted(str(error) for error in group.exceptions)
    return []


def _is_older(metadata_version: str) -> bool:
    try:
        return Version(metadata_version) < LICENSE_FILES_SINCE
    except InvalidVersion:
        return False


def _not_shown(metadata: RawMetadata) -> str:
    """Return why the description cannot be shown; one may be missing, every index takes that."""
    description = metadata.get("description", "")
    header = EmailMessage()
    header["content-type"] = metadata.get("description_content_type", RST)
    is_rst = header.get_content_type() == RST
    return readme.mistakes(description) if is_rst and description else ""
