"""The door to an index: what it has, and when that is not known."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.index.listing import JSON
from roadworthy.model.plan.facts import Page, Presence
from roadworthy.model.problem import Failure
from roadworthy.model.workspace.workspace import Index
from roadworthy.ops import fetch, loopback
from roadworthy.ops import index as indexes
from roadworthy.ops.known_indexes import catalogue
from tests.helpers.shelf import Answer, Shelf, new_shelf
from tests.helpers.stubs import Stub
from tests.helpers.wire import answer, begun, wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = NormalizedName("zq-base")
VERSION = Version("0.1.0")
WHEEL = "zq_base-0.1.0-py3-none-any.whl"
SDIST = "zq_base-0.1.0.tar.gz"
AA, BB = "a" * 64, "b" * 64
PAGE, SPELT, FILE = "/simple/zq-base/", "/simple/Zq_Base/", f"/packages/{WHEEL}"
NOT_FOUND = Answer("404 Not Found", b"not here")
LISTED = Answer("200 OK", f'<a href="{FILE}#sha256={AA}">{WHEEL}</a>'.encode())
UNHASHED = Answer("200 OK", f'<a href="{FILE}">{WHEEL}</a>'.encode())
THERE = Page(files={VERSION: {WHEEL: AA}})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Serve one index for all tests of the module."""
    made, app = new_shelf(tmp_path_factory.mktemp("stage") / "index-files")
    with loopback.serve(app) as made.url:
        yield made


def moved(to: str) -> Answer:
    """Return a redirect."""
    return Answer("301 Moved Permanently", headers=(("Location", to),))


def page_at(stage: Shelf, answers: dict[str, Answer], path: str = "simple/") -> Page:
    """Read the page of a member from an index that has these answers alone."""
    stage.script = lambda asked: answers.get(asked, Answer("418 I'm a Teapot"))
    stage.asked.clear()
    return indexes.read_page(Index(name="shelf", url=f"{stage.url}{path}"), NAME)


def test_html_and_json_are_read_alike(stage: Shelf) -> None:
    html = f'<a href="/f/{WHEEL}#sha256={AA}">{WHEEL}</a><a href="/f/{SDIST}#sha256={BB}">s</a>'
    files = [
        {"filename": WHEEL, "url": f"/f/{WHEEL}", "hashes": {"sha256": AA}},
        {"filename": SDIST, "url": f"/f/{SDIST}", "hashes": {"sha256": BB.upper()}},
    ]
    told = {"meta": {"api-version": "1.0"}, "name": NAME, "files": files}
    expected = Page(files={VERSION: {WHEEL: AA, SDIST: BB}})
    assert page_at(stage, {PAGE: Answer("200 OK", html.encode())}) == expected
    assert page_at(stage, {PAGE: Answer("200 OK", json.dumps(told).encode(), JSON)}) == expected
    assert expected.presence(VERSION) is Presence.PRESENT
    assert expected.presence(Version("0.2.0")) is Presence.ABSENT


def test_a_hash_that_is_not_listed_is_that_of_the_bytes(stage: Shelf) -> None:
    page = page_at(stage, {PAGE: UNHASHED, FILE: Answer("200 OK", b"the wheel")})
    assert page.files == {VERSION: {WHEEL: hashlib.sha256(b"the wheel").hexdigest()}}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (NOT_FOUND, f"it answers 404 Not Found for {WHEEL}"),
        (Answer("206 Partial Content", b"half"), f"it answers 206 Partial Content for {WHEEL}"),
        (moved("http://index.invalid/"), "it redirects to http://index.invalid, over plain http"),
    ],
)
def test_a_file_whose_hash_nobody_knows_makes_the_page_unknown(
    stage: Shelf, given: Answer, why: str
) -> None:
    assert page_at(stage, {PAGE: UNHASHED, FILE: given}) == Page(unknown=why)


