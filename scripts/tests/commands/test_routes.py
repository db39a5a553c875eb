"""Every route that a consumer can take, walked by uv and by pip on a real repository."""

from pathlib import Path

import pytest

from roadworthy.model.consumer.route import ROUTES
from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, member, trio

URL = "https://repository.invalid/workspace.git"
MEMBERS = ("zq-app", "zq-base", "zq-middle")
TAG = "zq-app/v0.1.0"
BY_UV = ("direct", "project", "pylock", "requirements", "sources", "together")
exhaustive = pytest.mark.exhaustive
BY_PIP = ("constraints", "direct", "project", "pylock", "requirements", "together")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace of three members with a tag, and a later commit on its branch."""
    made = make_workspace(tmp_path / "a workspace", trio())
    made.git("tag", "--annotate", "--message", "marked", TAG)
    made.commit("feat: later", {"packages/zq-base/src/zq_base/later.py": ""})
    return made


def verify(repo: Repo, *arguments: str) -> Done:
    """Verify a repository from git."""
    return run(repo.path, "verify-git-install", "--json", *arguments)


def walked(done: Done) -> list[tuple[str, str, str, bool]]:
    """Return each installation, and whether it worked."""
    found = [(r["route"], r["installer"], r["member"], r["ok"]) for r in done.json["results"]]
    return sorted(found)


def chosen(*routes: str) -> list[str]:
    """Return the options that choose routes."""
    return [word for route in routes for word in ("--route", route)]


def test_each_route_of_uv_leads_to_the_members_of_one_commit(repo: Repo) -> None:
    done = verify(repo, *chosen(*ROUTES), "--installer", "uv", "--ref", TAG)
    expected = [(route, "uv", name, True) for route in BY_UV for name in MEMBERS]
    assert walked(done) == sorted([*expected, ("tool", "uv", "zq-app", True)]), done.stderr
    marked = repo.head(TAG)
    assert {r["commit"] for r in done.json["results"]} == {marked}
    siblings = {s for r in done.json["results"] for s in r["siblings"].values()}
    assert siblings == {marked}


@exhaustive
def test_all_routes_of_uv_and_of_pip_are_one_option(
    repo: Repo,
) -> None:
    done = verify(repo, "--all", "--ref", "main")
    expected = [(route, "uv", name, True) for route in BY_UV for name in MEMBERS]
    expected += [(route, "pip", name, True) for route in BY_PIP for name in MEMBERS]
    assert walked(done) == sorted([*expected, ("tool", "uv", "zq-app", True)]), done.stderr


@exhaustive
@pytest.mark.parametrize("routes", [["sources"], ["direct"]])
def test_a_revision_may_be_a_tag_a_branch_a_commit_or_nothing(
    repo: Repo, routes: list[str]
) -> None:
    head, marked = repo.head(), repo.head(TAG)
    refs = {TAG: marked, "main": head, head: head, head[:9]: head, "": head}
    for ref, commit in refs.items():
        done = verify(repo, *chosen(*routes), "--installer", "uv", "--ref", ref, "zq-middle")
        found = [(r["ok"], r["commit"], r["siblings"]) for r in done.json["results"]]
        assert found == [(True, commit, {"zq-base": commit})], done.stderr


@exhaustive
@pytest.mark.parametrize(
    "ref", [TAG, *(pytest.param(r, marks=exhaustive) for r in ("main", "", "short"))]
)
def test_pip_takes_the_same_revisions(repo: Repo, ref: str) -> None:
    named = repo.head()[:9] if ref == "short" else ref
    done = verify(repo, "--installer", "pip", "--ref", named, "zq-base")
    assert [(r["ok"], r["commit"]) for r in done.json["results"]] == [
        (True, repo.head(named or "HEAD"))
    ], done.stderr


@exhaustive
def test_uv_refuses_members_at_tags_of_different_commits_and_pip_takes_them(repo: Repo) -> None:
    repo.git("tag", "zq-base/v0.1.0")
    refs = ("--ref", TAG, "--ref", "zq-base/v0.1.0")
    done = verify(repo, "--route", "together", *refs)
    assert walked(done) == [
        ("together", "pip", "zq-app", True),
        ("together", "pip", "zq-base", True),
        ("together", "uv", "zq-app", False),
        ("together", "uv", "zq-base", False),
    ]
    (problem, _) = [r["problem"] for r in done.json["results"] if not r["ok"]]
    assert "conflicting URLs" in problem
    assert "name one revision that has them all" in problem


def test_several_refs_are_tags_of_members(repo: Repo) -> None:
    done = verify(repo, "--ref", TAG, "--ref", "main")
    assert (done.code, "`main`" in done.stderr, "{name}/v{version}" in done.stderr) == (
        2,
        True,
        True,
    )


@pytest.mark.parametrize("installer", ["uv", pytest.param("pip", marks=exhaustive)])
def test_the_repository_without_a_subdirectory_gives_every_member(
    tmp_path: Path, installer: str
) -> None:
    root = (
        '[project]\nname = "zq-all"\nversion = "0"\nrequires-python = ">=3.11"\n'
        'classifiers = ["Private :: Do Not Upload"]\n'
        'dependencies = ["zq-base>=0.1.0,<0.2", "zq-middle>=0.1.0,<0.2"]\n\n'
        '[build-system]\nrequires = ["uv_build>=0.9,<1"]\nbuild-backend = "uv_build"\n\n'
        "[tool.uv.build-backend]\nmodule-name = []\n\n"
        "[tool.uv.sources]\nzq-base = { workspace = true }\nzq-middle = { workspace = true }\n"
    )
    members = {**member("zq-base"), **member("zq-middle", "zq-base>=0.1.0,<0.2")}
    repo = make_workspace(tmp_path, members, root)
    done = verify(repo, "--route", "umbrella", "--installer", installer)
    assert walked(done) == [("umbrella", installer, "zq-all", True)], done.stderr
    head = repo.head()
    (result,) = done.json["results"]
    assert result["siblings"] == {"zq-base": head, "zq-middle": head}
    assert result["requirement"] == f"zq-all @ git+{URL}@{head}"
    repo.commit("break", {"packages/zq-base/src/zq_base/__init__.py": "import nowhere\n"})
    done = verify(repo, "--route", "umbrella", "--installer", "uv")
    assert [r["problem"] for r in done.json["results"]] == [
        "import zq_base: ModuleNotFoundError: No module named 'nowhere'"
    ]


def test_a_route_that_no_member_takes_is_refused(repo: Repo) -> None:
    done = verify(repo, "--route", "umbrella")
    assert (done.code, "no member can be installed by umbrella" in done.stderr) == (2, True)
    done = verify(repo, "--route", "tool", "zq-base")
    assert (done.code, "no member can be installed by tool" in done.stderr) == (2, True)


def test_a_failure_says_how_to_see_it_alone(repo: Repo) -> None:
    repo.commit("break", {"packages/zq-base/src/zq_base/__init__.py": "import nowhere\n"})
    done = verify(repo, "--route", "sources", "--ref", "main", "zq-base")
    assert done.code == 1
    place = f"--workspace '{repo.path}' --ref main"
    line = f"nox -s verify-git-install -- {place} zq-base --route sources --installer uv"
    assert f"`{line}`" in done.stderr


@pytest.mark.parametrize("installer", ["uv", pytest.param("pip", marks=exhaustive)])
def test_a_sibling_that_an_extra_brings_comes_from_the_same_commit(
    tmp_path: Path, installer: str
) -> None:
    hot = '[project.optional-dependencies]\nhot = ["zq-extra>=0.1.0,<0.2"]\n'
    files = {
        **member("zq-extra"),
        **member("zq-base", more=hot),
        **member("zq-middle", "zq-base>=0.1.0,<0.2"),
    }
    path = "packages/zq-base/pyproject.toml"
    files[path] += "zq-extra = { workspace = true }\n"
    path = "packages/zq-middle/pyproject.toml"
    files[path] = files[path].replace('["zq-base>', '["zq-base[hot]>')
    repo = make_workspace(tmp_path, files)
    done = verify(repo, "--installer", installer, "zq-middle")
    assert walked(done) == [("direct", installer, "zq-middle", True)], done.stderr
    head = repo.head()
    assert done.json["results"][0]["siblings"] == {"zq-base": head, "zq-extra": head}
