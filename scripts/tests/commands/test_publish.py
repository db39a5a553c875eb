"""Publishing: exactly what is due, never anything over what is there."""

import shutil
from pathlib import Path

import pytest

from roadworthy.model.index import retry
from roadworthy.model.index.retry import PAUSES
from tests.helpers.cli import run
from tests.helpers.jobs import CLOSE, PREPARE, PUBLISH, TAG, release_in_jobs
from tests.helpers.patterns import PATTERNS
from tests.helpers.repository import Repo, remote_of
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import (
    a_pair,
    index_table,
    make_workspace,
    member,
    trio,
    workspace_and_remote,
)

RELEASE = ("release", "--execute", "--installer", "uv")


@pytest.fixture
def prepared(tmp_path: Path, shelf: Shelf) -> Repo:
    """Return a workspace whose release commit is pushed."""

    def make(folder: Path) -> None:
        table = index_table("shelf", shelf.url)
        made = workspace_and_remote(folder / "a checkout", trio(), table)
        assert run(made.path, *PREPARE).code == 0

    PATTERNS.put("prepared checkout", tmp_path, make)
    return Repo(tmp_path / "a checkout")


@pytest.fixture
def remote(prepared: Repo) -> Repo:
    """Return its bare remote."""
    return remote_of(prepared)


def test_an_unprepared_release_is_not_published(checkout: Repo, shelf: Shelf) -> None:
    done = run(checkout.path, "publish", "--execute")
    assert (done.code, "run `nox -s prepare -- --execute` first" in done.stderr) == (1, True)
    assert shelf.uploads == 0


def test_publish_shows_what_is_due_and_uploads_nothing(prepared: Repo, shelf: Shelf) -> None:
    done = run(prepared.path, "publish", "--json")
    assert [(u["filename"], u["action"]) for u in done.json["uploads"]] == [
        (f"zq_{name}-0.1.0{ending}", "upload")
        for name in ("app", "base", "middle")
        for ending in ("-py3-none-any.whl", ".tar.gz")
    ]
    assert shelf.uploads == 0


def test_status_says_how_far_a_release_came(prepared: Repo, shelf: Shelf) -> None:
    def states() -> list[tuple[str, str]]:
        told = run(prepared.path, "status", "--json").json["members"]
        return [(member["index"], member["state"]) for member in told]

    assert states() == [("absent", "prepared")] * 3
    shelf.refuse_uploads, shelf.refuse_after = "403 Forbidden", 3
    assert run(prepared.path, "publish", "--execute").code == 1
    assert states() == [
        ("absent", "prepared"),
        ("present", "half released"),
        ("partial", "half released"),
    ]


@pytest.mark.exhaustive
def test_the_steps_of_a_release_can_be_taken_one_by_one(
    prepared: Repo, remote: Repo, shelf: Shelf
) -> None:
    early = run(prepared.path, "tag", "--execute")
    assert (early.code, "publish it first" in early.stderr) == (1, True)
    assert run(prepared.path, "publish", "--execute").code == 0
    assert len(shelf.files()) == 6
    skipped = run(prepared.path, "publish", "--json").json["uploads"]
    assert {upload["action"] for upload in skipped} == {"skip"}
    assert run(prepared.path, "tag", "--execute").code == 0
    assert remote.git("tag").splitlines() == [
        "zq-app/v0.1.0",
        "zq-base/v0.1.0",
        "zq-middle/v0.1.0",
    ]
    closing = run(prepared.path, *RELEASE)
    assert closing.code == 0, closing.stderr
    assert len(remote.git("tag").splitlines()) == 4
    assert run(prepared.path, *RELEASE).code == 3