def test_when_a_version_began_is_read_by_the_clock_of_the_index(stage: Shelf) -> None:
    file = {"filename": WHEEL, "url": FILE, "hashes": {"sha256": AA}}
    dated = file | {"upload-time": "2026-11-01T10:00:00.5Z"}
    told = {"meta": {"api-version": "1.1"}, "name": NAME, "files": [dated]}
    date = ("Date", "Wed, 25 Nov 2026 10:00:00 -0000")  # a zone that is none
    page = page_at(stage, {PAGE: Answer("200 OK", json.dumps(told).encode(), JSON, (date,))})
    assert page == Page(
        files=THERE.files,
        begun={VERSION: datetime(2026, 11, 1, 10, 0, 0, 500000, UTC)},
        asked=datetime(2026, 11, 25, 10, tzinfo=UTC),
    )
    assert round(page.days_open(VERSION)) == 24


@pytest.mark.promise(7)
@pytest.mark.parametrize(
    ("answers", "page"),
    [
        ({PAGE: NOT_FOUND}, Page()),
        ({PAGE: LISTED}, THERE),
        ({PAGE: moved(SPELT), SPELT: LISTED}, THERE),
        ({PAGE: moved(SPELT), SPELT: NOT_FOUND}, Page()),
        ({PAGE: moved(SPELT[:-1]), SPELT[:-1]: moved(SPELT), SPELT: LISTED}, THERE),
        ({PAGE: moved("/else/"), "/else/": LISTED}, THERE),
    ],
    ids=["not found", "there", "spelt", "spelt, not found", "chain", "another path"],
)
def test_what_an_index_says_of_a_project_by_itself_is_believed(
    stage: Shelf, answers: dict[str, Answer], page: Page
) -> None:
    assert page_at(stage, answers) == page


LOGIN = Answer("200 OK", b"<html><title>Sign in</title></html>")
UNKNOWN = {
    **{
        f"{status}": ({PAGE: Answer(f"{status} Whatever", LISTED.body)}, f"it answers {words}")
        for status, words in (
            (201, "201 Created"),
            (203, "203 Non-Authoritative Information"),
            (206, "206 Partial Content"),
            (300, "300 Multiple Choices"),
            (400, "400 Bad Request"),
            (401, "401 Unauthorized"),
            (403, "403 Forbidden"),
            (407, "407 Proxy Authentication Required"),
            (410, "410 Gone"),
            (429, "429 Too Many Requests"),
            (451, "451 Unavailable For Legal Reasons"),
            (500, "500 Internal Server Error"),
            (503, "503 Service Unavailable"),
            (599, "599"),
        )
    },
    "204": ({PAGE: Answer("204 No Content")}, "it answers 204 No Content"),
    "empty": ({PAGE: Answer("200 OK")}, "it answers with something other than a project page"),
    "login": ({PAGE: LOGIN}, "it answers with something other than a project page"),
    "moved to a login": (
        {PAGE: moved("/login"), "/login": LOGIN},
        "it answers with something other than a project page",
    ),
    "moved to nothing": ({PAGE: moved("/login"), "/login": NOT_FOUND}, "it answers 404 Not Found"),
    "moved to another project": (
        {PAGE: moved("/simple/zq/"), "/simple/zq/": NOT_FOUND},
        "it answers 404 Not Found",
    ),
    "moved in a circle": ({PAGE: moved(SPELT), SPELT: moved(PAGE)}, "it redirects more than 5"),
    "moved without a place": (
        {PAGE: Answer("302 Found")},
        "it answers 302 without saying where to go",
    ),
    "garbage": ({PAGE: Answer("200 OK", b"{", JSON)}, "its answer cannot be read: it is no JSON"),
}


@pytest.mark.promise(7)
@pytest.mark.parametrize("case", UNKNOWN)
def test_all_else_is_unknown(case: str, stage: Shelf) -> None:
    answers, why = UNKNOWN[case]
    page = page_at(stage, answers)
    assert (page.files, why in page.unknown) == ({}, True), page.unknown
    assert page.presence(VERSION) is Presence.UNKNOWN


