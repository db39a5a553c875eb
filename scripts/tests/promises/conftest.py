"""What the tests of the promises have: one member, prepared to be published."""

from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.patterns import PATTERNS
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, member, workspace_and_remote


@pytest.fixture
def ready(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return the workspace of one member, its release commit pushed."""

    def make(folder: Path) -> None:
        table = index_table("shelf", shelf.url)
        made = workspace_and_remote(folder / "one", member("zq-base"), table)
        done = run(made.path, "prepare", "--execute")
        assert done.code == 0, done.stderr

    PATTERNS.put("ready", tmp_path, make)
    return Repo(tmp_path / "one")