@pytest.mark.promise(14)
def test_a_commit_that_the_index_has_other_code_of_is_not_tagged(
    prepared: Repo, remote: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    assert run(prepared.path, "publish", "--execute").code == 0
    other = make_workspace(tmp_path / "other", member("zq-base", code="other = True\n"))
    assert run(other.path, "build").code == 0
    shutil.copy(other.path / "dist/zq_base-0.1.0.tar.gz", shelf.folder)
    done = run(prepared.path, "tag", "--execute")
    assert (done.code, remote.git("tag")) == (1, "")
    words = "on the index, zq_base-0.1.0.tar.gz differs from the commit: src/zq_base/__init__.py"
    assert f"{words}; {prepared.head()[:12]} would be tagged for it" in done.stderr


@pytest.mark.promise(3)
def test_what_was_built_elsewhere_is_published_from_its_folder(
    prepared: Repo, shelf: Shelf
) -> None:
    assert run(prepared.path, "build").code == 0
    folder = prepared.path / "dist"
    stale = folder / "zq_base-0.0.9-py3-none-any.whl"
    (folder / "zq_base-0.1.0-py3-none-any.whl").rename(stale)
    done = run(prepared.path, "publish", "--execute", "--from", str(folder))
    assert (done.code, shelf.uploads) == (1, 0)
    assert "lacks files of zq-base 0.1.0" in done.stderr
    shutil.copy(stale, folder / "zq_base-0.1.0-py3-none-any.whl")
    assert run(prepared.path, "publish", "--execute", "--from", str(folder)).code == 0
    assert (len(shelf.files()), stale.name in shelf.files()) == (6, False)


@pytest.mark.promise(6)
def test_a_file_with_other_content_on_the_index_is_a_conflict(
    pair: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    files, table = member("zq-base", code="other = True\n"), index_table("shelf", shelf.url)
    release_in_jobs(workspace_and_remote(tmp_path / "other", files, table).path)
    before = shelf.files()
    assert run(pair.path, *PREPARE).code == 0
    done = run(pair.path, *PUBLISH)
    assert done.code == 1
    assert "has zq_base-0.1.0-py3-none-any.whl with other content" in done.stderr
    assert "give zq-base a higher version" in done.stderr
    assert (shelf.files(), remote_of(pair).git("tag")) == (before, "")


@pytest.mark.promise(16)
def test_credentials_in_the_url_of_an_index_reach_it_and_nothing_else(
    tmp_path: Path, shelf: Shelf
) -> None:
    url = shelf.url.replace("http://", "http://me:canary@")
    repo = make_workspace(tmp_path / "one", member("zq-base"), index_table("shelf", url))
    repo.with_remote(tmp_path / "one.git")
    nobody = {"UV_PUBLISH_USERNAME": "", "UV_PUBLISH_PASSWORD": ""}
    shelf.refuse_uploads = "403 Forbidden"
    refused = run(repo.path, *RELEASE, **nobody)
    assert (refused.code, "canary" in refused.stdout + refused.stderr) == (1, False)
    assert shelf.users == {"me:canary"}
    shelf.refuse_reads = "403 Forbidden"
    unread = run(repo.path, "publish", **nobody)
    assert (unread.code, "canary" in unread.stdout + unread.stderr) == (1, False), unread.stderr


@pytest.mark.exhaustive
def test_an_index_that_refuses_the_credentials(pair: Repo, shelf: Shelf) -> None:
    shelf.refuse_uploads = "403 Forbidden"
    done = run(pair.path, *RELEASE)
    assert done.code == 1
    assert "zq-base was not published" in done.stderr
    assert "zq-top waits for zq-base" in done.stderr
    assert (shelf.files(), remote_of(pair).git("tag")) == ([], "")
    shelf.refuse_uploads = ""
    assert run(pair.path, "publish", "--execute").code == 0
    assert len(shelf.files()) == 4


@pytest.mark.exhaustive
@pytest.mark.promise(8)
@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
def test_an_index_that_is_busy_for_a_moment_is_asked_again(
    prepared: Repo, shelf: Shelf, status: str
) -> None:
    shelf.refuse_uploads, shelf.refuse_times = status, 2
    done = run(prepared.path, "publish", "--execute")
    assert done.code == 0, done.stderr
    assert (shelf.uploads, shelf.tries) == (6, 8)


@pytest.mark.promise(8)
def test_an_index_that_has_decided_is_not_asked_again(prepared: Repo, shelf: Shelf) -> None:
    shelf.refuse_uploads = "409 Conflict"
    done = run(prepared.path, "publish", "--execute")
    assert (done.code, shelf.uploads, shelf.tries) == (1, 0, 1)


@pytest.mark.promise(8)
@pytest.mark.exhaustive
def test_an_index_that_stays_broken_is_given_up(
    prepared: Repo, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "PAUSES", [pause / 100 for pause in PAUSES])
    shelf.refuse_uploads = "500 Broken"
    done = run(prepared.path, "publish", "--execute")
    assert (done.code, shelf.uploads, shelf.tries) == (1, 0, 1 + len(PAUSES))


@pytest.mark.promise(8)
def test_a_lost_answer_to_an_upload_is_no_failure(prepared: Repo, shelf: Shelf) -> None:
    shelf.lose_answers = True
    done = run(prepared.path, "publish", "--execute")
    assert done.code == 0, done.stderr
    assert (shelf.uploads, len(shelf.files())) == (6, 6)


@pytest.mark.exhaustive
def test_a_member_that_fails_stops_only_those_that_require_it(tmp_path: Path, shelf: Shelf) -> None:
    members = {**a_pair(), **member("zq-lone")}
    repo = workspace_and_remote(tmp_path / "three", members, index_table("shelf", shelf.url))
    remote = remote_of(repo)
    shelf.refuse_names = ("zq_base",)
    done = run(repo.path, *RELEASE)
    assert done.code == 1
    assert "Run the same command again" in done.stdout
    assert remote.git("tag").splitlines() == ["zq-lone/v0.1.0"]
    told = done.stdout[done.stdout.index("To give this release up instead:") :].splitlines()
    assert told[1:4] == [
        f"- on main, `git revert {remote.head('main')[:12]}`, and push",
        f"- yank at shelf ({shelf.url}simple/), on its web pages: zq-lone 0.1.0",
        "- these have no tag yet, and need none: zq-base/v0.1.0, zq-top/v0.1.0",
    ]
    again = run(repo.path, *RELEASE)
    assert (again.code, told[1] in again.stdout.splitlines()) == (1, True)
    shelf.refuse_names = ()
    for job in (PUBLISH, TAG, CLOSE):
        assert run(repo.path, *job).code == 0
    assert len(shelf.files()) == 6
    assert [t for t in remote.git("tag").splitlines() if t.startswith("release/")] != []
