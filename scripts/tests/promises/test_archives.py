"""What lies in a distribution does no harm, and is what everybody reads: promise 21."""

import gzip
import os
import re
import subprocess
import tarfile
import zipfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, UnsupportedOperation
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.workspace.workspace import Member
from roadworthy.stages.build.archive import archive_problems, record_warnings
from roadworthy.stages.build.as_committed import Committed
from roadworthy.stages.build.build import problems_of
from roadworthy.stages.build.contents import content_problems
from roadworthy.stages.distribution import described
from tests.helpers.archives import (
    INFO,
    METADATA,
    ROOT,
    SDIST,
    WHEEL,
    ZipEntry,
    join,
    tar_entry,
    write_sdist,
    write_wheel,
    zip_entry,
)
from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import make_workspace, member, with_backend

Write = Callable[[Path], object]
NAME = NormalizedName("zq-base")
MEMBER = Member(name=NAME, path="packages/zq-base", version=Version("0.1.0"))
COMMITTED = Committed(member=MEMBER, files={})
LINK = 0o120777
BOMB = bytes(70 * 1024 * 1024)
AROUND = "has something before, between or behind its entries"

pytestmark = pytest.mark.promise(21)


def found_in(path: Path) -> list[str]:
    """Return what is said of a distribution."""
    other, write = (SDIST, write_sdist) if path.name == WHEEL else (WHEEL, write_wheel)
    built = [described(NAME, each) for each in (path, write(path.with_name(other)))]
    return [p.message.removeprefix(f"{path.name} ") for p in problems_of(built, [COMMITTED])]


def with_gap(path: Path) -> None:
    """Write a wheel that has an entry which its directory does not tell of."""
    hidden = write_wheel(path.with_name("hidden"), zip_entry("zq_base/hidden.py", b"evil\n"))
    with zipfile.ZipFile(hidden, "a") as archive:
        archive.filelist = [e for e in archive.filelist if e.filename != "zq_base/hidden.py"]
        archive.writestr(f"{INFO}/RECORD.jws", "{}")  # so that the directory is written anew
    hidden.replace(path)


def with_other_size(path: Path) -> None:
    """Write a wheel whose first entry is of another size than its directory has."""
    content = bytearray(write_wheel(path).read_bytes())
    content[22:26] = (7).to_bytes(4, "little")
    path.write_bytes(content)


def with_other_sum(path: Path) -> None:
    """Write a wheel whose first entry has another check sum than its directory has."""
    content = bytearray(write_wheel(path).read_bytes())
    content[14:18] = (7).to_bytes(4, "little")
    path.write_bytes(content)


def in_no_encoding(path: Path) -> None:
    """Write a wheel with a name in an encoding that it does not tell."""
    name = b"\xe9".decode("cp437")  # as which such names are read
    renamed = recorded(lambda text: text.replace("/_.py", f"/{name}.py"), zip_entry("zq_base/_.py"))
    renamed(path)
    path.write_bytes(path.read_bytes().replace(b"/_.py", b"/\xe9.py"))


def in_another_encoding(path: Path) -> None:
    """Write a wheel with a name that is said to be UTF-8, and is not."""
    wheel = write_wheel(path, zip_entry("zq_base/\u00e9"))
    path.write_bytes(wheel.read_bytes().replace("\u00e9".encode(), b"\xe9_"))


def with_raw_byte(path: Path) -> None:
    """Write an sdist with a name that is not UTF-8."""
    with tarfile.open(path, "w:gz", format=tarfile.GNU_FORMAT) as archive:
        for name in ("PKG-INFO", "caf\udce9.py"):
            entry, _ = tar_entry(f"{ROOT}/{name}")
            archive.addfile(entry)


def damaged(path: Path) -> None:
    """Write a wheel in which a byte of one file is another."""
    entry, content = zip_entry("zq_base/data.txt", b"data")
    entry.compress_type = zipfile.ZIP_STORED
    written = write_wheel(path, (entry, content)).read_bytes()
    path.write_bytes(written.replace(b"txtdata", b"txtdate"))


def wheel_with(*names: str, mode: int = 0o100644) -> Write:
    """Return how to write a wheel with more files, which are in its RECORD."""
    return lambda path: write_wheel(path, *(zip_entry(name, mode=mode) for name in names))


def wheel_saying(name: str, text: str) -> Write:
    """Return how to write a wheel in which a file has another text."""
    return lambda path: write_wheel(path, changed={name: text})


