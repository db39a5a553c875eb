"""Archives that do no harm: what every installer reads alike, and unpacks where it belongs.

A distribution is somebody's download. What two readers would read differently, or what
would land outside of its folder, is refused before it is uploaded.
"""

import gzip
import hashlib
import stat
import struct
import tarfile
import zipfile
from base64 import b64decode, urlsafe_b64decode
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from math import ceil
from os import SEEK_END
from pathlib import Path, PurePosixPath, PureWindowsPath
from re import fullmatch

from installer.records import parse_record_file
from installer.sources import WheelFile

from ...model.distribution import Distribution
from ...model.index.filename import parsed
from ...model.problem import Problem
from .contents import UNREADABLE, unreadable

# An archive that unpacks to so many times its size, and is not small, is a bomb.
MOST_EXPANDED, SMALL = 50, 64 * 1024 * 1024
CHUNK = 1024 * 1024
# A zip's entries, its end, and an entry's flags: https://pkware.com/appnote, section 4.3.
LOCAL_HEADER, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s4H2LH")
IS_STREAMED, IS_UTF8 = 0x8, 0x800
DESCRIPTORS = {12, 16, 20, 24}  # what is behind an entry whose size was not known before
IS_ZIP64 = 0xFFFFFFFF  # in place of a size that is listed elsewhere
AROUND = "has something before, between or behind its entries, which some readers take for entries"
HINT = "no index and no installer should accept it: check what the build backend packs"


def archive_problems(path: Path, member: str) -> Iterator[Problem]:
    """Check the file name, the entries and the `RECORD` of a wheel or an sdist.

    Whatever its bytes are, nothing is raised: what cannot be read is a problem, too.
    """
    check = _wheel_problems if path.suffix == ".whl" else _sdist_problems
    try:
        for what in chain(_name_problems(path.name), check(path)):
            yield Problem("archive-unsafe", f"{path.name} {what}", HINT, member)
    except UNREADABLE as error:
        yield unreadable(path, error, member)


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
        if not _is_seamless(path, entries):
            yield AROUND
        files = [entry.filename for entry in entries if not entry.is_dir()]
        yield from _path_problems(files, [entry.filename for entry in entries if entry.is_dir()])
        for entry in entries:
            if stat.S_ISLNK(entry.external_attr >> 16):
                yield f"has a link, `{entry.filename}`"
            if not entry.filename.isascii() and not entry.flag_bits & IS_UTF8:
                yield "has a file name that is not UTF-8"
        bomb = [*_size_problems(path, sum(entry.file_size for entry in entries))]
    odd = [*_info_problems(path.name, files)]
    yield from (*bomb, *odd) or _record_problems(path)


