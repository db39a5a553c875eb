"""An index is added by its name, and what is there stays to the letter."""

import tomllib
from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import make_workspace, member


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace of one member, whose root manifest has a comment."""
    made = make_workspace(tmp_path / "workspace", member("zq-base"), "# stays\n")
    made.with_remote(tmp_path / "remote.git")
    return made


def indexes(repo: Repo) -> list[dict[str, object]]:
    """Return the indexes of the root manifest."""
    text = (repo.path / "pyproject.toml").read_text("utf-8")
    found: list[dict[str, object]] = tomllib.loads(text)["tool"]["uv"].get("index", [])
    return found


def test_a_private_index_never_is_asked_without_credentials(repo: Repo) -> None:
    before = (repo.path / "pyproject.toml").read_text("utf-8")
    arguments = ("gitlab", "--set", "HOST=git.example.com", "--set", "PROJECT=42")
    done = run(repo.path, "add-index", *arguments)
    assert done.code == 0, done.stderr
    registry = "https://git.example.com/api/v4/projects/42/packages/pypi"
    assert indexes(repo) == [
        {
            "name": "gitlab",
            "url": f"{registry}/simple/",
            "publish-url": registry,
            "explicit": True,
            "authenticate": "always",
        }
    ]
    assert (repo.path / "pyproject.toml").read_text("utf-8").startswith(before.rstrip("\n"))
    assert "UV_INDEX_GITLAB_USERNAME" in done.stdout
    again = run(repo.path, "add-index", *arguments)
    assert (again.code, "It is already there." in again.stdout, len(indexes(repo))) == (0, True, 1)


def test_a_name_of_ones_own_for_a_known_index(repo: Repo) -> None:
    arguments = ("company", "--kind", "nexus", "--set", "host=h", "--set", "repository=r")
    assert run(repo.path, "add-index", *arguments).code == 0
    assert [index["name"] for index in indexes(repo)] == ["company"]
    other = ("company", "--kind", "pypiserver", "--set", "host=h")
    done = run(repo.path, "add-index", *other)
    assert (done.code, "named `company` already" in done.stderr) == (2, True)


def test_pypi_and_testpypi_are_public_and_known(repo: Repo) -> None:
    for name in ("pypi", "testpypi"):
        assert run(repo.path, "add-index", name).code == 0
    assert [set(index) for index in indexes(repo)] == [
        {"name", "url", "publish-url", "explicit"}
    ] * 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name one index to add"),
        (("gitlab",), "HOST is missing"),
        (("gitlab", "--set", "HOST"), "`HOST` has no value"),
        (("github",), "GitHub has no package index for Python"),
        (("x", "--url", "http://example.com/simple/"), "is not https"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    repo: Repo, arguments: tuple[str, ...], said: str
) -> None:
    done = run(repo.path, "add-index", *arguments)
    assert (done.code, said in done.stderr, indexes(repo)) == (2, True, []), done.stderr


@pytest.mark.exhaustive
def test_a_release_goes_to_the_index_that_was_added(repo: Repo, shelf: Shelf) -> None:
    urls = ("--url", f"{shelf.url}simple/", "--publish-url", shelf.url, "--public")
    assert run(repo.path, "add-index", "shelf", *urls).code == 0
    repo.commit("chore: add an index")
    repo.git("push", "--quiet")
    done = run(repo.path, "release", "--execute", "--index", "shelf", "--installer", "uv")
    assert done.code == 0, done.stderr
    assert shelf.files() == ["zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"]
