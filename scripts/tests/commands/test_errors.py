"""What people do wrong, and what they are told: the thing, the place and the way out."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import ROOT, index_table, make_workspace, member, trio

NOWHERE = "http://127.0.0.1:9/"


def told(done: Done, code: int, message: str, hint: str) -> None:
    """Assert the exit code, the message and the hint, and that there is no traceback."""
    assert (done.code, message in done.stderr, hint in done.stderr) == (code, True, True), done
    assert "Traceback" not in done.stderr


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace of three members without remote or index."""
    return make_workspace(tmp_path / "workspace", trio())


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    told(run(tmp_path, "plan"), 2, "is not in a git repository", "git init")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    told(run(tmp_path / "none", "plan"), 2, "is not a folder", "workspace's root")


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    told(run(Repo.init(tmp_path).path, "plan"), 2, "has no commit yet", "commit the workspace")


def test_a_repository_that_is_no_workspace(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path)
    repo.commit("start", {"pyproject.toml": '[project]\nname = "alone"\nversion = "1"\n'})
    told(run(repo.path, "plan"), 2, "not the root of a uv workspace", "[tool.uv.workspace]")


def test_a_workspace_without_a_member(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path)
    repo.commit("start", {"pyproject.toml": ROOT.format(more="")})
    told(run(repo.path, "plan"), 2, "the workspace has no member", "nox -s new-member")


def test_a_manifest_that_is_no_toml(repo: Repo) -> None:
    repo.commit("break", {"packages/zq-base/pyproject.toml": "[project\n"})
    told(run(repo.path, "plan"), 2, "packages/zq-base/pyproject.toml is not TOML", "fix that line")


def test_a_member_without_a_version(repo: Repo) -> None:
    repo.commit("break", {"packages/zq-base/pyproject.toml": '[project]\nname = "zq-base"\n'})
    told(run(repo.path, "plan"), 2, "zq-base has no version", 'version = "0.1.0"')


def test_a_member_whose_version_is_none(repo: Repo) -> None:
    repo.commit("break", member("zq-base", version="banana"))
    told(run(repo.path, "plan"), 2, "'banana'", "PEP 440")


def test_two_members_with_names_that_normalise_to_one(repo: Repo) -> None:
    twin = {"packages/twin/pyproject.toml": '[project]\nname = "ZQ_Base"\nversion = "1"\n'}
    repo.commit("break", twin)
    told(run(repo.path, "plan"), 2, "two members are both named `zq-base`", "PEP 503")


def test_a_member_folder_without_a_manifest(repo: Repo) -> None:
    repo.commit("break", {"packages/half/README.md": "half"})
    told(run(repo.path, "plan"), 2, "`packages/half` has no pyproject.toml", "exclude")


def test_an_unknown_member(repo: Repo) -> None:
    told(run(repo.path, "plan", "zq-bse"), 2, "no member is named `zq-bse`", "zq-base")


def test_an_unknown_setting(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path, trio(), '[tool.release]\nbrunch = "main"\n')
    told(run(repo.path, "plan"), 2, "unknown key `brunch`", "branch")


def test_an_unknown_index(repo: Repo) -> None:
    told(run(repo.path, "plan", "--index", "shelf"), 2, "is named `shelf`", "none")


def test_no_index_to_publish_to(repo: Repo) -> None:
    told(run(repo.path, "publish"), 2, "no index is configured", "publish-url")


