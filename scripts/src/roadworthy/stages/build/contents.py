"""What lies in a distribution: what the manifest says, and nothing that does harm."""

import csv
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ...model.index.filename import parsed
from ...model.problem import Problem
from ...model.workspace.requirement import Kind
from ...model.workspace.workspace import Member

# Names that would land beside the member in everybody's site-packages.
NOBODYS = frozenset({"build", "dist", "doc", "docs", "example", "examples", "src", "test", "tests"})
STUBS = "-stubs"  # the types of another distribution: PEP 561
METADATA = ".dist-info/METADATA"
MODULE_SUFFIXES, PATHS = (".py", ".pyi", ".so", ".pyd"), ".pth"
# What a compiler makes: its bytes depend on the folder that it ran in.
COMPILED = (".so", ".pyd", ".dylib", ".dll", ".a", ".lib", ".o", ".obj", ".pyc")
# How a file begins that git-lfs has put in the place of another, and its greatest size.
POINTER, LARGEST_POINTER = b"version https://git-lfs.github.com/spec/v1", 1024
# What reading an archive raises that is none, or is broken: its readers promise nothing.
UNREADABLE = (Exception,)


def content_problems(path: Path, member: Member) -> Iterator[Problem]:
    """Check a wheel or an sdist against the manifest of its member."""
    try:
        text, top_level = _read(path)
        metadata, _ = parse_email(text)
        pointers = sorted(lfs_pointers(path))
    except UNREADABLE as error:
        yield unreadable(path, error, member.name)
        return
    problems = (*_metadata_problems(metadata, member, path), *top_level_problems(top_level))
    for what, hint in problems:
        yield Problem("distribution-unlike-manifest", f"{path.name} {what}", hint, member.name)
    if pointers:
        more = f" and {len(pointers) - 1} more" if len(pointers) > 1 else ""
        message = f"{path.name} has a pointer of git-lfs in place of a file: {pointers[0]}{more}"
        hint = "consumers would get the pointer, too: keep the file in git, or leave it out"
        yield Problem("lfs-pointer", message, hint, member.name)


def lfs_pointers(path: Path) -> Iterator[str]:
    """Find the files that git-lfs keeps elsewhere: https://git-lfs.com/spec/v1."""
    read = _small_in_wheel if path.suffix == ".whl" else _small_in_sdist
    for name, data in read(path):
        if data.startswith(POINTER):
            yield name


