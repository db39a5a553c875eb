"""What the tests of the promises have: one member, prepared to be published."""

from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, make_workspace, member


@pytest.fixture
def single(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return a workspace of one member with a bare remote and an index."""
    repo = make_workspace(tmp_path / "one", member("zq-base"), index_table("shelf", shelf.url))
    repo.with_remote(tmp_path / "one.git")
    return repo


@pytest.fixture
def single_remote(single: Repo) -> Repo:
    """Return the bare remote of the one member's workspace."""
    return Repo(single.path.with_suffix(".git"))


@pytest.fixture
def ready(single: Repo) -> Repo:
    """Return the workspace of one member, its release commit pushed."""
    done = run(single.path, "prepare", "--execute")
    assert done.code == 0, done.stderr
    return single
