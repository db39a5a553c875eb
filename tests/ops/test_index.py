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
from scripts.ops import loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAME = NormalizedName("zq-base")
WHEEL = "zq_base-0.1.0-py3-none-any.whl"
SDIST = "zq_base-0.1.0.tar.gz"


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
    html = f'<a href="/f/{WHEEL}#sha256=aa">{WHEEL}</a><a href="/f/{SDIST}#sha256=bb">{SDIST}</a>'
    files = [
        {"filename": WHEEL, "url": f"/f/{WHEEL}", "hashes": {"sha256": "aa"}},
        {"filename": SDIST, "url": f"/f/{SDIST}", "hashes": {"sha256": "bb"}},
    ]
    answer = {"meta": {"api-version": "1.0"}, "name": NAME, "files": files}
    kind = "application/vnd.pypi.simple.v1+json"
    expected = Page(files={Version("0.1.0"): {WHEEL: "aa", SDIST: "bb"}})
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
        (answering("500 Oops", ""), "it answers 500 Oops"),
        (answering("200 OK", "<form>name?</form>"), "it answers with a page to log in"),
        (answering("200 OK", "{", "application/vnd.pypi.simple.v1+json"), "cannot be read"),
        (answering("200 OK", "x", "image/png"), "its answer cannot be read"),
        (answering("302 Found", "", Location="http://127.0.0.1:9/"), "no answer"),
    ],
    ids=["401", "403", "500", "login", "garbage", "picture", "elsewhere"],
)
def test_an_answer_that_is_none_is_unknown(application: WSGIApplication, why: str) -> None:
    page = page_of(application)
    assert why in page.unknown
    assert page.presence(Version("0.1.0")) is Presence.UNKNOWN


def test_the_credentials_are_those_that_uv_reads_it_with(monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(name="my-shelf", url="http://127.0.0.1:9/simple/")
    assert indexes.credentials(index) is None
    monkeypatch.setenv("UV_INDEX_MY_SHELF_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_MY_SHELF_PASSWORD", "secret")
    assert indexes.credentials(index) == ("me", "secret")
    assert indexes.reading_environment(index) == {
        "UV_INDEX_MY_SHELF_USERNAME": "me",
        "UV_INDEX_MY_SHELF_PASSWORD": "secret",
    }
