"""What is built or tried reaches nothing of ours, and nothing of another member."""

import os
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from roadworthy.ops import uv
from tests.helpers.cli import Done, run
from tests.helpers.hostile_member import accounts, hostile_member
from tests.helpers.jobs import CLOSE, PREPARE, PUBLISH, TAG
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, make_workspace, member, with_backend

pytestmark = pytest.mark.needs("scripts")

RELEASE = ("release", "--execute", "--installer", "uv")
CANARY = "canary-51d0"
SECRETS = {
    "UV_PUBLISH_USERNAME": "tester",
    "UV_PUBLISH_PASSWORD": CANARY,
    "UV_INDEX_SHELF_USERNAME": "reader",
    "UV_INDEX_SHELF_PASSWORD": CANARY,
    "GH_TOKEN": CANARY,
    "PUSH_TOKEN": CANARY,
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "http.https://forge.invalid/.extraHeader",
    "GIT_CONFIG_VALUE_0": f"Authorization: {CANARY}",
}


class Attacked:
    """A workspace with a hostile member, its remote and its index, and what came of a release."""

    def __init__(self, folder: Path, shelf: Shelf, others: dict[str, str]) -> None:
        """Make the workspace; lock it by hand, as its owner did."""
        self.log, self.temporary, self.shelf = folder / "log", folder / "tmp", shelf
        for made in (self.log, self.temporary):
            made.mkdir()
        hostile = hostile_member("zq-evil", self.log, self.temporary)
        table = index_table("shelf", shelf.url)
        self.repo = make_workspace(folder / "w", {**others, **hostile}, table)
        self.remote = self.repo.with_remote(folder / "remote.git")
        for path in self.log.iterdir():
            path.unlink()

    def run(self, *arguments: str) -> Done:
        """Run a command, with secrets in its environment."""
        return run(self.repo.path, *arguments, **SECRETS, TMPDIR=str(self.temporary))

    @property
    def places(self) -> set[str]:
        """Return where the hostile code ran."""
        return {str(each["where"]) for each in accounts(self.log)}

    def told(self) -> str:
        """Return all that the hostile code, or a hook of its, could write down."""
        return "".join(path.read_text("utf-8") for path in self.log.iterdir())

    def code(self, name: str) -> set[str]:
        """Return the code of a member in all of its files on the index."""
        return {text for path in self.shelf.folder.glob(f"{name}-*") for text in code_in(path)}


