"""What an installed distribution offers to be imported."""

from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from roadworthy.stages.verify.installed import has_code, importable


def installed(folder: Path, *files: str) -> PathDistribution:
    """Install files by hand, with their RECORD."""
    metadata = folder / "zq_base-1.0.dist-info"
    record = [*files, f"{metadata.name}/METADATA", f"{metadata.name}/RECORD"]
    for file in record:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (metadata / "RECORD").write_text("".join(f"{file},,\n" for file in record), "utf-8")
    return PathDistribution(metadata)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["zq/__init__.py"], ["zq"]),
        (["zq/__init__.py", "zq/part.py"], ["zq"]),
        (["zq/__init__.py", "zq/inner/__init__.py", "zq/inner/deep/__init__.py"], ["zq"]),
        (["zq/__init__.py", "zq/data/inner/__init__.py"], ["zq"]),
        (["zq/base/__init__.py", "zq/top/__init__.py"], ["zq.base", "zq.top"]),
        (["zq/base/__init__.py", "zq/base/inner/__init__.py"], ["zq.base"]),
        (["zq/deep/base.py"], ["zq.deep.base"]),
        (["zq_base.py", "zq_other.py"], ["zq_base", "zq_other"]),
        (["zq_fast.cpython-311-x86_64-linux-gnu.so"], ["zq_fast"]),
        (["zq_fast.pyd", "zq/__init__.py"], ["zq", "zq_fast"]),
        (["zq/__main__.py"], []),
        (["zq-scripts/run.py", "zq/data.txt"], []),
        (["zq/__pycache__/base.cpython-311.pyc"], []),
    ],
)
def test_the_outermost_packages_and_modules_are_imported(
    tmp_path: Path, files: list[str], names: list[str]
) -> None:
    assert importable(installed(tmp_path, *files)) == names


def test_data_alone_is_no_code(tmp_path: Path) -> None:
    assert has_code(installed(tmp_path / "data", "zq/data.txt")) is False
    assert has_code(installed(tmp_path / "code", "zq/data.py")) is True