def recorded(change: Callable[[str], str], *more: ZipEntry) -> Write:
    """Return how to write a wheel whose RECORD is another."""
    return lambda path: write_wheel(path, *more, record=change)


def cut(write: Write, where: slice, *around: bytes) -> Write:
    """Return how to write a piece of an archive, with bytes before and behind it."""

    def pieces(path: Path) -> None:
        write(path)
        before, behind = around or (b"", b"")
        join(path, [before, path.read_bytes()[where], behind])

    return pieces


def joined(path: Path) -> None:
    """Write two whole wheels as one file."""
    first = write_wheel(path, zip_entry("zq_base/first.py")).read_bytes()
    join(path, [first, write_wheel(path).read_bytes()])


def commented(path: Path) -> None:
    """Write a wheel with a comment, which can hold a whole other wheel."""
    with zipfile.ZipFile(write_wheel(path), "a") as archive:
        archive.comment = b"comment"


def sdist_with(*names: str, kind: bytes = tarfile.REGTYPE) -> Write:
    """Return how to write an sdist with more entries."""
    return lambda path: write_sdist(path, *(tar_entry(name, kind=kind) for name in names))


WHOLE = slice(None)
OTHER = METADATA.replace("0.1.0", "9.9")
WHEELS: dict[str, tuple[Write, str]] = {
    "link": (wheel_with("zq_base/out", mode=LINK), "has a link, `zq_base/out`"),
    "parent": (wheel_with("../out.py"), "has `../out.py`, which leads out of it"),
    "parent folder": (wheel_with("zq_base/../../out/"), "has `zq_base/../../out/`, which leads"),
    "absolute": (wheel_with("/etc/out"), "has `/etc/out`, which leads out of it"),
    "drive": (wheel_with("C:/out"), "has `C:/out`, which leads out of it"),
    "backslash": (wheel_with("zq_base\\out.py"), "has `zq_base\\out.py`, which leads out of it"),
    "no encoding": (in_no_encoding, "has a file name that is not UTF-8"),
    "other encoding": (in_another_encoding, "cannot be read: 'utf-8' codec can't decode"),
    "twice": (wheel_with("zq_base/a.py", "zq_base/a.py"), "has `zq_base/a.py` 2 times"),
    "twice, spelled otherwise": (
        wheel_with("zq_base/a.py", "zq_base/./a.py"),
        "has `zq_base/a.py` 2 times",
    ),
    "capitals": (
        wheel_with("zq_base/a.py", "zq_base/A.py"),
        "has `zq_base/A.py`, and another name that differs only in upper and lower case",
    ),
    "capitals of a folder": (
        wheel_with("zq_base/a/x.py", "zq_base/A/y.py"),
        "has `zq_base/A`, and another name that differs only in upper and lower case",
    ),
    "not recorded": (
        recorded(lambda text: text.partition("\n")[2]),
        "zq_base/__init__.py is not mentioned in RECORD",
    ),
    "recorded alone": (
        recorded(lambda text: f"{text}zq_base/gone.py,,\n"),
        "lists `zq_base/gone.py` in its RECORD, and does not have it",
    ),
    "recorded twice": (
        recorded(lambda text: f"zq_base/__init__.py,sha256=x,1\n{text}"),
        "lists `zq_base/__init__.py` in its RECORD 2 times",
    ),
    "other hash": (
        recorded(lambda text: text.replace("sha256=", "sha256=x", 1)),
        "the hash or the size of `zq_base/__init__.py` is another",
    ),
    "no hash": (
        recorded(lambda _: f"zq_base/__init__.py,,\n{INFO}/METADATA,,\n{INFO}/RECORD,,\n"),
        "hash / size of zq_base/__init__.py is not included in RECORD",
    ),
    "other version": (
        wheel_saying(f"{INFO}/METADATA", OTHER),
        "says that it is zq-base 9.9, not zq-base 0.1.0",
    ),
    "no version": (
        wheel_saying(f"{INFO}/METADATA", "Name: zq-base\nVersion: x\n"),
        "says that it is zq-base x, not zq-base 0.1.0",
    ),
    "two metadata": (
        wheel_with("other-1.0.dist-info/METADATA"),
        f"has `other-1.0.dist-info`, and by its file name its metadata is in `{INFO}`",
    ),
    "bytes before": (cut(write_wheel, WHOLE, b"#!/bin/sh\n", b""), AROUND),
    "bytes behind": (cut(write_wheel, WHOLE, b"", b"PK"), AROUND),
    "two in one": (joined, AROUND),
    "comment": (commented, AROUND),
    "hidden entry": (with_gap, AROUND),
    "other size": (with_other_size, AROUND),
    "other sum": (with_other_sum, AROUND),
    "bomb": (
        lambda path: write_wheel(path, zip_entry("zq_base/bomb", BOMB)),
        "bytes, over 50 times its size",
    ),
    "damaged": (damaged, "cannot be read: Bad CRC-32 for file 'zq_base/data.txt'"),
    "truncated": (cut(write_wheel, slice(-30)), "cannot be read: File is not a zip file"),
    "empty": (cut(write_wheel, slice(0)), "cannot be read: File is not a zip file"),
    "no archive": (lambda path: path.write_text("no archive", "utf-8"), "cannot be read: File is"),
}
SDISTS: dict[str, tuple[Write, str]] = {
    "symbolic link": (
        sdist_with(f"{ROOT}/out", kind=tarfile.SYMTYPE),
        f"has a link or a device, `{ROOT}/out`",
    ),
    "hard link": (
        sdist_with(f"{ROOT}/out", kind=tarfile.LNKTYPE),
        f"has a link or a device, `{ROOT}/out`",
    ),
    "device": (
        sdist_with(f"{ROOT}/out", kind=tarfile.CHRTYPE),
        f"has a link or a device, `{ROOT}/out`",
    ),
    "parent": (sdist_with(f"{ROOT}/../out"), f"has `{ROOT}/../out`, which leads out of it"),
    "parent folder": (
        sdist_with(f"{ROOT}/../out", kind=tarfile.DIRTYPE),
        f"has `{ROOT}/../out`, which leads out of it",
    ),
    "absolute": (sdist_with("/etc/out"), "has `/etc/out`, which leads out of it"),
    "backslash": (sdist_with(f"{ROOT}/..\\out"), f"has `{ROOT}/..\\out`, which leads out of it"),
    "encoding": (with_raw_byte, "has a file name that is not UTF-8"),
    "twice": (sdist_with(f"{ROOT}/a", f"{ROOT}/a"), f"has `{ROOT}/a` 2 times"),
    "capitals": (
        sdist_with(f"{ROOT}/a", f"{ROOT}/A"),
        f"has `{ROOT}/A`, and another name that differs only in upper and lower case",
    ),
    "outside": (sdist_with("other/a"), f"has `other/a` outside of `{ROOT}/`"),
    "other version": (
        lambda path: write_sdist(path, metadata=OTHER),
        "says that it is zq-base 9.9, not zq-base 0.1.0",
    ),
    "bomb": (
        lambda path: write_sdist(path, tar_entry(f"{ROOT}/bomb", BOMB)),
        "bytes, over 50 times its size",
    ),
    "two in one": (
        lambda path: join(path, [write_sdist(path).read_bytes(), write_sdist(path).read_bytes()]),
        AROUND,
    ),
    "bytes behind": (cut(write_sdist, WHOLE, b"", b"more"), "cannot be read: Not a gzipped file"),
    "truncated": (cut(write_sdist, slice(-30)), "cannot be read: Compressed file ended before"),
    "damaged": (cut(write_sdist, slice(-8), b"", bytes(8)), "cannot be read: CRC check failed"),
    "empty": (cut(write_sdist, slice(0)), "cannot be read: "),
    "no archive": (lambda path: path.write_text("no archive", "utf-8"), "cannot be read: "),
}