def _small_in_wheel(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if len(POINTER) < entry.file_size < LARGEST_POINTER:
                yield entry.filename, archive.read(entry)


def _small_in_sdist(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path, "r:gz") as archive:
        for entry in archive:
            if entry.isfile() and len(POINTER) < entry.size < LARGEST_POINTER:
                file = archive.extractfile(entry)
                yield entry.name, file.read() if file else b""


def unreadable(path: Path, error: Exception, member: str) -> Problem:
    """Say why a distribution cannot be read."""
    why = str(error) or type(error).__name__
    return Problem(
        "distribution-unreadable", f"{path.name} cannot be read: {why}", "build it again", member
    )


def wheel_files(path: Path) -> dict[str, str]:
    """Return what a wheel installs for import, each file with its hash as `RECORD` has it.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    with zipfile.ZipFile(path) as archive:
        record = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
        rows = list(csv.reader(archive.read(record).decode("utf-8").splitlines()))
    return {
        name: digest
        for name, digest, *_ in rows
        if not name.partition("/")[0].endswith((".dist-info", ".data"))
    }


def is_compiled(path: str) -> bool:
    """Tell whether a file is compiled; such files are compared by their names alone."""
    return path.endswith(COMPILED) or ".so." in path.rpartition("/")[2]


def comparable(files: Mapping[str, str]) -> dict[str, str]:
    """Return files with their hashes, those that are compiled without."""
    return {name: "" if is_compiled(name) else digest for name, digest in files.items()}


def same_contents(one: Path, other: Path) -> bool:
    """Tell whether two distributions differ in nothing but who built them, when and where.

    Compiled files are compared by name. What cannot be read is like nothing else.
    """
    read = _wheel_contents if one.suffix == ".whl" else _sdist_contents
    try:
        return read(one) == read(other)
    except UNREADABLE:
        return False


def metadata_of(path: Path) -> RawMetadata:
    """Return the metadata of a distribution that can be read."""
    return parse_email(metadata_text(path))[0]


def metadata_text(path: Path) -> bytes:
    """Return the file of metadata in a distribution that can be read."""
    return _read(path)[0]


def _read(path: Path) -> tuple[bytes, set[str]]:
    """Return the metadata of a distribution, and what it would install for import."""
    return _read_wheel(path) if path.suffix == ".whl" else _read_sdist(path)


def _read_wheel(path: Path) -> tuple[bytes, set[str]]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        at_top = [name for name in names if name.endswith(METADATA) and name.count("/") == 1]
        metadata = next(iter(at_top), METADATA)
        text = archive.read(metadata)
    info = metadata.partition("/")[0]
    own = (info, info.replace(".dist-info", ".data"))
    return text, {name for name in names if name.partition("/")[0] not in own}


def _read_sdist(path: Path) -> tuple[bytes, set[str]]:
    root = path.name.removesuffix(".tar.gz")
    with tarfile.open(path, "r:gz") as archive:
        info = archive.extractfile(f"{root}/PKG-INFO")
        return info.read() if info else b"", set()


def _metadata_problems(
    metadata: RawMetadata, member: Member, path: Path
) -> Iterator[tuple[str, str]]:
    hint = "a release must match its manifest: check the build backend"
    name, version = metadata.get("name", ""), metadata.get("version", "")
    told = canonicalize_name(name), _version(version)
    expected = member.name, member.version or told[1]  # where a tag decides, and is not there yet
    other = next((each for each in (expected, parsed(path.name)) if each and each != told), None)
    if other:
        yield f"says that it is {name} {version}, not {other[0]} {other[1]}", hint
    stated = set(parsed_all(metadata.get("requires_dist", ())))
    for requirement in member.requirements:
        wanted = requirement.requirement
        same = (r for r in stated if canonicalize_name(r.name) == requirement.sibling)
        if requirement.kind is Kind.REQUIRED and wanted.specifier not in {
            r.specifier for r in same
        }:
            where = "uv.lock has it" if requirement.is_dynamic else "the manifest does"
            yield f'does not require "{requirement.text}", as {where}', hint


def top_level_problems(files: Collection[str]) -> Iterator[tuple[str, str]]:
    """Find what lies beside a member's own packages, with the way out."""
    hint = "it would land in everybody's site-packages: leave it out of the wheel"
    for top in sorted({name.partition("/")[0] for name in files}):
        is_file = top in files
        stem = PurePosixPath(top).name.partition(".")[0].removesuffix(STUBS)
        if is_file and top.endswith(PATHS):  # no name of a module: `site` reads them all
            continue
        is_module = top.endswith(MODULE_SUFFIXES) if is_file else True
        if top in NOBODYS or stem == "__init__" or not is_module or not stem.isidentifier():
            yield f"has `{top}` at its top level", hint


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def parsed_all(texts: Iterable[str]) -> Iterator[Requirement]:
    """Parse the requirements that can be parsed."""
    for text in texts:
        try:
            yield Requirement(text)
        except InvalidRequirement:
            continue


def _wheel_contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return {
        name: b"" if is_compiled(name) else _without_builder(name, data)
        for name, data in contents.items()
    }


def _sdist_contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        files = (entry for entry in archive.getmembers() if entry.isfile())
        opened = ((entry.name, archive.extractfile(entry)) for entry in files)
        return {name: file.read() for name, file in opened if file}


def _without_builder(name: str, data: bytes) -> bytes:
    """Leave out what depends on the builder: its name, compiled files, and their hashes."""
    if name.endswith(".dist-info/WHEEL"):
        return _without_lines(data, lambda line: line.startswith("Generator:"))
    if name.endswith(".dist-info/RECORD"):
        wheel = name.removesuffix("RECORD") + "WHEEL"
        return _without_lines(data, lambda line: _is_of_builder(line.partition(",")[0], wheel))
    return data


def _is_of_builder(name: str, wheel: str) -> bool:
    return name == wheel or is_compiled(name)


def _without_lines(data: bytes, is_left_out: Callable[[str], bool]) -> bytes:
    lines = data.splitlines()
    return b"\n".join(line for line in lines if not is_left_out(line.decode("utf-8", "replace")))
