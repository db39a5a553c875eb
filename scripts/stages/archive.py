"""Archives that do no harm: what every installer reads alike, and unpacks where it belongs.

A distribution is somebody's download. What two readers would read differently, or what
would land outside of its folder, is refused before it is uploaded.
"""

import stat
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from installer.records import parse_record_file
from installer.sources import WheelFile

from ..model.filename import parsed
from ..model.problem import Problem
from .contents import UNREADABLE

# An archive that unpacks to so many times its size, and is not small, is a bomb.
MOST_EXPANDED, SMALL = 50, 64 * 1024 * 1024
IS_UTF8 = 0x800  # a zip entry's flag: https://pkware.com/appnote, section 4.4.4
HINT = "no index and no installer should take it: look at what the build backend packs"


def archive_problems(path: Path, member: str) -> Iterator[Problem]:
    """Check the file name, the entries and the `RECORD` of a wheel or an sdist.

    A file that is no archive is left to who reads what is in it.
    """
    with suppress(*UNREADABLE):
        found = _wheel_problems(path) if path.suffix == ".whl" else _sdist_problems(path)
        problems = (*_name_problems(path.name), *found)
        yield from (Problem(f"{path.name} {what}", HINT, member) for what in problems)


def _name_problems(filename: str) -> Iterator[str]:
    """Find a file name that uv passes over, with success: https://peps.python.org/pep-0625/."""
    found = parsed(filename)
    if found is None:
        return
    start = f"{found[0].replace('-', '_')}-{found[1]}"
    if not filename.startswith((f"{start}-", f"{start}.tar.gz")):
        yield f"is not named as its name and version are normalised: {start}"


def _wheel_problems(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if not entries or min(entry.header_offset for entry in entries) or archive.comment:
            yield "has something before or behind its entries, which some readers take for entries"
        yield from _path_problems(entry.filename for entry in entries if not entry.is_dir())
        for entry in entries:
            if stat.S_ISLNK(entry.external_attr >> 16):
                yield f"has a link, `{entry.filename}`"
            if not entry.filename.isascii() and not entry.flag_bits & IS_UTF8:
                yield "has a file name that is not UTF-8"
        yield from _size_problems(path, sum(entry.file_size for entry in entries))
    yield from _record_problems(path)


def _record_problems(path: Path) -> Iterator[str]:
    """Compare a wheel with its `RECORD`, both ways.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    with WheelFile.open(path) as wheel, zipfile.ZipFile(path) as archive:
        try:
            wheel.validate_record()
        except ValueError as error:  # what `installer` raises
            words = " ".join(str(error).replace(f"In {path}, ", "").split())
            yield f"does not agree with its RECORD: {words}"
            return
        lines = wheel.read_dist_info("RECORD").splitlines()
        recorded = {name for name, *_ in parse_record_file(lines)}
        for name in sorted(recorded - set(archive.namelist())):
            yield f"lists `{name}` in its RECORD, and does not have it"


def _sdist_problems(path: Path) -> Iterator[str]:
    root = path.name.removesuffix(".tar.gz")
    with tarfile.open(path) as archive:
        entries = archive.getmembers()
        yield from _path_problems(entry.name for entry in entries if not entry.isdir())
        for entry in entries:
            if not entry.isfile() and not entry.isdir():
                yield f"has a link or a device, `{entry.name}`"
            if PurePosixPath(entry.name).parts[:1] != (root,):
                yield f"has `{entry.name}` outside of `{root}/`"
        yield from _size_problems(path, sum(entry.size for entry in entries))


def _path_problems(names: Iterable[str]) -> Iterator[str]:
    counted = Counter(names)
    for name, count in counted.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            yield f"has `{name}`, which leads out of it"
        if count > 1:
            yield f"has `{name}` {count} times"
        if not _is_utf8(name):
            yield "has a file name that is not UTF-8"
    lowered = Counter(name.lower() for name in counted)
    for name in sorted(name for name in counted if lowered[name.lower()] > 1):
        yield f"has `{name}`, and another name that differs in capitals alone"


def _is_utf8(name: str) -> bool:
    """Tell whether a name could be read; Python keeps other bytes as surrogates."""
    return not any("\udc80" <= character <= "\udcff" for character in name)


def _size_problems(path: Path, unpacked: int) -> Iterator[str]:
    if unpacked > SMALL and unpacked > MOST_EXPANDED * path.stat().st_size:
        yield f"unpacks to {unpacked:,} bytes, over {MOST_EXPANDED} times its size"