def _is_seamless(path: Path, entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Tell whether a zip is its entries, its directory and its end, one right after another.

    One reader goes by the directory, another from entry to entry: both are to see the same.
    """
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    with path.open("rb") as file:
        file.seek(-END.size, SEEK_END)
        *_, size, directory, _ = END.unpack(file.read())
        places = [*(entry.header_offset for entry in ordered), directory]
        is_whole: bool = places[0] == 0 and directory + size + END.size == file.tell()
        for entry, following in zip(ordered, places[1:], strict=True):
            file.seek(entry.header_offset)
            header = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
            is_whole &= _is_as_told(entry, header, following)
    return is_whole


def _is_as_told(entry: zipfile.ZipInfo, header: Sequence[int], following: int) -> bool:
    """Tell whether an entry begins and ends as the directory has it."""
    _, _, _, method, _, _, *sizes, name, extra = header
    listed = [entry.CRC, entry.compress_size, entry.file_size]
    is_streamed = bool(entry.flag_bits & IS_STREAMED)
    end = entry.header_offset + LOCAL_HEADER.size + name + extra + entry.compress_size
    return bool(
        method == entry.compress_type
        and (sizes == listed or is_streamed or IS_ZIP64 in sizes)
        and following - end in (DESCRIPTORS if is_streamed else {0})
    )


def _info_problems(filename: str, files: Iterable[str]) -> Iterator[str]:
    """Find metadata beside that of the wheel's own name and version."""
    own = f"{'-'.join(filename.split('-')[:2])}.dist-info"
    tops = {name.partition("/")[0] for name in files}
    for info in sorted({top for top in tops if top.endswith(".dist-info")} - {own}):
        yield f"has `{info}`, and by its file name its metadata is in `{own}`"


def _record_problems(path: Path) -> Iterator[str]:
    """Compare a wheel with its `RECORD`, both ways.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    with WheelFile.open(path) as wheel, zipfile.ZipFile(path) as archive:
        try:
            wheel.validate_record(validate_contents=False)
        except ValueError as error:  # what `installer` raises
            words = " ".join(str(error).replace(f"In {path}, ", "").split())
            yield f"does not agree with its RECORD: {words}"
            return
        for name in sorted(_unlike_record(wheel, archive)):
            yield f"does not agree with its RECORD: the hash or the size of `{name}` is another"
        lines = wheel.read_dist_info("RECORD").splitlines()
        recorded = Counter(name for name, *_ in parse_record_file(lines))
        for name in sorted(recorded.keys() - set(archive.namelist())):
            yield f"lists `{name}` in its RECORD, and does not have it"
        for name in sorted(name for name, count in recorded.items() if count > 1):
            yield f"lists `{name}` in its RECORD {recorded[name]} times"


def _unlike_record(wheel: WheelFile, archive: zipfile.ZipFile) -> Iterator[str]:
    """Find files whose digest or size is another in `RECORD`, in whatever way it is written there.

    Old backends write it in hexadecimal, or with padding; indexes and installers take that.
    """
    for name, digest, size in parse_record_file(wheel.read_dist_info("RECORD").splitlines()):
        algorithm, separator, written = digest.partition("=")
        if not separator or name not in archive.namelist():
            continue
        data = archive.read(name)
        is_other_size = size.isdigit() and int(size) != len(data)
        hashed = hashlib.new(algorithm, data)
        is_same = hashed.digest_size and hashed.digest() in _decoded(written)  # shake has no size
        if is_other_size or not is_same:
            yield name


def record_warnings(distributions: Iterable[Distribution]) -> Iterator[Problem]:
    """Find wheels whose `RECORD` has digests that are written in another way than others have it.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    for distribution in distributions:
        if distribution.path.suffix == ".whl" and not _is_usual(distribution.path):
            message = f"{distribution.filename} has digests in its RECORD in another encoding"
            hint = "installers take it; a newer build backend writes urlsafe base64"
            yield Problem("record-digests", message, hint, distribution.member)


def _is_usual(wheel: Path) -> bool:
    with WheelFile.open(wheel) as opened:
        records = parse_record_file(opened.read_dist_info("RECORD").splitlines())
        digests = {digest for _, digest, _ in records if digest}
    return all(_is_urlsafe(*digest.partition("=")[::2]) for digest in digests)


def _is_urlsafe(algorithm: str, digest: str) -> bool:
    """Tell whether a digest is in urlsafe base64, without padding."""
    with suppress(ValueError):
        size = hashlib.new(algorithm).digest_size
        return fullmatch(rf"[\w-]{{{ceil(size * 4 / 3)}}}", digest) is not None
    return False


def _decoded(digest: str) -> Iterator[bytes]:
    """Return what a digest may stand for: in base64, of either alphabet, or in hexadecimal."""
    padded = digest.rstrip("=") + "=" * (-len(digest.rstrip("=")) % 4)
    for decode in (b64decode, urlsafe_b64decode, bytes.fromhex):
        with suppress(ValueError):
            yield decode(digest if decode == bytes.fromhex else padded)


def _sdist_problems(path: Path) -> Iterator[str]:
    root = path.name.removesuffix(".tar.gz")
    with gzip.open(path) as content, tarfile.open(fileobj=content) as archive:
        entries = archive.getmembers()
        files = [entry.name for entry in entries if not entry.isdir()]
        yield from _path_problems(files, [entry.name for entry in entries if entry.isdir()])
        for entry in entries:
            if not entry.isfile() and not entry.isdir():
                yield f"has a link or a device, `{entry.name}`"
            if PurePosixPath(entry.name).parts[:1] != (root,):
                yield f"has `{entry.name}` outside of `{root}/`"
        yield from _size_problems(path, sum(entry.size for entry in entries))
        if any(chunk.strip(b"\0") for chunk in iter(partial(content.read, CHUNK), b"")):
            yield AROUND


def _path_problems(files: Collection[str], folders: Collection[str]) -> Iterator[str]:
    """Find what would land elsewhere, twice, or in one place where capitals do not count."""
    counted = Counter(str(PurePosixPath(name)) for name in files)
    for name in dict.fromkeys((*files, *folders)):
        path = PurePosixPath(name)
        is_out = path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive
        if is_out or "\\" in name:
            yield f"has `{name}`, which leads out of it"
        if not _is_utf8(name):
            yield "has a file name that is not UTF-8"
    for name, count in counted.items():
        if count > 1:
            yield f"has `{name}` {count} times"
    places = {str(each) for name in counted for each in (name, *PurePosixPath(name).parents)}
    lowered = Counter(place.lower() for place in places)
    for place in sorted(place for place in places if lowered[place.lower()] > 1):
        yield f"has `{place}`, and another name that differs only in upper and lower case"


def _is_utf8(name: str) -> bool:
    """Tell whether a name could be read; Python keeps other bytes as surrogates."""
    return not any("\udc80" <= character <= "\udcff" for character in name)


def _size_problems(path: Path, unpacked: int) -> Iterator[str]:
    if unpacked > SMALL and unpacked > MOST_EXPANDED * path.stat().st_size:
        yield f"unpacks to {unpacked:,} bytes, over {MOST_EXPANDED} times its size"
