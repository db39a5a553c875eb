"""The same commit builds to the same bytes, wherever and by whomever it is built: promise 23."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roadworthy.stages.build.contents import same_contents
from tests.helpers.archives import SDIST, WHEEL
from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, member, with_backend

pytestmark = pytest.mark.promise(23)
LONG_AGO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Builder:
    """Somebody with a clone, settings and habits of their own."""

    folder: Path
    umask: int = 0o022
    environment: Mapping[str, str] = field(default_factory=dict)

    def build(self, repo: Repo) -> Path:
        """Build from a fresh clone, whose files are of another day; return the folder."""
        self.folder.mkdir(parents=True)
        before = os.umask(self.umask)
        try:
            done = self._build(repo)
        finally:
            os.umask(before)
        assert done.code == 0, done.stderr
        return self.folder / "clone" / "dist"

    def _build(self, repo: Repo) -> Done:
        clone = Repo(self.folder / "clone")
        repo.git("clone", "--quiet", str(repo.path), str(clone.path))
        for path in clone.path.rglob("*"):
            os.utime(path, (LONG_AGO, LONG_AGO))
        return run(clone.path, "build", **self.environment)


def builders(path: Path) -> list[Builder]:
    """Return two people who have nothing in common."""
    east = {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "abc", "LC_ALL": "C"}
    west = {"TZ": "Pacific/Niue", "SOURCE_DATE_EPOCH": ""}
    return [
        Builder(path / "here", environment=east),
        Builder(path / "far" / "away", umask=0o077, environment=west),
    ]


def hashes(folder: Path) -> dict[str, str]:
    """Return what the record of a folder has."""
    told = json.loads((folder / "release.json").read_text("utf-8"))["distributions"]
    return {each["filename"]: each["sha256"] for each in told}


@pytest.mark.needs("modes")
@pytest.mark.parametrize(
    ("backend", "same"),
    [
        ("uv_build", {WHEEL, SDIST}),
        pytest.param("hatchling", {WHEEL, SDIST}, marks=pytest.mark.exhaustive),
        # Its sdist has the time of each build in it: the files are the same, the bytes are not.
        pytest.param("setuptools", {WHEEL}, marks=pytest.mark.exhaustive),
    ],
)
def test_two_people_build_the_same_bytes(backend: str, same: set[str], tmp_path: Path) -> None:
    files = with_backend(member("zq-base"), backend)
    repo = make_workspace(tmp_path / "w", files)
    one, two = (builder.build(repo) for builder in builders(tmp_path))
    first, second = hashes(one), hashes(two)
    assert first.keys() == second.keys() == {WHEEL, SDIST}
    assert {name for name in first if first[name] == second[name]} == same
    assert all(same_contents(one / name, two / name) for name in first)