@pytest.mark.promise(7)
@pytest.mark.parametrize("status", ["404 Not Found", "200 OK"])
def test_the_404_of_another_server_says_nothing(stage: Shelf, status: str) -> None:
    with wire(answer(LISTED.body, "Content-Type: text/html", status=status)) as elsewhere:
        page = page_at(stage, {PAGE: moved(f"{elsewhere.url}simple/zq-base/")})
        said = f"it redirects to {elsewhere.url.rstrip('/')}"
        assert page == Page(unknown=said, way_out=indexes.HANDS_ON)
    assert elsewhere.heads == []


FORWARDING = {
    "gitlab": "api/v4/projects/7/packages/pypi/simple/",
    "gitlab-group": "api/v4/groups/7/-/packages/pypi/simple/",
    "pypiserver": "simple/",
}


@pytest.mark.promise(7)
@pytest.mark.parametrize("name", FORWARDING)
def test_an_index_that_forwards_a_name_to_pypi_does_not_have_it(name: str, stage: Shelf) -> None:
    path = FORWARDING[name]
    to_pypi = moved(f"{catalogue()['pypi'].url}zq-base/")
    assert page_at(stage, {f"/{path}zq-base/": to_pypi}, path) == Page()
    # The controls: to any other place, and from an index that does not forward.
    to_testpypi = moved(f"{catalogue()['testpypi'].url}zq-base/")
    assert "it redirects to" in page_at(stage, {f"/{path}zq-base/": to_testpypi}, path).unknown
    to_open = moved(f"{catalogue()['pypi'].url}zq-base/".replace("https:", "http:"))
    assert "it redirects to" in page_at(stage, {f"/{path}zq-base/": to_open}, path).unknown
    assert (
        "it redirects to"
        in page_at(stage, {"/artifactory/zq-base/": to_pypi}, "artifactory/").unknown
    )


