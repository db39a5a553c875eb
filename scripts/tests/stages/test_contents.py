"""What lies in a distribution, and when two of them are the same."""

import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.workspace.requirement import InternalRequirement, Kind
from roadworthy.model.workspace.workspace import Member
from roadworthy.stages.build.contents import content_problems, is_compiled, same_contents

INFO = "zq_base-0.1.0.dist-info"
MEMBER = Member(name=NormalizedName("zq-base"), path="packages/zq-base", version=Version("0.1.0"))


def wheel(folder: Path, **changes: str) -> Path:
    """Write a wheel of zq-base 0.1.0; a change replaces or adds a file."""
    files = {
        "zq_base/__init__.py": "",
        f"{INFO}/METADATA": "Metadata-Version: 2.3\nName: zq-base\nVersion: 0.1.0\n",
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: uv 0.1\nTag: py3-none-any\n",
        f"{INFO}/RECORD": f"zq_base/__init__.py,sha256=x,0\n{INFO}/WHEEL,sha256=a,1\n",
        **changes,
    }
    folder.mkdir()
    path = folder / "zq_base-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def sdist(folder: Path, text: str, modified: int) -> Path:
    """Write an sdist with one file beside its metadata."""
    folder.mkdir()
    path = folder / "zq_base-0.1.0.tar.gz"
    metadata = "Metadata-Version: 2.3\nName: zq-base\nVersion: 0.1.0\n"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in {"PKG-INFO": metadata, "x.py": text}.items():
            entry = tarfile.TarInfo(f"zq_base-0.1.0/{name}")
            entry.size, entry.mtime = len(content), modified
            archive.addfile(entry, BytesIO(content.encode()))
    return path


def test_who_built_a_wheel_makes_no_difference(tmp_path: Path) -> None:
    other = {
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: uv 9.9\nTag: py3-none-any\n",
        f"{INFO}/RECORD": f"zq_base/__init__.py,sha256=x,0\n{INFO}/WHEEL,sha256=b,2\n",
    }
    one, two = wheel(tmp_path / "one"), wheel(tmp_path / "two", **other)
    assert one.read_bytes() != two.read_bytes()
    assert same_contents(one, two)


def test_what_a_wheel_holds_makes_one(tmp_path: Path) -> None:
    one = wheel(tmp_path / "one")
    assert not same_contents(one, wheel(tmp_path / "two", **{"zq_base/__init__.py": "x = 1\n"}))
    assert not same_contents(one, wheel(tmp_path / "three", **{"zq_base/more.py": ""}))


def test_when_an_sdist_was_built_makes_no_difference_and_what_it_holds_does(tmp_path: Path) -> None:
    one = sdist(tmp_path / "one", "x = 1\n", 1)
    assert same_contents(one, sdist(tmp_path / "two", "x = 1\n", 2))
    assert not same_contents(one, sdist(tmp_path / "three", "x = 2\n", 1))


def problems(path: Path, member: Member = MEMBER) -> list[str]:
    """Return what is said of a distribution."""
    return [
        problem.message.removeprefix(f"{path.name} ") for problem in content_problems(path, member)
    ]


def test_a_sound_wheel_and_sdist_have_no_problem(tmp_path: Path) -> None:
    assert problems(wheel(tmp_path / "wheel")) == []
    assert problems(sdist(tmp_path / "sdist", "", 1)) == []


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (f"{INFO}/METADATA", "Name: zq-base\nVersion: 9\n", "says that it is zq-base 9"),
        (f"{INFO}/METADATA", "Name: other\nVersion: 0.1.0\n", "says that it is other 0.1.0"),
        ("tests/test_it.py", "", "has `tests` at its top level"),
        ("setup.cfg", "", "has `setup.cfg` at its top level"),
        ("__init__.py", "", "has `__init__.py` at its top level"),
    ],
)
def test_what_is_wrong_with_a_wheel_is_named(
    file: str, text: str, message: str, tmp_path: Path
) -> None:
    (found,) = problems(wheel(tmp_path / "wheel", **{file: text}))
    assert message in found


def test_a_requirement_that_the_wheel_lost_is_named(tmp_path: Path) -> None:
    text = "zq-other>=1,<2"
    required = InternalRequirement(
        sibling=NormalizedName("zq-other"), text=text, kind=Kind.REQUIRED
    )
    member = Member(
        name=MEMBER.name, path=MEMBER.path, version=MEMBER.version, requirements=(required,)
    )
    assert problems(wheel(tmp_path / "wheel"), member) == [
        'does not require "zq-other>=1,<2", as the manifest does'
    ]


def test_a_file_that_is_no_archive_is_said_to_be_unreadable(tmp_path: Path) -> None:
    broken = tmp_path / "zq_base-0.1.0-py3-none-any.whl"
    broken.write_bytes(b"not a zip")
    assert problems(broken)[0].startswith("cannot be read")


def test_compiled_files_are_compared_by_their_names(tmp_path: Path) -> None:
    record = f"zq_base/fast.so,sha256={{digest}},9\n{INFO}/WHEEL,sha256=a,1\n"
    one = wheel(
        tmp_path / "one",
        **{"zq_base/fast.so": "here", f"{INFO}/RECORD": record.format(digest="a")},
    )
    two = wheel(
        tmp_path / "two",
        **{"zq_base/fast.so": "there", f"{INFO}/RECORD": record.format(digest="b")},
    )
    assert same_contents(one, two)
    other = wheel(tmp_path / "other", **{"zq_base/faster.so": "here"})
    assert not same_contents(one, other)


@pytest.mark.parametrize(
    ("path", "compiled"),
    [
        ("a/b.cpython-311-x86_64-linux-gnu.so", True),
        ("a/libx.so.2.1", True),
        ("a/b.pyd", True),
        ("a/b.py", False),
        ("a.so.d/b.py", False),
    ],
)
def test_what_is_compiled_shows_in_its_name(path: str, compiled: bool) -> None:  # noqa: FBT001
    assert is_compiled(path) is compiled