@pytest.mark.promise(26)
def test_git_is_missing(repo: Repo, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    told(run(repo.path, "plan", PATH=str(empty)), 1, "git is not installed", "install git")


@pytest.mark.needs("links")
@pytest.mark.promise(26)
def test_uv_is_missing(repo: Repo, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "git").symlink_to(str(shutil.which("git")))
    told(run(repo.path, "build", PATH=str(tools), UV="uv"), 1, "uv is not installed", "nox[uv]")


@pytest.mark.promise(26)
def test_another_uv_is_required(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path)
    root = ROOT.format(more='[tool.uv]\nrequired-version = ">=99"\n')
    repo.commit("start", {"pyproject.toml": root, **trio()})
    told(run(repo.path, "build"), 2, "is not the uv that this workspace requires (>=99)", ">=99")


@pytest.mark.promise(26)
def test_a_shallow_clone(repo: Repo, tmp_path: Path) -> None:
    shallow = Repo.init(tmp_path / "shallow")
    shallow.git("fetch", "--quiet", "--depth=1", repo.path.as_uri(), "main")
    shallow.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    told(run(shallow.path, "plan"), 2, "the clone is shallow", "git fetch --unshallow")


def test_an_index_without_an_answer_is_a_warning_of_a_plan(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path, trio(), index_table("shelf", NOWHERE))
    told(run(repo.path, "plan"), 0, "gives no clear answer", "a real release would stop here")


def dirty(repo: Repo) -> None:
    (repo.path / "notes.txt").write_text("mine", "utf-8")


def detached(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "--detach")


def without_remote(repo: Repo) -> None:
    repo.git("remote", "remove", "origin")


def unpushed(repo: Repo) -> None:
    repo.commit("fix: mine alone")


def on_another_branch(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "-b", "feature")


def with_a_moved_tag(repo: Repo) -> None:
    repo.git("tag", "zq-base/v0.0.1")
    repo.git("push", "--quiet", "origin", "zq-base/v0.0.1")
    repo.git("tag", "--force", "zq-base/v0.0.1", "HEAD~1")


def with_a_branch_named_as_a_tag(repo: Repo) -> None:
    repo.git("push", "--quiet", "origin", "HEAD:refs/heads/zq-base/v0.1.0")


REFUSED: dict[str, tuple[Callable[[Repo], None], str, str]] = {
    "dirty": (dirty, "the working tree is not clean", "commit, stash or ignore"),
    "detached": (detached, "HEAD is detached", "check out main"),
    "no-remote": (without_remote, "there is no remote `origin`", "git remote add origin"),
    "unpushed": (unpushed, "HEAD differs from the remote's main", "push or pull first"),
    "branch": (on_another_branch, "the branch is feature", "check out main"),
    "moved-tag": (with_a_moved_tag, "the tag zq-base/v0.0.1 is at", "was moved"),
    "branch-named-as-tag": (with_a_branch_named_as_a_tag, "a branch is named", "rename or delete"),
}


@pytest.mark.promise(11)
@pytest.mark.promise(12)
@pytest.mark.parametrize("case", REFUSED)
def test_a_real_release_refuses(case: str, checkout: Repo, shelf: Shelf) -> None:
    break_it, message, hint = REFUSED[case]
    break_it(checkout)
    before = (checkout.refs(), checkout.git("status", "--porcelain"))
    told(run(checkout.path, "release", "--execute"), 1, message, hint)
    assert (checkout.refs(), checkout.git("status", "--porcelain")) == before
    assert shelf.files() == []


def test_all_that_is_wrong_is_said_at_once(checkout: Repo) -> None:
    dirty(checkout)
    detached(checkout)
    done = run(
        checkout.path,
        "release",
        "--execute",
        "--json",
        UV_PUBLISH_USERNAME="",
        UV_PUBLISH_PASSWORD="",
    )
    assert done.problems == [
        "HEAD is detached",
        "the working tree is not clean: 1 file, `?? notes.txt` first",
        "there are no credentials to upload to shelf",
    ]


def test_a_release_without_an_identity(checkout: Repo) -> None:
    nobody = dict.fromkeys((name for name in os.environ if name.startswith("GIT_")), "")
    checkout.git("config", "user.useConfigOnly", "true")
    done = run(checkout.path, "release", "--execute", **nobody)
    told(done, 1, "git does not know who you are", "git config user.name")


@pytest.mark.promise(7)
@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("401 Unauthorized", "set UV_INDEX_SHELF_USERNAME and UV_INDEX_SHELF_PASSWORD"),
        ("403 Forbidden", "set UV_INDEX_SHELF_USERNAME and UV_INDEX_SHELF_PASSWORD"),
        ("500 Internal Server Error", "try again"),
    ],
)
def test_an_index_that_does_not_let_us_read(
    status: str, hint: str, checkout: Repo, shelf: Shelf
) -> None:
    shelf.refuse_reads = status
    told(run(checkout.path, "release", "--execute"), 1, f"it answers {status}", hint)
    assert checkout.git("tag") == ""


def test_an_index_that_answers_with_a_page_to_log_in(checkout: Repo, shelf: Shelf) -> None:
    shelf.answer_reads = ("text/html", "<html><form>Log in</form></html>")
    told(run(checkout.path, "release", "--execute"), 1, "such as a sign-in page", "try again")


def test_no_network_for_a_release(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "w", trio(), index_table("shelf", NOWHERE))
    remote = repo.with_remote(tmp_path / "remote.git")
    before = remote.refs()
    told(run(repo.path, "release", "--execute"), 1, "gives no clear answer about zq-", "try again")
    assert remote.refs() == before


def test_an_scp_like_remote_is_named_as_a_url(repo: Repo) -> None:
    repo.git("remote", "add", "origin", "git@example.invalid:acme/pantry.git")
    url = "ssh://git@example.invalid/acme/pantry.git"
    done = run(repo.path, "verify-git-install", "--json", "--installer", "uv", "zq-base")
    assert [(r["requirement"], r["ok"]) for r in done.json["results"]] == [
        (
            f"zq-base @ git+{url}@{repo.head()}#subdirectory=packages/zq-base",
            True,
        )
    ]
