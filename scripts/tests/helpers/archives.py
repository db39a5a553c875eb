"""Wheels and sdists of zq-base 0.1.0, sound but for what a test puts into them."""

import base64
import hashlib
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

WHEEL, SDIST = "zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"
ROOT, INFO = "zq_base-0.1.0", "zq_base-0.1.0.dist-info"
DESCRIBED = "Description-Content-Type: text/markdown\n\n# zq-base\n"
METADATA = f"Metadata-Version: 2.3\nName: zq-base\nVersion: 0.1.0\n{DESCRIBED}"
DAY = (2026, 1, 1, 0, 0, 0)

ZipEntry = tuple[zipfile.ZipInfo, bytes]
TarEntry = tuple[tarfile.TarInfo, bytes]


def zip_entry(name: str, content: bytes = b"", mode: int = 0o100644) -> ZipEntry:
    """Return an entry of a zip: a file, or what its mode says."""
    entry = zipfile.ZipInfo(name, DAY)
    entry.external_attr = mode << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry, content


def tar_entry(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE) -> TarEntry:
    """Return an entry of a tar: a file, or what its kind says, which leads out of it."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.type, entry.linkname = len(content), kind, "/etc/passwd"
    return entry, content


def write_wheel(
    path: Path,
    *more: ZipEntry,
    changed: Mapping[str, str] | None = None,
    record: Callable[[str], str] = str,
) -> Path:
    """Write a wheel; more entries are in its RECORD, too, which can be changed at the end."""
    files = {"zq_base/__init__.py": "", f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": _WHEEL}
    own = [zip_entry(name, text.encode()) for name, text in (files | dict(changed or {})).items()]
    entries = [*own, *more]
    lines = "".join(_line(e.filename, content) for e, content in entries if not e.is_dir())
    entries.append(zip_entry(f"{INFO}/RECORD", record(f"{lines}{INFO}/RECORD,,\n").encode()))
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return path


def write_sdist(path: Path, *more: TarEntry, metadata: str = METADATA) -> Path:
    """Write an sdist with more entries."""
    own = (
        tar_entry(f"{ROOT}/pyproject.toml"),
        tar_entry(f"{ROOT}/PKG-INFO", metadata.encode()),
    )
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for entry, content in (*own, *more):
            archive.addfile(entry, BytesIO(content))
    return path


def join(path: Path, pieces: Sequence[bytes]) -> None:
    """Write a file of pieces."""
    path.write_bytes(b"".join(pieces))


_WHEEL = "Wheel-Version: 1.0\nGenerator: tester\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(content)}\n"
