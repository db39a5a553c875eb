"""What is uploaded, when, and what becomes of it: the promises about an index."""

import json
import signal
import subprocess
import time
from pathlib import Path
from threading import Event

import pypiserver
import pytest

from roadworthy.model.index.listing import JSON
from roadworthy.ops import loopback
from tests.helpers.cli import ROOT, command, run
from tests.helpers.repository import Repo
from tests.helpers.shelf import TOO_MANY, Answer, Shelf
from tests.helpers.workspaces import index_table, make_workspace, member, trio

WHEEL, SDIST = "zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"
PUBLISH = ("publish", "--execute")
RELEASE = ("release", "--execute", "--installer", "uv")


def assert_complete(repo: Repo, shelf: Shelf) -> None:
    """Run the same command again, and assert that it goes on to the end, nothing sent twice."""
    again = run(repo.path, *PUBLISH)
    assert again.code == 0, again.stderr
    assert (shelf.files(), sorted(shelf.sent)) == ([WHEEL, SDIST], [WHEEL, SDIST])


@pytest.mark.promise(1)
def test_nothing_is_uploaded_before_all_is_built_and_checked(tmp_path: Path, shelf: Shelf) -> None:
    members = trio()
    del members["packages/zq-middle/src/zq_middle/__init__.py"]  # it does not build
    repo = make_workspace(tmp_path / "w", members, index_table("shelf", shelf.url))
    remote = repo.with_remote(tmp_path / "remote.git")
    before = remote.refs()
    done = run(repo.path, *RELEASE)
    assert (done.code, "zq-middle does not build" in done.stderr) == (1, True), done.stderr
    assert (shelf.tries, remote.refs()) == (0, before)


@pytest.mark.promise(2)
def test_a_file_that_changed_since_it_was_checked_is_not_uploaded(
    pair: Repo, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))

    def tamper(_: str) -> None:
        for path in scratch.glob("**/build-*/dist/zq_top-*"):
            path.write_bytes(path.read_bytes() + b"\0")

    shelf.before_upload = tamper
    assert run(pair.path, "prepare", "--execute").code == 0
    done = run(pair.path, *PUBLISH)
    assert done.code == 1
    assert "zq_top-0.1.0-py3-none-any.whl was changed after it was checked" in done.stderr
    assert shelf.files() == [WHEEL, SDIST]


@pytest.mark.promise(2)
@pytest.mark.promise(3)
def test_what_a_record_says_otherwise_of_is_not_uploaded(ready: Repo, shelf: Shelf) -> None:
    assert run(ready.path, "build", "--due").code == 0
    record = ready.path / "dist/release.json"
    told = json.loads(record.read_text("utf-8"))
    from_dist = (*PUBLISH, "--from", str(ready.path / "dist"))
    for key, value, said in (
        ("sha256", "0" * 64, f"{WHEEL} was changed after it was built"),
        ("commit", "0" * 40, f"{WHEEL} was built from 000000000000"),
    ):
        wrong = [each | {key: value} for each in told["distributions"]]
        record.write_text(json.dumps(told | {"distributions": wrong}), "utf-8")
        done = run(ready.path, *from_dist)
        assert (done.code, said in done.stderr, shelf.tries) == (1, True, 0), done.stderr
    record.write_text("{", "utf-8")  # half written: no record at all
    (ready.path / "dist" / "zq_base-9.0-py3-none-any.whl").write_bytes(b"stale")
    assert run(ready.path, *from_dist).code == 0
    assert shelf.files() == [WHEEL, SDIST]


@pytest.mark.promise(4)
def test_a_file_that_uv_would_pass_over_is_found_before(ready: Repo, shelf: Shelf) -> None:
    assert run(ready.path, "build").code == 0
    folder = ready.path / "dist"
    (folder / WHEEL).rename(folder / WHEEL.replace("zq_base", "Zq_Base"))
    done = run(ready.path, *PUBLISH, "--from", str(folder))
    assert (done.code, shelf.tries) == (1, 0)
    assert "Zq_Base-0.1.0-py3-none-any.whl is not named as its name" in done.stderr


@pytest.mark.promise(4)
def test_an_index_that_lists_no_hashes_is_compared_by_its_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    nobody = {"authenticate": [], "password_file": "."}
    app = pypiserver.app(roots=[folder], disable_fallback=True, hash_algo=None, **nobody)
    with loopback.serve(app) as url:
        repo = make_workspace(tmp_path / "w", member("zq-base"), index_table("shelf", url))
        repo.with_remote(tmp_path / "remote.git")
        assert run(repo.path, "prepare", "--execute").code == 0
        done = run(repo.path, *PUBLISH)
        assert done.code == 0, done.stderr
        (folder / SDIST).write_bytes(b"somebody else's")
        again = run(repo.path, *PUBLISH)
        assert (again.code, "with other content" in again.stderr) == (1, True), again.stderr


