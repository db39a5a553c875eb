"""The door to an index: what it has, and when that is not known."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from scripts.model.facts import Page, Presence
from scripts.model.workspace import Index
from scripts.ops import index as indexes
from scripts.ops import loopback, reading
from tests.helpers.stubs import Stub

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAME = NormalizedName("zq-base")
WHEEL = "zq_base-0.1.0-py3-none-any.whl"
SDIST = "zq_base-0.1.0.tar.gz"
AA, BB = "a" * 64, "b" * 64


def answering(status: str, body: str, kind: str = "text/html", **headers: str) -> WSGIApplication:
    """Return an application with one answer for everything."""

    def application(_: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start(status, [("Content-Type", kind), *headers.items()])
        return [body.encode()]

    return application


def page_of(application: WSGIApplication) -> Page:
    """Read the page of a member from an application."""
    with loopback.serve(application) as url:
        return indexes.read_page(Index(name="shelf", url=f"{url}simple/"), NAME)


def test_html_and_json_are_read_alike() -> None:
    html = (
        f'<a href="/f/{WHEEL}#sha256={AA}">{WHEEL}</a><a href="/f/{SDIST}#sha256={BB}">{SDIST}</a>'
    )
    files = [
        {"filename": WHEEL, "url": f"/f/{WHEEL}", "hashes": {"sha256": AA}},
        {"filename": SDIST, "url": f"/f/{SDIST}", "hashes": {"sha256": BB}},
    ]
    answer = {"meta": {"api-version": "1.0"}, "name": NAME, "files": files}
    kind = "application/vnd.pypi.simple.v1+json"
    expected = Page(files={Version("0.1.0"): {WHEEL: AA, SDIST: BB}})
    assert page_of(answering("200 OK", html)) == expected
    assert page_of(answering("200 OK", json.dumps(answer), kind)) == expected
    assert expected.presence(Version("0.1.0")) is Presence.PRESENT
    assert expected.presence(Version("0.2.0")) is Presence.ABSENT


def test_a_hash_that_is_not_listed_is_that_of_the_bytes() -> None:
    listed = f'<a href="/f/{WHEEL}">{WHEEL}</a>'
    found = page_of(answering("200 OK", listed)).files
    assert found == {Version("0.1.0"): {WHEEL: hashlib.sha256(listed.encode()).hexdigest()}}


def test_not_found_is_absent() -> None:
    assert page_of(answering("404 Not Found", "")) == Page()


@pytest.mark.parametrize(
    ("application", "why"),
    [
        (answering("401 Unauthorized", ""), "it answers 401 Unauthorized"),
        (answering("403 Forbidden", ""), "it answers 403 Forbidden"),
        (answering("500 Oops", ""), "it answers 500 Internal Server Error"),
        (
            answering("200 OK", "<form>name?</form>"),
            "it answers with a page that is none of an index",
        ),
        (answering("200 OK", "{", "application/vnd.pypi.simple.v1+json"), "cannot be read"),
        (answering("200 OK", "x", "image/png"), "its answer cannot be read"),
        (answering("302 Found", "", Location="http://127.0.0.1:9/"), "it sends us to"),
    ],
    ids=["401", "403", "500", "login", "garbage", "picture", "elsewhere"],
)
def test_an_answer_that_is_none_is_unknown(application: WSGIApplication, why: str) -> None:
    page = page_of(application)
    assert why in page.unknown
    assert page.presence(Version("0.1.0")) is Presence.UNKNOWN


def test_the_credentials_are_those_that_uv_reads_it_with(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(name="my-shelf", url="http://127.0.0.1:9/simple/")
    assert reading.credentials(index) is None
    monkeypatch.setenv("UV_INDEX_MY_SHELF_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_MY_SHELF_PASSWORD", "secret")
    assert reading.credentials(index) == ("me", "secret")
    assert reading.environment(index) == {
        "UV_INDEX_MY_SHELF_USERNAME": "me",
        "UV_INDEX_MY_SHELF_PASSWORD": "secret",
    }


@pytest.mark.parametrize(
    ("url", "told", "expected"),
    [
        ("http://me:se%40cret@127.0.0.1:9/", (None, None), ("me", "se@cret")),
        ("http://me:secret@127.0.0.1:9/", ("you", "other"), ("me", "secret")),
        ("http://:token@127.0.0.1:9/", (None, None), ("", "token")),
        ("http://me@127.0.0.1:9/", ("me", "secret"), ("me", "secret")),
        ("http://me@127.0.0.1:9/", ("you", "other"), ("me", "")),
        ("http://127.0.0.1:9/", ("token", None), ("token", "")),
        ("http://127.0.0.1:9/", (None, "token"), ("", "token")),
    ],
)
def test_the_credentials_in_a_url_win_as_they_do_with_uv(
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    told: tuple[str | None, str | None],
    expected: tuple[str, str],
) -> None:
    index = Index(name="shelf", url=url)
    for name, value in zip(index.variables, told, strict=True):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert reading.credentials(index) == expected
    assert reading.environment(index) == dict(zip(index.variables, expected, strict=True))


def test_a_netrc_file_is_read_as_uv_reads_it_and_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    index = Index(name="shelf", url="http://127.0.0.1:9/simple/")
    assert reading.credentials(index) == ("me", "secret")
    assert reading.environment(index) == {
        "UV_INDEX_SHELF_USERNAME": "me",
        "UV_INDEX_SHELF_PASSWORD": "secret",
    }
    monkeypatch.setenv("UV_INDEX_SHELF_USERNAME", "you")
    monkeypatch.setenv("UV_INDEX_SHELF_PASSWORD", "other")
    assert reading.credentials(index) == ("you", "other")


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Return a keyring that has nothing yet, and that uv is told to ask."""
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    return Stub.put_on_path(tmp_path, monkeypatch, "keyring")


