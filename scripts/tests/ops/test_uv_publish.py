"""What `uv publish` is given, and what it is not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from roadworthy.model.problem import Failure
from roadworthy.model.workspace.workspace import Index
from roadworthy.ops import process, uv, uv_publish
from tests.helpers.programs import python_program
from tests.helpers.stubs import Stub
from tests.helpers.workspaces import make_workspace, member

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.helpers.shelf import Shelf

INDEX = Index(name="shelf", url="https://localhost/simple/", publish_url="https://localhost/")
CANARY = "canary-91c2"
WHEEL, SDIST = "zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"
# Notes its variables, and does what uv does.
NOTING = """\
import os, sys
with open({note!r}, "a", encoding="utf-8") as note:
    print("\\0".join(f"{{name}}={{value}}" for name, value in os.environ.items()), file=note)
os.execvp({uv!r}, [{uv!r}, *sys.argv[1:]])
"""


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away the credentials that other tests have, and the settings of whoever runs them."""
    for name in ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD", "UV_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a member once; its folder has a name that is a pattern."""
    folder = tmp_path_factory.mktemp("built")
    source, out = make_workspace(folder / "source", member("zq-base")).path, folder / "d[io]st *"
    uv.build(source, None, out, process.scrubbed(folder / "home"))
    return out


def index_of(shelf: Shelf, login: str = "") -> Index:
    """Return the shelf as an index."""
    url = shelf.url.replace("://", f"://{login}")
    return Index(name="shelf", url=f"{shelf.url}simple/", publish_url=url)


def publish(built: Path, index: Index, given: Mapping[str, str] | None = None) -> None:
    """Upload what is built, with our own variables or with others."""
    files = [built / WHEEL, built / SDIST]
    uv_publish.publish(files, index, uv_publish.given_to(index) if given is None else given)


@pytest.mark.parametrize(
    "environment",
    [
        {"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://localhost/token"},
        {"GITLAB_CI": "true", "PYPI_ID_TOKEN": "a.b.c"},
        {"GITLAB_CI": "true", "TESTPYPI_ID_TOKEN": "a.b.c"},
        {"GITLAB_CI": "true", "COMPANY_ID_TOKEN": "a.b.c"},
    ],
)
def test_a_job_that_has_an_identity_can_publish(environment: dict[str, str]) -> None:
    assert uv_publish.has_identity(environment)
    assert uv_publish.can_publish(INDEX, environment)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"GITHUB_ACTIONS": "true"},
        {"GITLAB_CI": "true", "CI_JOB_TOKEN": "job"},
        {"GITLAB_CI": "true", "PYPI_ID_TOKEN": ""},
        {"GITLAB_CI": "true", "SIGSTORE_ID_TOKEN": "a.b.c"},
        {"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request"},
    ],
)
def test_a_job_that_has_none_cannot(environment: dict[str, str]) -> None:
    assert not uv_publish.has_identity(environment)
    assert not uv_publish.can_publish(INDEX, environment)


@pytest.mark.promise(17)
@pytest.mark.parametrize(
    ("told", "in_url", "sent"),
    [
        ({"TOKEN": "t"}, "", "__token__:t"),
        ({"TOKEN": "", "USERNAME": "me", "PASSWORD": "secret"}, "", "me:secret"),
        ({"TOKEN": "t", "USERNAME": "", "PASSWORD": ""}, "", "__token__:t"),
        ({"USERNAME": "", "PASSWORD": "secret"}, "", ":secret"),
        ({"USERNAME": "token-as-user"}, "", "token-as-user:"),
        ({"TOKEN": "t"}, "me:se%40cret@", "me:se@cret"),
        ({"USERNAME": "you", "PASSWORD": "other"}, "me:secret@", "me:secret"),
        ({"USERNAME": "me", "PASSWORD": "secret"}, "me@", "me:secret"),
        ({"USERNAME": "you", "PASSWORD": "other"}, "me@", "me:"),
    ],
)
def test_an_upload_goes_with_the_credentials_that_are_given(
    told: dict[str, str],
    in_url: str,
    sent: str,
    built: Path,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(f"UV_PUBLISH_{name}", value)
    publish(built, index_of(shelf, in_url))
    assert (shelf.users, shelf.files()) == ({sent}, [WHEEL, SDIST])


@pytest.mark.promise(17)
def test_a_netrc_file_is_read_for_an_upload_as_uv_reads_it(
    built: Path, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    index = index_of(shelf)
    assert uv_publish.can_publish(index, {})
    publish(built, index)
    assert shelf.users == {"me:secret"}
    assert uv_publish.login_of(index, {"UV_PUBLISH_USERNAME": "me"}) == ("me", "secret")
    assert uv_publish.login_of(index, {"UV_PUBLISH_USERNAME": "you"}) == ("you", "")
    assert uv_publish.login_of(index, {"UV_PUBLISH_TOKEN": "t"}) == ("__token__", "t")
    assert uv_publish.login_of(index, {"PYPI_ID_TOKEN": "a.b.c"}) is None


@pytest.mark.needs("scripts")
@pytest.mark.promise(17)
def test_a_keyring_is_asked_by_us_and_uv_gets_the_password(
    built: Path, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = index_of(shelf)
    keyring = Stub.put_on_path(tmp_path, monkeypatch, "keyring")
    keyring.answers(f"get {index.publish_url} me", "secret")
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    monkeypatch.setenv("UV_PUBLISH_USERNAME", "me")
    publish(built, index)
    assert (shelf.users, keyring.asked()) == ({"me:secret"}, [f"get {index.publish_url} me"])
    assert list(uv_publish.keyring_problems(index, uv_publish.given_to(index))) == []


@pytest.mark.needs("scripts")
def test_a_keyring_that_has_nothing_is_known_before_an_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stub.put_on_path(tmp_path, monkeypatch, "keyring")
    given = {"UV_PUBLISH_USERNAME": CANARY}
    assert list(uv_publish.keyring_problems(INDEX, given)) == []
    configuration = tmp_path / "configuration" / "uv" / "uv.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text('keyring-provider = "subprocess"\n', "utf-8")
    (problem,) = uv_publish.keyring_problems(INDEX, given)
    assert problem.message == "the keyring has no password for the user to upload to shelf"
    assert CANARY not in problem.hint
    gemfury = Index(name="g", url="", publish_url="https://push.fury.io/us/")
    assert list(uv_publish.keyring_problems(gemfury, given)) == []


def test_the_user_that_stands_for_a_token_needs_one() -> None:
    (problem,) = uv_publish.token_problems(INDEX, {"UV_PUBLISH_USERNAME": "__token__"})
    assert problem.message == "the user to upload to shelf is __token__, and there is no token"
    for given in (
        {"UV_PUBLISH_USERNAME": "me"},
        {"UV_PUBLISH_USERNAME": "__token__", "UV_PUBLISH_PASSWORD": "t"},
        {"UV_PUBLISH_TOKEN": "t"},
        {},
    ):
        assert list(uv_publish.token_problems(INDEX, given)) == []


OTHERS = {
    "UV_PUBLISH_INDEX": "another",
    "UV_PUBLISH_URL": "http://127.0.0.1:9/",
    "UV_PUBLISH_CHECK_URL": "http://127.0.0.1:9/simple/",
    "UV_PUBLISH_NO_ATTESTATIONS": "nonsense",
    "UV_OFFLINE": "1",
    "UV_PROJECT": "/nowhere",
    "UV_WORKING_DIR": "/nowhere",
    "UV_KEYRING_PROVIDER": "nonsense",
    "UV_ENV_FILE": "/nowhere/.env",
    "UV_PREVIEW_FEATURES": "nonsense",
    "FORCE_COLOR": "1",
    "RUST_LOG": "trace",
}


@pytest.mark.parametrize("name", OTHERS)
def test_no_other_variable_reaches_an_upload(
    name: str, built: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PUBLISH_TOKEN", "t")
    monkeypatch.setenv(name, OTHERS[name])
    publish(built, index_of(shelf))
    assert (shelf.users, shelf.files(), shelf.asked) == ({"__token__:t"}, [WHEEL, SDIST], [])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("work/pyproject.toml", '[tool.uv]\ncheck-url = "{url}simple/"\n'),
        ("work/pyproject.toml", '[tool.uv]\npublish-url = "{url}other/"\n'),
        ("work/uv.toml", 'trusted-publishing = "always"\ncheck-url = "{url}simple/"\n'),
        ("work/uv.toml", "this is no TOML"),
        ("uv.toml", 'check-url = "{url}simple/"\n'),
        ("configuration/uv/uv.toml", 'check-url = "{url}simple/"\nnative-tls = true\n'),
        ("configuration/uv/uv.toml", "this is no TOML"),
    ],
)
def test_no_configuration_says_where_an_upload_goes(
    path: str, text: str, built: Path, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("work", "configuration/uv"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / path).write_text(text.format(url=shelf.url), "utf-8")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    publish(built, index_of(shelf), {"UV_PUBLISH_TOKEN": "t"})
    assert (shelf.users, shelf.files(), shelf.asked) == ({"__token__:t"}, [WHEEL, SDIST], [])


def test_how_a_server_is_reached_is_taken_from_the_configuration_of_the_user(
    built: Path, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.toml"
    file.write_text('http-proxy = "http://127.0.0.1:9/"\n', "utf-8")
    monkeypatch.setenv("UV_CONFIG_FILE", str(file))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(Failure, match=r"(?i)proxy|tunnel|connect"):
        publish(built, index_of(shelf), {"UV_PUBLISH_TOKEN": "t"})
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.delenv("UV_CONFIG_FILE")
    publish(built, index_of(shelf), {"UV_PUBLISH_TOKEN": "t"})
    assert shelf.files() == [WHEEL, SDIST]


@pytest.mark.needs("scripts")
@pytest.mark.promise(15)
def test_uv_sees_no_secret_but_that_of_the_upload(
    built: Path, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, program = tmp_path / "note", tmp_path / "uv"
    python_program(program, NOTING.format(note=str(note), uv=uv.executable()))
    names = ("GH_TOKEN", "AWS_SECRET_ACCESS_KEY", "UV_INDEX_SHELF_PASSWORD", "SSH_AUTH_SOCK")
    for name in (*names, "SIGSTORE_ID_TOKEN", "PYPI_ID_TOKEN", "UV_PUBLISH_INDEX", "UV_AUTH_TOKEN"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("UV", str(program))
    publish(built, index_of(shelf), {"UV_PUBLISH_TOKEN": "t"})
    told = dict(line.split("=", 1) for line in note.read_text("utf-8").strip().split("\0"))
    assert CANARY not in told.values()
    ours = {"UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD", "UV_CONFIG_FILE", "NETRC", "RUST_LOG"}
    by_the_program = {"LC_CTYPE", "PWD"}  # what Python and the shell add of themselves
    assert told.keys() - uv_publish.ALLOWED - by_the_program == ours
    assert told["NETRC"] == os.devnull


def test_an_attestation_beside_a_file_is_sent_unless_it_is_not_wanted(
    built: Path, shelf: Shelf, tmp_path: Path
) -> None:
    folder = tmp_path / "[d]ist"
    folder.mkdir()
    for name in (WHEEL, SDIST):
        (folder / name).write_bytes((built / name).read_bytes())
    (folder / f"{WHEEL}.publish.attestation").write_text("no JSON", "utf-8")
    with pytest.raises(Failure, match="attestation"):
        publish(folder, index_of(shelf), {"UV_PUBLISH_TOKEN": "t"})
    unwanted = {"UV_PUBLISH_TOKEN": "t", "UV_PUBLISH_NO_ATTESTATIONS": "true"}
    publish(folder, index_of(shelf), unwanted)
    assert shelf.files() == [WHEEL, SDIST]
