"""What every test has: a git identity of its own, and no settings of whoever runs it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadworthy.ops import loopback, process

from .helpers.cli import run
from .helpers.here import missing, roomy_memory
from .helpers.hostile import IDENTITY, VARIABLES, HostileGit
from .helpers.jobs import release_in_jobs
from .helpers.patterns import PATTERNS
from .helpers.repository import Repo, remote_of
from .helpers.shelf import Shelf, Stand
from .helpers.workspaces import a_pair, index_table, member, trio, workspace_and_remote

TESTS = Path(__file__).parent
# What runs no git, or has settings of its own for each test.
CALM = (
    *("model", "report", "stages", "test_command_line.py", "test_release_jobs.py"),
    *("test_windows.py", "commands/test_test.py", "commands/test_test_variants.py"),
    *("commands/test_registries.py", "promises/test_settings.py"),
)
RELEASE = ("release", "--execute", "--installer", "uv")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--exhaustive`, which runs what is slow as well, `--promise` and `--hostile-git`."""
    parser.addoption("--exhaustive", action="store_true", help="run the slow tests, too")
    parser.addoption("--promise", type=int, metavar="NUMBER", help="run the tests of a promise")
    words = "run as a user whose git has every setting that could change what a release does"
    parser.addoption("--hostile-git", action="store_true", help=words)


def pytest_configure() -> None:
    """Let tests make their files in memory, where there is room, unless a place is given."""
    memory = roomy_memory()
    if memory:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the slow tests, unless they are asked for, and what this machine cannot run.

    With `--promise`, all but the tests of a promise are left out; with `--hostile-git`, the
    quick ones that no git of a user has a part in.
    """
    number, hostile = config.getoption("--promise"), config.getoption("--hostile-git")
    left_out = [
        item
        for item in items
        if (item.get_closest_marker("exhaustive") and not config.getoption("--exhaustive"))
        or missing(item)
        or (number and number not in [mark.args[0] for mark in item.iter_markers("promise")])
        or (hostile and is_calm(item) and not item.get_closest_marker("exhaustive"))
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def is_calm(item: pytest.Item) -> bool:
    """Tell whether no setting of git can matter to a test."""
    return any(item.path.is_relative_to(TESTS / place) for place in CALM)


@pytest.fixture(scope="session")
def hostile_git(tmp_path_factory: pytest.TempPathFactory) -> HostileGit:
    """Return settings, hooks and programs that would change what a release does."""
    return HostileGit.in_folder(tmp_path_factory.mktemp("hostile") / "home")


@pytest.fixture(autouse=True)
def as_a_hostile_user(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    own_environment: None,  # noqa: ARG001 - this one comes after it
) -> Iterator[None]:
    """With `--hostile-git`, run every test under such settings; none may reach what is ours."""
    if not request.config.getoption("--hostile-git"):
        yield
        return
    hostile: HostileGit = request.getfixturevalue("hostile_git")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(hostile.written_all()))
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    before = hostile.left()
    yield
    assert hostile.left() == before


@pytest.fixture(autouse=True)
def own_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Hide the settings and secrets of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("scratch")))
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("NETRC", str(home / "netrc"))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    monkeypatch.setattr(process, "_put_away", {})
    monkeypatch.setenv("UV_PUBLISH_USERNAME", "tester")
    monkeypatch.setenv("UV_PUBLISH_PASSWORD", "secret")
    # Nox names its own environment to uv, which would sync a test's project into it.
    ours = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON")
    # Many short programs are started: what they import is compiled once.
    for name in ("FORCE_COLOR", "GITHUB_STEP_SUMMARY", "PYTHONDONTWRITEBYTECODE", *ours):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def patterns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what many tests start from, for as long as the tests run."""
    with PATTERNS.kept_in(tmp_path_factory.mktemp("patterns")):
        yield


@pytest.fixture(scope="session")
def stand() -> Iterator[Stand]:
    """Serve the shelves of all tests from one address."""
    made = Stand()
    with loopback.serve(made) as made.url:
        yield made


@pytest.fixture
def shelf(tmp_path: Path, stand: Stand) -> Iterator[Shelf]:
    """Serve an index on loopback that takes uploads, and can be told to misbehave."""
    with stand.holding(tmp_path / "index-files") as made:
        yield made


@pytest.fixture
def checkout(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return a workspace of three members with a bare remote and an index."""
    return workspace_and_remote(tmp_path / "a checkout", trio(), index_table("shelf", shelf.url))


@pytest.fixture
def remote(checkout: Repo) -> Repo:
    """Return the bare remote of the checkout."""
    return remote_of(checkout)


@pytest.fixture
def single(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return a workspace of one member with a bare remote and an index."""
    table = index_table("shelf", shelf.url)
    return workspace_and_remote(tmp_path / "one", member("zq-base"), table)


@pytest.fixture
def single_remote(single: Repo) -> Repo:
    """Return the bare remote of the one member's workspace."""
    return remote_of(single)


@pytest.fixture
def pair(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return a workspace of two members, one of which requires the other."""
    return workspace_and_remote(tmp_path / "a pair", a_pair(), index_table("shelf", shelf.url))


@pytest.fixture
def released(tmp_path: Path, stand: Stand, shelf: Shelf) -> Repo:
    """Return that workspace once it was released; what was told of it lies in `told.json`."""
    assert shelf.url == stand.url

    def make(folder: Path) -> None:
        with stand.holding(folder / "index-files"):
            table = index_table("shelf", stand.url)
            made = workspace_and_remote(folder / "a pair", a_pair(), table)
            done = run(made.path, *RELEASE, "--json")
            assert done.code == 0, done.stderr
        (folder / "told.json").write_text(done.stdout, "utf-8")

    PATTERNS.put("released pair", tmp_path, make)
    return Repo(tmp_path / "a pair")


@pytest.fixture
def released_checkout(tmp_path: Path, stand: Stand, shelf: Shelf) -> Repo:
    """Return the workspace of three members once it was released."""
    assert shelf.url == stand.url

    def make(folder: Path) -> None:
        with stand.holding(folder / "index-files"):
            table = index_table("shelf", stand.url)
            made = workspace_and_remote(folder / "a checkout", trio(), table)
            release_in_jobs(made.path)

    PATTERNS.put("released checkout", tmp_path, make)
    return Repo(tmp_path / "a checkout")