def code_in(path: Path) -> list[str]:
    """Return the texts of the modules in a distribution."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            names = [name for name in wheel.namelist() if name.endswith("__init__.py")]
            return [wheel.read(name).decode() for name in names]
    with tarfile.open(path) as sdist:
        names = [name for name in sdist.getnames() if name.endswith("__init__.py")]
        return [file.read().decode() for name in names if (file := sdist.extractfile(name))]


def others(*names: str) -> dict[str, str]:
    """Return members that build and work, on each of the ways to build."""
    files: dict[str, str] = {}
    for name in names:
        files |= member(name, code=f"value = '{name}'\n")
    return files


@pytest.mark.promise(32)
@pytest.mark.exhaustive
def test_a_hostile_member_reaches_no_other_no_clone_no_secret_and_no_remote(
    tmp_path: Path, shelf: Shelf
) -> None:
    attacked = Attacked(tmp_path, shelf, others("zq-base"))
    for job in (PREPARE, PUBLISH, TAG, CLOSE):
        done = attacked.run(*job)
        assert done.code == 0, done.stderr
    assert attacked.places == {"sdist", "wheel"}
    assert_unharmed(attacked, "zq-base")
    changes = {f"packages/zq-{name}/src/zq_{name}/new.py": "" for name in ("evil", "base")}
    attacked.repo.commit("fix: all", changes)
    attacked.repo.git("push", "--quiet")
    done = attacked.run(*RELEASE)  # the versions move, and with them the lock file
    assert done.code == 0, done.stderr
    assert attacked.places == {"sdist", "wheel", "metadata", "import", "lock"}
    assert_unharmed(attacked, "zq-base")
    locked = attacked.remote.git("show", "main:uv.lock")
    versions = {each["name"]: each["version"] for each in tomllib.loads(locked)["package"]}
    assert versions == {"zq-base": "0.1.1", "zq-evil": "0.1.1"}


@pytest.mark.promise(32)
@pytest.mark.exhaustive
def test_of_eight_members_one_is_hostile_and_seven_are_released_as_committed(
    tmp_path: Path, shelf: Shelf
) -> None:
    files = {
        **others("zq-base", "zq-top", "zq-one"),
        **with_backend(others("zq-two", "zq-three"), "hatchling"),
        **with_backend(others("zq-four", "zq-five"), "setuptools"),
    }
    attacked = Attacked(tmp_path, shelf, files)
    names = [f"zq-{name}" for name in ("base", "top", "one", "two", "three", "four", "five")]
    done = attacked.run(*RELEASE)
    assert done.code == 0, done.stderr
    assert_unharmed(attacked, *names)
    changes = {f"packages/{name}/src/{name.replace('-', '_')}/new.py": "" for name in names}
    attacked.repo.commit("fix: all", {**changes, "packages/zq-evil/src/zq_evil/new.py": ""})
    attacked.repo.git("push", "--quiet")
    done = attacked.run("release", "--execute", "--installer", "pip")
    assert done.code == 0, done.stderr
    assert attacked.places == {"sdist", "wheel", "metadata", "import", "lock"}
    assert_unharmed(attacked, *names)
    tags = attacked.remote.git("tag").splitlines()
    assert [f"{name}/v0.1.1" in tags for name in names] == [True] * 7


@pytest.mark.promise(32)
@pytest.mark.exhaustive
def test_what_changes_a_dependent_while_it_is_installed_is_noticed(
    tmp_path: Path, shelf: Shelf
) -> None:
    top = member("zq-top", "zq-evil>=0.1.0,<0.2", code="value = 'zq-top'\n")
    attacked = Attacked(tmp_path, shelf, top)
    done = attacked.run(*RELEASE)
    words = "zq-top does not work from direct with uv: the wheel of its sdist differs"
    assert (done.code, words in done.stderr, shelf.files()) == (1, True, []), done.stderr


@pytest.mark.needs("modes")
@pytest.mark.promise(23)
def test_what_a_backend_packs_is_for_everybody_to_read(tmp_path: Path, shelf: Shelf) -> None:
    attacked = Attacked(tmp_path, shelf, {})
    before = os.umask(0o077)
    try:
        done = attacked.run("build")
    finally:
        os.umask(before)
    assert done.code == 0, done.stderr
    with tarfile.open(attacked.repo.path / "dist/zq_evil-0.1.0.tar.gz") as sdist:
        assert {oct(entry.mode) for entry in sdist if entry.isfile()} == {"0o644"}


@pytest.mark.promise(32)
def test_what_is_hostile_would_do_harm_where_it_can(tmp_path: Path, shelf: Shelf) -> None:
    attacked = Attacked(tmp_path, shelf, others("zq-base"))
    copy = attacked.temporary / "copy"
    attacked.repo.git("clone", "--quiet", str(attacked.repo.path), str(copy))
    uv.build(copy, "zq-evil", tmp_path / "out", {**os.environ, **SECRETS})
    harmed = (copy / "packages/zq-base/src/zq_base/__init__.py").read_text("utf-8")
    assert (harmed, CANARY in attacked.told()) == ("harmed = True\n", True)
    Repo(copy).git("commit", "--quiet", "--allow-empty", "--message", "hooks run")
    assert list(attacked.log.glob("hook-*")) != []


def assert_unharmed(attacked: Attacked, *names: str) -> None:
    """Compare what others are published as, and look for secrets, hooks and leftovers."""
    for name in names:
        assert attacked.code(name.replace("-", "_")) - {""} == {f"value = '{name}'\n"}
    assert CANARY not in attacked.told()
    assert [*attacked.log.glob("hook-*"), *attacked.log.glob("monitor-*")] == []
    assert list(attacked.temporary.iterdir()) == []
    assert attacked.remote.git("branch", "--format=%(refname)") == "refs/heads/main"
