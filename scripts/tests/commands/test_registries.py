"""Every index of the catalogue is released to: on loopback, at its paths and with its login."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
import requests
from packaging.utils import canonicalize_name

from roadworthy.model.index.catalogue import Rule
from roadworthy.model.workspace.manifest import with_index
from roadworthy.model.workspace.workspace import Index
from roadworthy.ops import index as indexes
from roadworthy.ops.known_indexes import catalogue
from roadworthy.stages.build.dist import RECORD
from tests.helpers import registries, servers
from tests.helpers.cli import Done, run
from tests.helpers.registries import Login, Registry, at_loopback, registry
from tests.helpers.repository import Repo
from tests.helpers.stubs import Stub
from tests.helpers.workspaces import make_workspace, member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from roadworthy.model.index.catalogue import Entry
    from tests.helpers.servers import Server

WHEEL = "zq_base-0.1.0-py3-none-any.whl"
SDIST = "zq_base-0.1.0.tar.gz"
GUESSED = "guessed"
VERIFY = ("verify-index-install", "--wait", "0")
# Four shapes that differ most; all others are tried with --exhaustive.
QUICK = ("pypi", "codeartifact", "artifactory", "gemfury")


def each(names: Iterable[str], *quick: str) -> list[ParameterSet]:
    """Return names as parameters, of which all but a few are slow."""
    slow = pytest.mark.exhaustive
    return [pytest.param(name, marks=() if name in quick else slow) for name in names]


NAMES = each(catalogue(), *QUICK)
WITH_KEYRING = each([name for name, entry in catalogue().items() if entry.keyring], "codeartifact")
PRIVATE = each([name for name in QUICK if catalogue()[name].private], "gemfury")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A workspace of one member whose release commit is made, and what it was built to."""

    repo: Repo
    dist: Path
    other: Path

    def publish(self, index: str, source: Path | None = None) -> Done:
        """Publish what was built."""
        folder = str(source or self.dist)
        return run(
            self.repo.path, "publish", "--execute", "--json", "--index", index, "--from", folder
        )