@pytest.mark.parametrize("service", ["{url}", "{host}", "http://{host}"])
def test_the_keyring_is_asked_for_the_url_then_for_the_host_and_once(
    keyring: Stub, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    host = f"127.0.0.1:{len(service)}"
    index = Index(name="shelf", url=f"http://{host}/simple/")
    monkeypatch.setenv("UV_INDEX_SHELF_USERNAME", "me")
    keyring.answers(f"get {service.format(url=index.url, host=host)} me", "secret")
    assert reading.credentials(index) == reading.credentials(index) == ("me", "secret")
    ways = [index.url, host, f"http://{host}"]
    asked = ways[: ways.index(service.format(url=index.url, host=host)) + 1]
    assert keyring.asked() == [f"get {way} me" for way in asked]


def test_the_keyring_is_asked_for_the_user_in_the_url_and_not_with_a_password(
    keyring: Stub,
) -> None:
    index = Index(name="shelf", url="http://me@127.0.0.1:9/of-a-user/")
    keyring.answers(f"get {index.shown} me", "secret")
    assert reading.environment(index) == {
        "UV_INDEX_SHELF_USERNAME": "me",
        "UV_INDEX_SHELF_PASSWORD": "secret",
    }
    assert "secret" not in " ".join(keyring.asked())


def test_the_keyring_is_left_alone_where_it_is_not_needed(
    keyring: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(name="shelf", url="http://127.0.0.1:9/not-needed/")
    assert reading.credentials(index) is None
    monkeypatch.setenv("UV_INDEX_SHELF_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_SHELF_PASSWORD", "")
    assert reading.credentials(index) == ("me", "")
    monkeypatch.delenv("UV_INDEX_SHELF_PASSWORD")
    monkeypatch.delenv("UV_KEYRING_PROVIDER")
    assert reading.credentials(index) == ("me", "")
    assert keyring.asked() == []


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_keyring_without_an_answer_is_said_and_is_no_traceback(
    keyring: Stub, monkeypatch: pytest.MonkeyPatch, *, is_installed: bool
) -> None:
    if not is_installed:
        monkeypatch.setenv("PATH", str(keyring.folder / "empty"))
    monkeypatch.setenv("UV_INDEX_SHELF_USERNAME", "me")
    page = page_of(answering("401 Unauthorized", ""))
    assert page.unknown == "it answers 401 Unauthorized, and the keyring gives no password for it"


def test_credentials_are_for_the_index_and_not_for_wherever_its_files_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("UV_INDEX_SHELF_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_SHELF_PASSWORD", "secret")
    told: dict[str, str] = {}

    def keeping(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        told[environ["HTTP_HOST"]] = environ.get("HTTP_AUTHORIZATION", "")
        start("200 OK", [("Content-Type", "text/html")])
        return [f'<a href="{elsewhere}{WHEEL}">{WHEEL}</a>'.encode()]

    with loopback.serve(keeping) as elsewhere, loopback.serve(keeping) as own:
        index = Index(name="shelf", url=f"{own}simple/")
        assert indexes.read_page(index, NAME).unknown == ""  # it fetches the file to hash it
        hosts = [url.removeprefix("http://").rstrip("/") for url in (own, elsewhere)]
        assert [bool(told[host]) for host in hosts] == [True, False]


def test_credentials_are_not_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(name="shelf", url="http://index.invalid/simple/")
    assert "no answer" in indexes.read_page(index, NAME).unknown
    monkeypatch.setenv("UV_INDEX_SHELF_PASSWORD", "secret")
    assert "is not https" in indexes.read_page(index, NAME).unknown