@pytest.mark.promise(7)
def test_a_page_ends_in_time_and_size(stage: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (fetch.PAGE.seconds, fetch.PAGE.size) == (60, 64 * 1024 * 1024)
    monkeypatch.setattr("roadworthy.ops.index.PAGE", fetch.Bounds(0.3, 1024))
    large = Answer("200 OK", LISTED.body + b" " * 1024)
    assert page_at(stage, {PAGE: large}).unknown == "its answer is larger than 0 MiB"
    with wire(begun("Content-Length: 999"), b"x", pause=0.02, goes_on=True) as slow:
        page = indexes.read_page(Index(name="shelf", url=slow.url), NAME)
    assert page == Page(unknown="no whole answer in 0.3 s")
    # Reading this takes a second, and ten times as much would take a hundred. Nobody stops the
    # thread that reads, so it must not be long at work once this test is over.
    made_to_be_slow = Answer("200 OK", b"<a " * 4_000)
    monkeypatch.setattr("roadworthy.ops.index.PAGE", fetch.Bounds(0.2, 1 << 20))
    assert page_at(stage, {PAGE: made_to_be_slow}).unknown == "no whole answer in 0.2 s"


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> str:
    """Set credentials to read the index with; return them."""
    monkeypatch.setenv("UV_INDEX_SHELF_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_SHELF_PASSWORD", "secret")
    return "me:secret"


@pytest.mark.promise(17)
def test_credentials_are_for_the_index_and_not_for_wherever_its_files_are(
    stage: Shelf, login: str
) -> None:
    with wire(answer(b"the wheel")) as elsewhere:
        listed = Answer("200 OK", f'<a href="{elsewhere.url}{WHEEL}">{WHEEL}</a>'.encode())
        page = page_at(stage, {PAGE: moved(SPELT), SPELT: listed})
    assert page.files == {VERSION: {WHEEL: hashlib.sha256(b"the wheel").hexdigest()}}
    assert stage.asked == [(PAGE, login), (SPELT, login)]
    assert ["Authorization" in head for head in elsewhere.heads] == [False]
    page_at(stage, {PAGE: UNHASHED, FILE: moved(FILE + "x"), FILE + "x": Answer("200 OK", b"w")})
    assert stage.asked == [(PAGE, login), (FILE, login), (FILE + "x", login)]


@pytest.mark.promise(17)
def test_credentials_are_not_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(name="shelf", url="http://index.invalid/simple/")
    assert "no answer" in indexes.read_page(index, NAME).unknown
    monkeypatch.setenv("UV_INDEX_SHELF_PASSWORD", "secret")
    assert "is not https" in indexes.read_page(index, NAME).unknown


@pytest.mark.needs("scripts")
@pytest.mark.parametrize("is_installed", [True, False])
def test_a_keyring_without_an_answer_is_said_and_is_no_traceback(
    stage: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_installed: bool
) -> None:
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    keyring = Stub.put_on_path(tmp_path, monkeypatch, "keyring")
    if not is_installed:
        monkeypatch.setenv("PATH", str(keyring.folder / "empty"))
    monkeypatch.setenv("UV_INDEX_SHELF_USERNAME", f"me-{is_installed}")
    assert page_at(stage, {PAGE: Answer("401 Unauthorized")}) == Page(
        unknown="it answers 401 Unauthorized, and the keyring gives no password for it",
        way_out="set UV_INDEX_SHELF_USERNAME and UV_INDEX_SHELF_PASSWORD to read it",
    )


def downloaded(stage: Shelf, answers: dict[str, Answer], folder: Path) -> Path:
    """Fetch the wheel from an index that has these answers alone."""
    stage.script = lambda asked: answers.get(asked, Answer("418 I'm a Teapot"))
    index = Index(name="shelf", url=f"{stage.url}simple/")
    return indexes.download(index, WHEEL, NAME, folder)


def listing(content: bytes) -> Answer:
    """Return a page that lists the wheel with the hash of some bytes."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Answer("200 OK", f'<a href="{FILE}#sha256={sha256}">{WHEEL}</a>'.encode())


def test_a_file_of_an_index_is_fetched_into_a_folder(stage: Shelf, tmp_path: Path) -> None:
    answers = {PAGE: listing(b"the wheel"), FILE: Answer("200 OK", b"the wheel")}
    path = downloaded(stage, answers, tmp_path)
    assert (path, path.read_bytes()) == (tmp_path / WHEEL, b"the wheel")


@pytest.mark.promise(6)
@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({PAGE: NOT_FOUND}, "it is not listed there"),
        ({PAGE: Answer("503 Busy")}, "it answers 503 Service Unavailable"),
        ({PAGE: listing(b"x"), FILE: NOT_FOUND}, f"it answers 404 Not Found for {WHEEL}"),
        (
            {PAGE: listing(b"x"), FILE: Answer("200 OK", b"y")},
            "the file does not match the listed hash",
        ),
    ],
)
def test_a_file_that_is_not_what_its_index_lists_is_not_used(
    stage: Shelf, tmp_path: Path, answers: dict[str, Answer], why: str
) -> None:
    with pytest.raises(Failure) as failure:
        downloaded(stage, answers, tmp_path)
    assert failure.value.problems[0].message == f"the index shelf does not give {WHEEL}: {why}"


def test_an_upload_without_a_file_is_asked_and_not_sent_on(stage: Shelf) -> None:
    with wire(answer(status="400 Bad Request")) as served:
        index = Index(name="shelf", url=served.url, publish_url=served.url)
        assert indexes.asked_to_upload(index, ("me", "secret")) == "400"
    with wire(answer(b"", f"Location: {stage.url}", status="307 Elsewhere")) as served:
        index = Index(name="shelf", url=served.url, publish_url=served.url)
        assert "it redirects to" in indexes.asked_to_upload(index, ("me", "secret"))