@pytest.fixture
def prepared(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return a workspace of the test's own; what all have in common is made once."""
    common = tmp_path_factory.getbasetemp() / "prepared"
    if not common.exists():
        _prepare(common)
    shutil.copytree(common, tmp_path / "own", symlinks=True)
    repo = Repo(tmp_path / "own" / "workspace")
    repo.git("remote", "set-url", "origin", str(tmp_path / "own" / "remote.git"))
    return Prepared(repo, tmp_path / "own" / "dist", tmp_path / "own" / "other")


def _prepare(folder: Path) -> None:
    repo = make_workspace(folder / "workspace", member("zq-base"))
    repo.with_remote(folder / "remote.git")
    for command in (("prepare", "--execute"), ("build",)):
        done = run(repo.path, *command)
        assert done.code == 0, done.stderr
    shutil.move(repo.path / "dist", folder / "dist")
    more = {"packages/zq-base/src/zq_base/other.py": "made = True\n"}
    other = make_workspace(folder / "other-workspace", {**member("zq-base"), **more})
    assert run(other.path, "build").code == 0
    shutil.move(other.path / "dist", folder / "other")
    for built in (folder / "dist", folder / "other"):
        # Each test commits an index first: the commit that was built from is not the one released.
        (built / RECORD).unlink()


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the credentials that other tests have."""
    for name in ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"):
        monkeypatch.delenv(name)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put stubs of the vendors' commands on PATH, for those entries that have one."""
    for entry in catalogue().values():
        if entry.token:
            Stub.put_on_path(tmp_path, monkeypatch, entry.token.split()[0])
    return tmp_path / "commands"


def secret_of(entry: Entry, commands: Path) -> str:
    """Return the secret that the command of an entry prints, where it has one."""
    if not entry.token:
        return ""
    program, *arguments = shlex.split(entry.token)
    Stub(commands, program).answers(" ".join(arguments), "printed-by-a-command")
    done = subprocess.run((program, *arguments), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def added(prepared: Prepared, name: str, made: Registry) -> None:
    """Add an index by the command, and put its host on loopback."""
    _added(prepared, name, registries.values(name), lambda text: at_loopback(text, made))


def _added(
    prepared: Prepared, name: str, values: Mapping[str, str], edited: Callable[[str], str]
) -> None:
    settings = [f"--set={key}={value}" for key, value in values.items()]
    done = run(prepared.repo.path, "add-index", name, *settings)
    assert done.code == 0, done.stderr
    manifest = prepared.repo.path / "pyproject.toml"
    text = edited(manifest.read_text("utf-8"))
    assert "https://" not in text
    manifest.write_text(text, "utf-8")


def configured(prepared: Prepared, name: str, made: Registry) -> None:
    """Write and commit what `add-index` writes, without a process of its own."""
    entry = made.entries[-1]
    table = {"name": name, "url": entry.url, "publish-url": entry.publish_url, "explicit": True}
    manifest = prepared.repo.path / "pyproject.toml"
    text = with_index(manifest.read_text("utf-8"), table)
    manifest.write_text(at_loopback(text, made), "utf-8")
    committed(prepared)


def committed(prepared: Prepared) -> None:
    """Commit and push what was added."""
    prepared.repo.commit("chore: add an index")
    prepared.repo.git("push", "--quiet")


def logged_in(
    monkeypatch: pytest.MonkeyPatch, name: str, made: Registry, *, reads: bool = True
) -> None:
    """Set the variables that an entry says are to be set."""
    upload = Login.of(made.entries[0], made.upload_secret)
    if upload.user == "__token__":
        monkeypatch.setenv("UV_PUBLISH_TOKEN", upload.password)
    else:
        monkeypatch.setenv("UV_PUBLISH_USERNAME", upload.user)
        monkeypatch.setenv("UV_PUBLISH_PASSWORD", upload.password)
    if not reads:
        return
    login = Login.of(made.entries[-1], made.read_secret)
    user, password = Index(name=name, url="").variables
    monkeypatch.setenv(user, login.user)
    monkeypatch.setenv(password, login.password)


def released(prepared: Prepared, name: str, reader: str) -> None:
    """Upload, skip, install, and refuse to replace."""
    first = prepared.publish(name)
    assert first.code == 0, first.stderr
    assert [upload["action"] for upload in first.json["uploads"]] == ["upload", "upload"]
    again = prepared.publish(name)
    assert [upload["action"] for upload in again.json["uploads"]] == ["skip", "skip"]
    installed = run(prepared.repo.path, *VERIFY, "--index", reader)
    assert installed.code == 0, installed.stderr
    conflict = prepared.publish(name, prepared.other)
    assert conflict.code == 1
    assert f"has {WHEEL} with other content" in conflict.stderr


@pytest.mark.needs("scripts")
@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("name", NAMES)
def test_a_release_goes_to_every_index_of_the_catalogue(
    name: str, prepared: Prepared, commands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = registries.entries(name)[-1]
    printed = [secret] * 2 if (secret := secret_of(entry, commands)) else []
    with registry(name, tmp_path / "index-files", *printed) as made:
        uploaded_by = name if entry.publish_url else name.rpartition("-")[0]
        for each in dict.fromkeys((uploaded_by, name)):
            added(prepared, each, made)
            logged_in(monkeypatch, each, made)
        committed(prepared)
        released(prepared, uploaded_by, name)
        assert (made.files(), len(made.posts), made.uploads) == ([WHEEL, SDIST], 2, 2)
        logins = (made.entries[0], made.upload_secret), (made.entries[-1], made.read_secret)
        assert made.seen <= {"", *(str(Login.of(*login)) for login in logins)}


@pytest.mark.needs("scripts")
@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("name", WITH_KEYRING)
def test_a_keyring_is_enough_to_upload_and_to_read(
    name: str, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Stub.put_on_path(tmp_path, monkeypatch, "keyring")
    with registry(name, tmp_path / "index-files") as made:
        configured(prepared, name, made)
        (entry,) = made.entries
        user = Login.of(entry, "").user
        for url, secret in ((entry.url, made.read_secret), (entry.publish_url, made.upload_secret)):
            keyring.answers(f"get {at_loopback(url, made)} {user}", secret)
        monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
        monkeypatch.setenv("UV_PUBLISH_USERNAME", user)
        monkeypatch.setenv(Index(name=name, url="").variables[0], user)
        released(prepared, name, name)
        assert (made.files(), len(made.posts), made.uploads) == ([WHEEL, SDIST], 2, 2)
        assert made.seen - {""} == {f"{user}:{made.upload_secret}", f"{user}:{made.read_secret}"}
    assert not {made.read_secret, made.upload_secret} & set(" ".join(keyring.asked()).split())


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("name", each(QUICK, "pypi", "artifactory"))
def test_a_wrong_secret_uploads_nothing(
    name: str, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registry(name, tmp_path / "index-files") as made:
        configured(prepared, name, made)
        logged_in(monkeypatch, name, replace(made, upload_secret=GUESSED))
        done = prepared.publish(name)
        assert (done.code, made.files(), made.uploads) == (1, [], 0)
        assert "zq-base was not published" in done.stderr
        assert GUESSED not in done.stdout + done.stderr


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_index_that_cannot_be_read_is_not_uploaded_to(
    name: str, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registry(name, tmp_path / "index-files") as made:
        configured(prepared, name, made)
        logged_in(monkeypatch, name, made, reads=False)
        done = prepared.publish(name)
        assert (done.code, made.posts) == (1, [])
        assert "it answers 401" in done.stderr


@pytest.mark.needs("scripts")
@pytest.mark.usefixtures("nobody")
def test_a_keyring_that_has_nothing_is_said(
    prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stub.put_on_path(tmp_path, monkeypatch, "keyring")
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    for name in ("UV_INDEX_CODEARTIFACT_USERNAME", "UV_PUBLISH_USERNAME"):
        monkeypatch.setenv(name, "aws")
    with registry("codeartifact", tmp_path / "index-files") as made:
        configured(prepared, "codeartifact", made)
        done = prepared.publish("codeartifact")
        assert (done.code, made.posts, "Traceback" in done.stderr) == (1, [], False)
        assert "the keyring has no password for the user to upload to codeartifact" in done.stderr


@pytest.mark.parametrize("name", catalogue())
def test_a_registry_knows_no_paths_but_its_own(name: str, tmp_path: Path) -> None:
    with registry(name, tmp_path / "index-files") as made:
        login = ("anybody", "anything")
        for simple in (at_loopback(entry.url, made).rstrip("/") for entry in made.entries):
            for url in (simple, f"{simple}/zq-base", f"{simple}/zq-base/x/", f"{simple}-zq-base/"):
                assert requests.get(url, auth=login, timeout=20).status_code == 404, url
        upload = at_loopback(made.entries[0].publish_url, made)
        other = upload[:-1] if upload.endswith("/") else f"{upload}/"
        for url in {other, f"{made.url}elsewhere/"} - {upload, made.url.rstrip("/")}:
            assert requests.post(url, auth=login, timeout=20).status_code == 404, url
        assert requests.post(upload, auth=login, timeout=20).status_code == 401
        page = f"{at_loopback(made.entries[-1].url, made).rstrip('/')}/zq-base/"
        read = requests.get(page, auth=login, timeout=20, allow_redirects=False)
        absent = 302 if made.entries[-1].forward else 404
        assert read.status_code == (401 if made.entries[-1].private else absent)
        assert made.uploads == 0


def sent(made: Registry, content: bytes, metadata: str = "2.1") -> int:
    """Upload a file with its right login; return how that is answered."""
    login = Login.of(made.entries[0], made.upload_secret)
    fields = {":action": "file_upload", "metadata_version": metadata}
    files = {"content": (WHEEL, content)}
    url = at_loopback(made.entries[0].publish_url, made)
    auth = (login.user, login.password)
    return requests.post(url, fields, files=files, auth=auth, timeout=20).status_code


@pytest.mark.parametrize(
    ("same", "other", "answers", "kept"),
    [
        (Rule.ACCEPTED, Rule.REFUSED, [200, 200, 409], b"one content"),
        (Rule.REFUSED, Rule.REFUSED, [200, 409, 409], b"one content"),
        (Rule.UNKNOWN, Rule.UNKNOWN, [200, 409, 409], b"one content"),
        (Rule.OVERWRITTEN, Rule.OVERWRITTEN, [200, 200, 200], b"two content"),
        (Rule.ACCEPTED, Rule.AS_CONFIGURED, [200, 200, 200], b"two content"),
    ],
)
def test_a_registry_treats_duplicates_by_its_rules(
    tmp_path: Path, same: Rule, other: Rule, answers: list[int], kept: bytes
) -> None:
    with registry("nexus", tmp_path / "index-files") as made:
        made.entries = (replace(made.entries[0], same_bytes=same, other_bytes=other),)
        assert [
            sent(made, content) for content in (b"one content", b"one content", b"two content")
        ] == answers
        assert (made.folder / WHEEL).read_bytes() == kept


def test_a_registry_refuses_metadata_that_it_does_not_know(tmp_path: Path) -> None:
    with registry("pypi", tmp_path / "index-files") as made:
        assert sent(made, b"one content", metadata="2.6") == 400
        assert sent(made, b"one content", metadata=made.entries[0].metadata_version) == 200


@pytest.fixture
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the servers' programs."""
    return servers.programs(tmp_path_factory.getbasetemp() / "servers")


def served(prepared: Prepared, name: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Add a server as an index, with the right to upload to it and to read it."""
    _added(prepared, name, server.values, lambda text: text.replace("https://", "http://"))
    committed(prepared)
    entry = catalogue()[name].filled(server.values)
    index = Index(name=name, url=entry.url.replace("https://", "http://"))
    upload = ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD")
    for user, password in (upload, index.variables):
        monkeypatch.setenv(user, servers.USER)
        monkeypatch.setenv(password, servers.SECRET)
    return index


def hashes(index: Index) -> Mapping[str, str]:
    """Return the files that an index has, with their hashes."""
    (files,) = indexes.read_page(index, canonicalize_name("zq-base")).files.values()
    return files


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.exhaustive
def test_a_release_goes_to_pypiserver_itself(
    prepared: Prepared, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.pypiserver(programs, tmp_path / "server") as server:
        index = served(prepared, "pypiserver", server, monkeypatch)
        released(prepared, "pypiserver", "pypiserver")
        assert hashes(index) == {file: sha256(prepared.dist / file) for file in (WHEEL, SDIST)}
        monkeypatch.setenv(index.variables[1], GUESSED)
        refused = prepared.publish("pypiserver")
        assert (refused.code, "it answers 403" in refused.stderr) == (1, True), refused.stderr


@pytest.mark.exhaustive
@pytest.mark.parametrize("volatile", [False, True])
def test_a_release_goes_to_devpi_itself_and_replaces_nothing_even_where_it_could(
    prepared: Prepared,
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    volatile: bool,
) -> None:
    with servers.devpi(programs, tmp_path / "server", volatile=volatile) as server:
        index = served(prepared, "devpi", server, monkeypatch)
        released(prepared, "devpi", "devpi")
        ours = {file: sha256(prepared.dist / file) for file in (WHEEL, SDIST)}
        assert hashes(index) == ours
        # uv alone would have replaced it, on the index that lets it.
        url = index.url.removesuffix("+simple/")
        publish = (os.environ.get("UV", "uv"), "publish", "--trusted-publishing", "never")
        command = (*publish, "--publish-url", url, str(prepared.other / WHEEL))
        replaced = subprocess.run(command, capture_output=True, check=False).returncode == 0
        assert (replaced, hashes(index) != ours) == (volatile, volatile)