@pytest.mark.promise(5)
def test_a_release_that_is_told_to_end_is_completed_by_the_same_command(
    ready: Repo, shelf: Shelf
) -> None:
    arrived = Event()
    shelf.before_upload = lambda _: arrived.set()
    process = subprocess.Popen(
        command(ready.path, *PUBLISH), cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert arrived.wait(60)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    assert (process.returncode, "interrupted" in said) == (130, True), said
    assert_complete(ready, shelf)


@pytest.mark.promise(6)
def test_a_file_that_somebody_else_uploads_meanwhile_is_not_replaced(
    pair: Repo, shelf: Shelf
) -> None:
    assert run(pair.path, "prepare", "--execute").code == 0
    theirs = shelf.folder / "zq_top-0.1.0.tar.gz"

    def upload_first(_: str) -> None:
        theirs.write_bytes(b"somebody else's")

    shelf.before_upload = upload_first
    done = run(pair.path, *PUBLISH)
    assert done.code == 1
    assert "has zq_top-0.1.0.tar.gz with other content: sha256" in done.stderr
    assert (shelf.files(), theirs.read_bytes()) == ([WHEEL, SDIST, theirs.name], b"somebody else's")


OTHERS = b'{"meta": {"api-version": "1.0"}, "name": "zq-other", "files": []}'
SIGN_IN = b"<html><title>Sign in</title><script>start()</script></html>"
AWAY = (("Location", "http://127.0.0.1:9/login"),)
UNKNOWN: dict[str, tuple[Answer, str]] = {
    "401": (Answer("401 Unauthorized"), "it answers 401 Unauthorized"),
    "500": (Answer("500 Oops"), "it answers 500 Internal Server Error"),
    "login": (Answer("200 OK", b"<form>name?</form>"), "something other than a project page"),
    "sign-in": (Answer("200 OK", SIGN_IN), "something other than a project page"),
    "empty": (Answer("200 OK"), "something other than a project page"),
    "no content": (Answer("204 No Content"), "it answers 204 No Content"),
    "part": (Answer("206 Partial Content", SIGN_IN), "it answers 206 Partial Content"),
    "another's": (Answer("200 OK", OTHERS, JSON), "the page of another project, zq-other"),
    "elsewhere": (Answer("302 Found", headers=AWAY), "it redirects to http://127.0.0.1:9"),
    "garbage": (Answer("200 OK", b"{", JSON), "its answer cannot be read"),
    "nested": (Answer("200 OK", b"[" * 100_000, JSON), "its answer cannot be read"),
    "picture": (Answer("200 OK", b"x", "image/png"), "its answer cannot be read"),
}


@pytest.mark.promise(7)
@pytest.mark.parametrize("case", UNKNOWN)
def test_an_index_that_does_not_say_what_it_has_is_sent_nothing(
    case: str, ready: Repo, shelf: Shelf
) -> None:
    answer, said = UNKNOWN[case]
    shelf.script = lambda path: answer if path.startswith("/simple/") else None
    done = run(ready.path, *PUBLISH)
    assert (done.code, said in done.stderr, shelf.tries) == (1, True, 0), done.stderr


@pytest.mark.promise(7)
def test_an_index_that_says_by_itself_that_it_has_nothing_is_sent_all(
    ready: Repo, shelf: Shelf
) -> None:
    """The control: the same way, with an answer that is one."""
    empty = Answer("200 OK", OTHERS.replace(b"zq-other", b"Zq_Base"), JSON)
    shelf.script = lambda path: None if shelf.uploads or path != "/simple/zq-base/" else empty
    done = run(ready.path, *PUBLISH)
    assert (done.code, shelf.files()) == (0, [WHEEL, SDIST]), done.stderr


@pytest.mark.promise(7)
def test_an_index_that_never_answers_is_sent_nothing(ready: Repo, shelf: Shelf) -> None:
    shelf.wait_for = Event()
    done = run(ready.path, *PUBLISH, UV_HTTP_TIMEOUT="1")
    shelf.wait_for.set()
    assert (done.code, "no answer in 1 s (UV_HTTP_TIMEOUT)" in done.stderr, shelf.tries) == (
        1,
        True,
        0,
    )


@pytest.mark.promise(8)
@pytest.mark.exhaustive
def test_an_index_is_left_alone_for_as_long_as_it_asks(ready: Repo, shelf: Shelf) -> None:
    shelf.refuse_uploads, shelf.refuse_times = TOO_MANY, 1
    shelf.headers = (("Retry-After", "3"),)
    started = time.monotonic()
    done = run(ready.path, *PUBLISH)
    assert done.code == 0, done.stderr
    assert (shelf.tries, time.monotonic() - started >= 3) == (3, True)


@pytest.mark.promise(8)
def test_an_index_that_asks_for_an_hour_is_given_it(ready: Repo, shelf: Shelf) -> None:
    shelf.refuse_uploads, shelf.headers = TOO_MANY, (("Retry-After", "3600"),)
    done = run(ready.path, *PUBLISH)
    assert (done.code, shelf.tries) == (1, 1)
    assert "shelf takes no more for now: run the same command again in 3600 s" in done.stderr
    assert "TRACE" not in done.stderr


@pytest.mark.promise(8)
@pytest.mark.parametrize("drop", ["after", pytest.param("before", marks=pytest.mark.exhaustive)])
@pytest.mark.exhaustive
def test_a_connection_that_is_cut_is_no_failure(drop: str, ready: Repo, shelf: Shelf) -> None:
    shelf.drop, shelf.drop_times = drop, 1
    done = run(ready.path, *PUBLISH)
    assert done.code == 0, done.stderr
    assert sorted(shelf.sent) == [WHEEL, SDIST]


@pytest.mark.promise(9)
@pytest.mark.exhaustive
def test_a_dependent_is_sent_when_what_it_requires_can_be_seen(pair: Repo, shelf: Shelf) -> None:
    assert run(pair.path, "prepare", "--execute").code == 0
    seen_late: list[int] = []
    shelf.after_upload = lambda count: setattr(shelf, "hide_reads", 6 if count == 2 else 0)
    shelf.before_upload = lambda _: seen_late.append(shelf.hide_reads)
    done = run(pair.path, *PUBLISH)
    assert done.code == 0, done.stderr
    assert [name.partition("-")[0] for name in shelf.sent] == ["zq_base"] * 2 + ["zq_top"] * 2
    assert seen_late == [0, 0, 0, 0]


@pytest.mark.promise(9)
@pytest.mark.exhaustive
def test_an_index_that_shows_nothing_is_waited_for_within_a_limit(pair: Repo, shelf: Shelf) -> None:
    assert run(pair.path, "prepare", "--execute").code == 0
    shelf.hide_reads = 1_000_000
    done = run(pair.path, *PUBLISH, "--wait", "1")
    assert (done.code, shelf.sent) == (1, [WHEEL, SDIST])
    assert "does not list zq-base after 1 s" in done.stderr
    assert "zq-top waits for zq-base" in done.stderr
    shelf.hide_reads = 0
    assert run(pair.path, *PUBLISH).code == 0
    assert len(shelf.sent) == 4


@pytest.mark.promise(18)
def test_a_token_that_expires_ends_a_release_at_a_member_and_a_new_one_goes_on(
    pair: Repo, shelf: Shelf
) -> None:
    assert run(pair.path, "prepare", "--execute").code == 0
    shelf.refuse_uploads, shelf.refuse_after = "403 Forbidden", 2
    done = run(pair.path, *PUBLISH)
    assert (done.code, shelf.sent, shelf.tries) == (1, [WHEEL, SDIST], 3)
    assert "zq-top was not published" in done.stderr
    assert "look at the credentials for shelf" in done.stderr
    shelf.refuse_uploads = ""
    assert run(pair.path, *PUBLISH).code == 0
    assert len(shelf.sent) == 4


@pytest.mark.promise(18)
def test_a_ci_that_gives_no_identity_uploads_nothing(ready: Repo, shelf: Shelf) -> None:
    nowhere = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:9/",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary",
        "GITHUB_ACTIONS": "true",
        "UV_HTTP_RETRIES": "0",
        **dict.fromkeys(("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"), ""),
    }
    shelf.refuse_uploads = "401 Unauthorized"
    done = run(ready.path, *PUBLISH, **nowhere)
    assert (done.code, shelf.sent, "canary" in done.stderr) == (1, [], False), done.stderr
    shelf.refuse_uploads = ""
    assert_complete(ready, shelf)


@pytest.mark.promise(28)
def test_a_first_release_of_more_names_than_an_hour_allows_goes_on_an_hour_later(
    tmp_path: Path, shelf: Shelf
) -> None:
    members = {**member("zq-a"), **member("zq-b"), **member("zq-c")}
    repo = make_workspace(tmp_path / "w", members, index_table("shelf", shelf.url))
    repo.with_remote(tmp_path / "remote.git")
    assert run(repo.path, "prepare", "--execute").code == 0
    shelf.new_names, shelf.headers = 2, (("Retry-After", "3600"),)
    done = run(repo.path, *PUBLISH)
    assert (done.code, len(shelf.sent)) == (1, 4)
    assert "run the same command again in 3600 s" in done.stderr
    shelf.new_names = 3
    assert run(repo.path, *PUBLISH).code == 0
    assert len(shelf.sent) == len(set(shelf.sent)) == 6