class OneWay(BytesIO):
    """A file in which nobody can go back, such as an upload."""

    def tell(self) -> int:
        """Refuse to say where it is."""
        raise UnsupportedOperation


def streamed(path: Path) -> None:
    """Write a wheel whose entries are told the size of when they are over."""
    with zipfile.ZipFile(write_wheel(path)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    written = OneWay()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    path.write_bytes(written.getvalue())


SOUND: dict[str, Write] = {
    "wheel": write_wheel,
    "wheel with folders": wheel_with("zq_base/a/", "zq_base/a/", "zq_base/a/x.py"),
    "wheel with an accent": wheel_with("zq_base/caf\u00e9.py"),
    "wheel with other metadata below": lambda path: write_wheel(
        path, zip_entry("zq_base/a.dist-info/METADATA", OTHER.encode())
    ),
    "wheel that was streamed": streamed,
    "sdist": write_sdist,
    "sdist with a folder": sdist_with(f"{ROOT}/a", kind=tarfile.DIRTYPE),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", SOUND)
def test_a_sound_wheel_and_a_sound_sdist_have_no_problem(case: str, tmp_path: Path) -> None:
    path = tmp_path / (SDIST if case.startswith("sdist") else WHEEL)
    SOUND[case](path)
    assert found_in(path) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", WHEELS)
def test_what_is_wrong_with_a_wheel_is_found(case: str, tmp_path: Path) -> None:
    write, said = WHEELS[case]
    write(tmp_path / WHEEL)
    found = found_in(tmp_path / WHEEL)
    assert any(said in each for each in found), found


@pytest.mark.parametrize("case", SDISTS)
def test_what_is_wrong_with_an_sdist_is_found(case: str, tmp_path: Path) -> None:
    write, said = SDISTS[case]
    write(tmp_path / SDIST)
    found = found_in(tmp_path / SDIST)
    assert any(said in each for each in found), found


def sound_bytes(write: Write, name: str) -> bytes:
    """Return the bytes of a sound distribution."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


BYTES = {WHEEL: sound_bytes(write_wheel, WHEEL), SDIST: sound_bytes(write_sdist, SDIST)}
TAR = gzip.decompress(BYTES[SDIST])


@st.composite
def broken(draw: st.DrawFn, content: bytes) -> bytes:
    """Return bytes of which some are others, and of which the end may be gone."""
    length = draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    changed = bytearray(content[:length])
    places = st.integers(0, max(len(changed) - 1, 0))
    for place in draw(st.lists(places, max_size=4)) if changed else ():
        changed[place] = draw(st.integers(0, 255))
    return bytes(changed)


BROKEN = st.one_of(
    *(st.tuples(st.just(name), broken(content)) for name, content in BYTES.items()),
    st.tuples(st.just(SDIST), broken(TAR).map(gzip.compress)),
)


@pytest.mark.parametrize("encoded", [bytes.hex, lambda digest: urlsafe_b64encode(digest).decode()])
def test_a_digest_may_be_written_in_hexadecimal_or_with_padding(
    encoded: Callable[[bytes], str], tmp_path: Path
) -> None:
    def other(text: str) -> str:
        digest = re.search(r"sha256=([^,]+)", text)
        assert digest
        raw = urlsafe_b64decode(digest[1] + "=")
        return text.replace(digest[1], encoded(raw), 1)

    path = tmp_path / WHEEL
    write_wheel(path, record=other)
    assert found_in(path) == []
    assert [p.code for p in record_warnings([described(NAME, path)])] == ["record-digests"]
    write_wheel(path)
    assert list(record_warnings([described(NAME, path)])) == []


@pytest.mark.parametrize("digest", ["shake_128=abc", "nope=abc", "sha256=", "sha256=é", "=", "x"])
def test_a_digest_that_is_none_is_refused_and_never_raised(digest: str, tmp_path: Path) -> None:
    path = tmp_path / WHEEL
    write_wheel(path, record=lambda text: re.sub(r"sha256=[^,]+", digest, text, count=1))
    assert [problem.code for problem in archive_problems(path, NAME)] == ["archive-unsafe"]
    assert [p.code for p in record_warnings([described(NAME, path)])] == ["record-digests"]


@settings(max_examples=150, deadline=None)
@given(BROKEN)
def test_whatever_the_bytes_are_what_is_wrong_is_said_and_never_raised(
    made: tuple[str, bytes],
) -> None:
    name, content = made
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        found = list(problems_of([described(NAME, path)], [COMMITTED]))
    assert {problem.member for problem in found} == {NAME}


FOLDER = "packages/zq-base"
MODULE = f"{FOLDER}/src/zq_base"


def workspace(path: Path, backend: str = "uv_build") -> Repo:
    """Return a workspace of one member, which a backend builds."""
    return make_workspace(path, with_backend(member("zq-base"), backend))


def link(repo: Repo, name: str, target: str) -> None:
    """Commit a link."""
    path = repo.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    repo.commit(f"feat: link {name}")


def contents(path: Path) -> dict[str, bytes]:
    """Return the files of a wheel."""
    with zipfile.ZipFile(path) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


@pytest.mark.needs("links")
@pytest.mark.parametrize("backend", ["uv_build", "setuptools"])
def test_a_link_that_leads_out_of_the_repository_is_refused_before_anything_is_built(
    backend: str, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    repo = workspace(tmp_path / "w", backend)
    link(repo, f"{MODULE}/absolute.txt", str(tmp_path / "secret.txt"))
    link(repo, f"{MODULE}/to_git.txt", "../../../../.git/config")
    link(repo, f"{MODULE}/shared", "../../../../shared")  # within, and out from there
    link(repo, "shared/out.txt", "../../secret.txt")
    link(repo, "unrelated.txt", "../secret.txt")  # no member's, and packed by nobody
    done = run(repo.path, "build", "--json")
    places = (f"{MODULE}/absolute.txt", f"{MODULE}/to_git.txt", "shared/out.txt")
    assert sorted(done.problems) == [
        f"{place} is a link that leads out of the repository" for place in places
    ]
    assert (done.code, (repo.path / "dist").exists()) == (1, False)


@pytest.mark.needs("links")
def test_a_link_within_the_repository_is_packed_as_what_it_leads_to(tmp_path: Path) -> None:
    repo = workspace(tmp_path / "w")
    repo.commit("docs: add a license", {"LICENSE": "ours\n"})
    link(repo, f"{MODULE}/LICENSE", "../../../../LICENSE")
    link(repo, f"{FOLDER}/circle", "circle")
    done = run(repo.path, "build")
    assert done.code == 0, done.stderr
    assert contents(repo.path / "dist" / WHEEL)["zq_base/LICENSE"] == b"ours\n"


def test_a_submodule_in_a_member_is_refused_by_name(tmp_path: Path) -> None:
    repo = workspace(tmp_path / "w")
    inner = Repo.init(tmp_path / "inner")
    inner.commit("feat: start", {"x.py": ""})
    allowed = ("-c", "protocol.file.allow=always")
    repo.git(*allowed, "submodule", "--quiet", "add", str(inner.path), f"{MODULE}/inner")
    repo.commit("feat: a submodule")
    done = run(repo.path, "build", "--json")
    assert (done.code, done.problems) == (
        1,
        [f"{MODULE}/inner is a submodule, which is not built"],
    )


@pytest.mark.parametrize(
    "backend",
    [
        "uv_build",
        pytest.param("hatchling", marks=pytest.mark.exhaustive),
        pytest.param("setuptools", marks=pytest.mark.exhaustive),
    ],
)
def test_an_sdist_builds_to_the_wheel_that_the_source_builds_to(
    backend: str, tmp_path: Path
) -> None:
    repo = workspace(tmp_path / "w", backend)
    assert run(repo.path, "build").code == 0
    uv = os.environ.get("UV", "uv")
    options = ("--quiet", "--wheel", "--package", "zq-base", "--out-dir", str(tmp_path / "out"))
    subprocess.run((uv, "build", *options), cwd=repo.path, check=True)
    assert contents(repo.path / "dist" / WHEEL) == contents(tmp_path / "out" / WHEEL)


def test_truncated_files_in_the_folder_that_is_to_be_published_are_said_and_not_uploaded(
    ready: Repo, shelf: Shelf
) -> None:
    assert run(ready.path, "build").code == 0
    folder = ready.path / "dist"
    for name in (WHEEL, SDIST):
        (folder / name).write_bytes((folder / name).read_bytes()[:-30])
    (folder / "release.json").unlink()  # which would have their hashes
    done = run(ready.path, "publish", "--execute", "--from", str(folder))
    assert (done.code, shelf.tries, "Traceback" in done.stderr) == (1, 0, False), done.stderr
    assert f"{WHEEL} cannot be read: " in done.stderr
    assert f"{SDIST} cannot be read: " in done.stderr


@pytest.mark.parametrize("version", [Version("0.1.0"), None])
def test_a_file_that_is_named_as_another_version_is_found(
    version: Version | None, tmp_path: Path
) -> None:
    decided = replace(MEMBER, version=version)  # without one, by a tag
    wheel = write_wheel(tmp_path / WHEEL.replace("0.1.0", "9.9"))
    other = INFO.replace("0.1.0", "9.9")
    found = [*content_problems(wheel, decided), *archive_problems(wheel, NAME)]
    assert [problem.message for problem in found] == [
        f"{wheel.name} says that it is zq-base 0.1.0, not zq-base 9.9",
        f"{wheel.name} has `{INFO}`, and by its file name its metadata is in `{other}`",
    ]
