"""The credentials that an index is read with are those that uv would read it with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roadworthy.model.workspace.workspace import Index
from roadworthy.ops import reading
from tests.helpers.stubs import Stub

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.mark.needs("scripts")
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


@pytest.mark.needs("scripts")
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


@pytest.mark.needs("scripts")
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
