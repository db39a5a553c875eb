"""What a build may change of the commit, and what it may not."""

import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.workspace.build_system import BuildSystem
from roadworthy.model.workspace.workspace import Member
from roadworthy.stages.build.as_committed import Committed, differences

MANIFEST = '[project]\nname = "zq-base"\nversion = "0.1.0"\n\n[tool.other]\nx = 1\n'
SETTINGS = "[metadata]\n# a comment\nname = zq\n"
TRACKED = {
    "pyproject.toml": MANIFEST,
    "setup.cfg": SETTINGS,
    "README.md": "words\n",
    "src/zq_base/__init__.py": "value = 1\n",
    "src/zq_base/_version.py": "version = 'unknown'\n",
    "src/zq_base/fast.so": "compiled here",
    ".gitattributes": "export.txt export-subst\n/src/only/here.txt export-subst\n",
    "export.txt": "$Format:%H$",
}


def committed(folder: Path, **files: str) -> Committed:
    """Write the files of a member, and read them as a checkout has them."""
    for name, text in {**TRACKED, **files}.items():
        path = folder / "packages/zq-base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    build = BuildSystem(rewrites=("src/zq_base/_version.py",))
    member = Member(
        name=NormalizedName("zq-base"), path="packages/zq-base", version=Version("0.1"), build=build
    )
    return Committed.read(folder, member)


def sdist(folder: Path, changes: dict[str, str]) -> Path:
    """Pack what is tracked, with changes."""
    path = folder / "zq_base-0.1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {**TRACKED, "PKG-INFO": "", **changes}.items():
            entry = tarfile.TarInfo(f"zq_base-0.1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, BytesIO(text.encode()))
    return path


def wheel(folder: Path, files: dict[str, str]) -> Path:
    """Pack some files into a wheel."""
    path = folder / "zq_base-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


ALLOWED = {
    "a new file": {"src/zq_base/made.py": "x = 1\n"},
    "a version file": {"src/zq_base/_version.py": "version = '0.1.0'\n"},
    "what setuptools adds": {"setup.cfg": "[metadata]\nname = zq\n\n[egg_info]\ntag_build = \n"},
    "another form of the manifest": {
        "pyproject.toml": "[project]\nversion='0.1.0'\nname='zq-base'\n"
    },
    "what git fills in": {"export.txt": "0123abcd"},
}
REFUSED = {
    "a module": {"src/zq_base/__init__.py": "value = 2\n"},
    "a text": {"README.md": "other words\n"},
    "settings": {"setup.cfg": "[metadata]\nname = other\n\n[egg_info]\ntag_build = \n"},
    "settings that are none": {"setup.cfg": "\\"},
    "a manifest": {"pyproject.toml": MANIFEST.replace("zq-base", "zq-other")},
    "a manifest that is none": {"pyproject.toml": "["},
    "the list of what git fills in": {".gitattributes": "* export-subst\n"},
}


@pytest.mark.promise(32)
@pytest.mark.parametrize("changes", ALLOWED.values(), ids=ALLOWED.keys())
def test_a_backend_may_add_files_and_write_what_backends_write(
    changes: dict[str, str], tmp_path: Path
) -> None:
    assert list(differences(committed(tmp_path / "w"), [sdist(tmp_path, changes)])) == []


@pytest.mark.promise(32)
@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_a_tracked_file_that_a_build_changed_is_named(
    changes: dict[str, str], tmp_path: Path
) -> None:
    (problem,) = differences(committed(tmp_path / "w"), [sdist(tmp_path, changes)])
    (name,) = changes
    assert problem.message == f"zq_base-0.1.0.tar.gz differs from the commit: {name}"
    assert problem.hint.endswith("[tool.release] of packages/zq-base/pyproject.toml")


@pytest.mark.promise(32)
def test_a_wheel_has_the_tracked_files_wherever_they_lay(tmp_path: Path) -> None:
    files = {
        "zq_base/__init__.py": "value = 1\n",
        "zq_base/_version.py": "version = '0.1.0'\n",
        "zq_base/fast.so": "compiled elsewhere",
        "zq_base/made.py": "x = 1\n",
        "zq_base-0.1.0.dist-info/README.md": "other words, which nobody imports\n",
        "zq_base-0.1.0.data/scripts/export.txt": "#!/the/right/python\n",
        "zq_base-0.1.0.data/data/README.md": "words\n",
    }
    assert list(differences(committed(tmp_path / "w"), [wheel(tmp_path, files)])) == []


@pytest.mark.promise(32)
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("zq_base/__init__.py", "zq_base/__init__.py"),
        ("zq_base-0.1.0.data/purelib/zq_base/__init__.py", "zq_base/__init__.py"),
        ("zq_base-0.1.0.data/data/README.md", "README.md"),
    ],
)
def test_a_tracked_file_that_a_wheel_has_otherwise_is_named(
    path: str, shown: str, tmp_path: Path
) -> None:
    (problem,) = differences(
        committed(tmp_path / "w"), [wheel(tmp_path, {path: "import os  # something else\n"})]
    )
    expected = f"zq_base-0.1.0-py3-none-any.whl differs from the commit: {shown}"
    assert problem.message == expected


@pytest.mark.needs("links")
def test_a_link_counts_as_what_it_leads_to_and_a_circle_ends(tmp_path: Path) -> None:
    folder = tmp_path / "packages/zq-base/src"
    folder.mkdir(parents=True)
    (folder / "real.py").write_text("x = 1\n", "utf-8")
    (folder / "link.py").symlink_to("real.py")
    (folder / "around").symlink_to("..")
    found = committed(tmp_path).files
    assert found["src/link.py"] == found["src/real.py"]
    assert not [path for path in found if path.startswith("src/around")]


def test_of_many_files_five_are_named(tmp_path: Path) -> None:
    many = {f"data/{number}.txt": "here" for number in range(8)}
    known = committed(tmp_path / "w", **many)
    changed = dict.fromkeys(many, "there")
    (problem,) = differences(known, [sdist(tmp_path, changed)])
    assert problem.message.endswith("data/3.txt, data/4.txt and 3 more")
