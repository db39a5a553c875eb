"""Whose credentials an upload takes, and that a rehearsal takes none: the promises about trust."""

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.stubs import Stub

WHEEL, SDIST = "zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"
PUBLISH = ("publish", "--execute")
REHEARSE = ("release", "--installer", "uv", "--json")
NOWHERE = "http://127.0.0.1:9/"
# All that uv itself takes for `uv publish`, with values that would break an upload.
VARIABLES = {
    "UV_PUBLISH_TOKEN": "a-token",
    "UV_PUBLISH_USERNAME": "somebody",
    "UV_PUBLISH_PASSWORD": "a-password",
    "UV_PUBLISH_INDEX": "another",
    "UV_PUBLISH_URL": NOWHERE,
    "UV_PUBLISH_CHECK_URL": NOWHERE,
    "UV_PUBLISH_NO_ATTESTATIONS": "nonsense",
    "UV_TRUSTED_PUBLISHING": "always",
    "UV_KEYRING_PROVIDER": "subprocess",
    "PYPI_ID_TOKEN": "a.b.c",
    "ACTIONS_ID_TOKEN_REQUEST_URL": NOWHERE,
}
CREDENTIALS = ("UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD")


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the credentials that other tests have."""
    for name in CREDENTIALS:
        monkeypatch.delenv(name, raising=False)


def assert_rehearsed(repo: Repo, shelf: Shelf, **variables: str) -> None:
    """Rehearse a release to its end, and assert that the real index was not sent anything."""
    done = run(repo.path, *REHEARSE, **variables)
    assert done.code == 0, done.stderr
    assert "publish" in [step["name"] for step in done.json["steps"]]
    assert (shelf.tries, shelf.files()) == (0, [])


@pytest.mark.promise(17)
@pytest.mark.exhaustive
def test_a_rehearsal_takes_no_variable_of_ours(single: Repo, shelf: Shelf) -> None:
    assert_rehearsed(single, shelf, **VARIABLES)


@pytest.mark.exhaustive
@pytest.mark.promise(17)
@pytest.mark.parametrize("name", VARIABLES)
def test_a_rehearsal_takes_none_of_our_variables_alone(
    name: str, single: Repo, shelf: Shelf
) -> None:
    assert_rehearsed(single, shelf, **{name: VARIABLES[name]})


@pytest.mark.promise(17)
@pytest.mark.parametrize("name", [n for n in VARIABLES if n not in CREDENTIALS])
def test_a_release_is_sent_to_its_index_whatever_else_uv_is_told(
    name: str, ready: Repo, shelf: Shelf
) -> None:
    variables = {"UV_PUBLISH_TOKEN": "t", name: VARIABLES[name]}
    done = run(ready.path, *PUBLISH, **variables)
    assert done.code == 0, done.stderr
    assert (shelf.files(), shelf.users) == ([WHEEL, SDIST], {"__token__:t"})


WRONG = {
    "two ways": (
        {"UV_PUBLISH_TOKEN": "canary", "UV_PUBLISH_USERNAME": "me"},
        "UV_PUBLISH_TOKEN is set together with UV_PUBLISH_USERNAME",
    ),
    "no user": ({"UV_PUBLISH_PASSWORD": "canary"}, "UV_PUBLISH_USERNAME is not"),
    "a line break": ({"UV_PUBLISH_TOKEN": "canary\n"}, "UV_PUBLISH_TOKEN has a line break"),
    "quotes": ({"UV_PUBLISH_TOKEN": '"canary"'}, "UV_PUBLISH_TOKEN has quotes around it"),
    "no token": ({"UV_PUBLISH_USERNAME": "__token__"}, "is __token__, and there is no token"),
    "nothing": ({}, "there are no credentials to upload to shelf"),
}


@pytest.mark.promise(18)
@pytest.mark.parametrize("case", WRONG)
def test_credentials_that_are_known_to_be_wrong_stop_before_anything_is_written(
    case: str, single: Repo, single_remote: Repo, shelf: Shelf
) -> None:
    variables, said = WRONG[case]
    before = single_remote.refs()
    done = run(single.path, "release", "--execute", **variables)
    assert (done.code, said in done.stderr, "canary" in done.stderr) == (1, True, False), done
    assert (shelf.tries, single_remote.refs()) == (0, before)


@pytest.mark.needs("scripts")
@pytest.mark.promise(18)
def test_a_keyring_without_the_password_stops_before_anything_is_written(
    single: Repo, single_remote: Repo, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Stub.put_on_path(shelf.folder.parent, monkeypatch, "keyring")
    before = single_remote.refs()
    told = {"UV_KEYRING_PROVIDER": "subprocess", "UV_PUBLISH_USERNAME": "me"}
    done = run(single.path, "release", "--execute", **told)
    assert (done.code, "the keyring has no password" in done.stderr) == (1, True), done.stderr
    assert (shelf.tries, single_remote.refs()) == (0, before)
    assert keyring.asked()[0] == f"get {shelf.url} me"
