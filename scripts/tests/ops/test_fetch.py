"""The door to HTTP: a whole answer, within bounds, from where it was asked, or none."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from roadworthy.ops.fetch import MIB, Bounds, NoAnswer, Request, fetch, is_same_origin, within
from tests.helpers.wire import Wire, answer, begun, wire

if TYPE_CHECKING:
    from pathlib import Path

SMALL = Bounds(20.0, MIB)
SHORT = Bounds(0.3, MIB)
CHUNKED = "Transfer-Encoding: chunked"
ME = ("me", "secret")
AS_ME = "Authorization: Basic bWU6c2VjcmV0"


def asked(served: Wire, bounds: Bounds = SMALL) -> bytes:
    """Return what a server says."""
    body = bytearray()
    fetch(Request(own=served.url, url=served.url), bounds, body.extend)
    return bytes(body)


def test_an_answer_comes_whole() -> None:
    with wire(answer(b"whole", "Content-Type: text/plain")) as served:
        body = bytearray()
        head = fetch(Request(own=served.url, url=served.url), SMALL, body.extend)
    assert (head.url, head.status, head.headers["Content-Type"]) == (served.url, 200, "text/plain")
    assert (bytes(body), head.is_counted) == (b"whole", True)


@pytest.mark.parametrize(
    ("said", "is_counted"),
    [
        (begun(CHUNKED) + b"5\r\nwhole\r\n0\r\n\r\n", True),
        (begun() + b"whole", False),
        (begun("Content-Length: many") + b"whole", False),
        (answer(gzip.compress(b"whole"), "Content-Encoding: gzip"), False),
        (begun("Content-Encoding: gzip") + gzip.compress(b"whole"), False),
    ],
    ids=["chunked", "until it closes", "no length", "packed", "packed, until it closes"],
)
def test_it_is_known_whether_the_end_was_counted(said: bytes, *, is_counted: bool) -> None:
    with wire(said) as served:
        body = bytearray()
        head = fetch(Request(own=served.url, url=served.url), SMALL, body.extend)
    assert (bytes(body), head.is_counted) == (b"whole", is_counted)


BROKEN = {
    "shorter than its length": (begun("Content-Length: 9") + b"half", "its answer is incomplete"),
    "chunks without an end": (begun(CHUNKED) + b"4\r\nhalf\r\n", "its answer is incomplete"),
    "a chunk cut short": (begun(CHUNKED) + b"9\r\nhalf", "its answer is incomplete"),
    "chunks that are none": (begun(CHUNKED) + b"half", "its answer is incomplete"),
    "not packed as it says": (
        answer(b"plain", "Content-Encoding: gzip"),
        "its answer cannot be unpacked",
    ),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "no answer (ConnectionError)"),
    "nothing": (b"", "no answer (ConnectionError)"),
    "a header without an end": (
        begun()[:-4] + b"\r\nX: " + b"x" * 70_000,
        "no answer (ConnectionError)",
    ),
}


@pytest.mark.promise(7)
@pytest.mark.parametrize("case", BROKEN)
def test_half_an_answer_is_none(case: str) -> None:
    said, why = BROKEN[case]
    with wire(said) as served, pytest.raises(NoAnswer) as none:
        asked(served)
    assert str(none.value) == why


@pytest.mark.promise(7)
@pytest.mark.parametrize(
    "pieces",
    [
        (begun("Content-Length: 1000000"), b"x"),
        (begun(CHUNKED), b"1\r\nx\r\n"),
        (begun(), b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"),
        (b"H", b"T"),
        (begun(CHUNKED), b"1;x"),
    ],
    ids=["length", "chunks", "until it closes", "headers", "status", "words of a chunk"],
)
def test_an_answer_that_drips_ends_in_time(pieces: tuple[bytes, ...]) -> None:
    with wire(*pieces, pause=0.02, goes_on=True) as served, pytest.raises(NoAnswer) as none:
        asked(served, SHORT)
    assert str(none.value) == "no whole answer in 0.3 s"


@pytest.mark.promise(7)
@pytest.mark.parametrize("said", [b"", begun("Content-Length: 9") + b"half"])
def test_an_answer_that_falls_silent_ends_when_uv_would_end_it(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "1")
    with wire(said, pause=30) as served, pytest.raises(NoAnswer) as none:
        asked(served)
    assert str(none.value) == "no answer in 1 s (UV_HTTP_TIMEOUT)"


@pytest.mark.parametrize("told", ["3600", "0", "", "soon"])
def test_no_variable_makes_an_answer_endless(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_TIMEOUT", told)
    with wire(b"", pause=30) as served, pytest.raises(NoAnswer) as none:
        asked(served, SHORT)
    assert str(none.value) in {
        "no whole answer in 0.3 s",
        "no answer in 0.3 s (UV_HTTP_TIMEOUT)",
    }


BOMB = gzip.compress(bytes(4 * MIB))


@pytest.mark.promise(7)
@pytest.mark.parametrize(
    ("pieces", "goes_on"),
    [
        ((answer(bytes(MIB + 1)),), False),
        ((begun(CHUNKED), b"10000\r\n" + bytes(0x10000) + b"\r\n"), True),
        ((begun(), bytes(0x10000)), True),
        ((answer(BOMB, "Content-Encoding: gzip"),), False),
        ((answer(gzip.compress(BOMB), "Content-Encoding: gzip, gzip"),), False),
    ],
    ids=["large", "endless chunks", "endless", "bomb", "bomb in a bomb"],
)
def test_an_answer_that_is_too_large_is_none(pieces: tuple[bytes, ...], *, goes_on: bool) -> None:
    with wire(*pieces, goes_on=goes_on) as served, pytest.raises(NoAnswer) as none:
        asked(served)
    assert str(none.value) == "its answer is larger than 1 MiB"


def test_an_answer_may_be_as_large_as_the_bound() -> None:
    with wire(answer(bytes(MIB))) as served:
        assert asked(served) == bytes(MIB)


def moved(to: str, status: str = "302 Found") -> bytes:
    """Return a redirect."""
    return answer(b"", f"Location: {to}", status=status)


@pytest.mark.promise(17)
@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://127.0.0.1:9/x", "it redirects to http://127.0.0.1:9"),
        ("//index.invalid/x", "it redirects to http://index.invalid"),
        ("https://me:secret@index.invalid/x", "it redirects to https://index.invalid"),
        ("file:///etc/passwd", "it redirects to file://"),
        ("http://127.0.0.1:99999/", "no answer (ValueError)"),
        ("https://[", "no answer (ValueError)"),
        ("", "it answers 302 without saying where to go"),
        ("/", "it redirects more than 5 times"),
    ],
)
def test_a_redirect_to_another_server_is_not_followed(to: str, why: str) -> None:
    with wire(moved(to)) as served, pytest.raises(NoAnswer) as none:
        asked(served)
    assert str(none.value) == why


@pytest.mark.parametrize("status", ["300 Choices", "304 Not Modified", "305 Use Proxy"])
def test_what_is_no_redirect_is_an_answer(status: str) -> None:
    with wire(moved("http://127.0.0.1:9/", status)) as served:
        head = fetch(Request(own=served.url, url=served.url), SMALL, len)
    assert head.status == int(status.partition(" ")[0])


@pytest.mark.promise(17)
@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
def test_a_login_goes_to_its_own_server_and_to_no_other(
    status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with wire(answer(b"file")) as elsewhere, wire(moved(elsewhere.url, status)) as own:
        request = Request(own=own.url, url=f"{own.url}file", login=ME, leaves=True)
        assert fetch(request, SMALL, len).url == elsewhere.url
        assert [AS_ME in head for head in own.heads] == [True]
        assert ["Authorization" in head for head in elsewhere.heads] == [False]
        direct = Request(own=own.url, url=elsewhere.url, login=ME, leaves=True)
        fetch(direct, SMALL, len)
        nobody = Request(own=elsewhere.url, url=elsewhere.url)
        fetch(nobody, SMALL, len)
    assert ["Authorization" in head for head in elsewhere.heads] == [False] * 3


@pytest.mark.promise(17)
def test_a_form_with_a_login_is_not_sent_on() -> None:
    with wire(answer()) as elsewhere, wire(moved(elsewhere.url, "307 x")) as own:
        request = Request(own=own.url, url=own.url, login=ME, form={"key": "value"})
        with pytest.raises(NoAnswer, match="it redirects to"):
            fetch(request, SMALL, len)
    assert (own.heads[0].partition(" ")[0], elsewhere.heads) == ("POST", [])


@pytest.mark.promise(17)
def test_a_file_is_not_fetched_in_the_open_from_a_server_that_is_not_in_the_open() -> None:
    with wire(moved("http://index.invalid/")) as served:
        request = Request(own=served.url, url=served.url, leaves=True)
        with pytest.raises(
            NoAnswer, match=r"it redirects to http://index\.invalid, over plain http"
        ):
            fetch(request, SMALL, len)


@pytest.mark.parametrize(
    ("url", "other", "is_same"),
    [
        ("https://a/x", "https://A:443/", True),
        ("https://a/", "http://a/", True),
        ("http://a/", "https://a/", False),
        ("https://a:8443/", "http://a:8080/", False),
        ("https://a:8443/", "https://a/", False),
        ("https://b/", "https://a/", False),
        ("https://a.b/", "https://b/", False),
        ("https://a@b/", "https://a/", False),
        ("ftp://a/", "https://a/", False),
    ],
)
def test_a_server_is_scheme_host_and_port(url: str, other: str, *, is_same: bool) -> None:
    assert is_same_origin(url, other) is is_same


def test_what_goes_wrong_in_time_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        within(20, lambda: 1 // 0)
