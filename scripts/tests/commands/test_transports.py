"""Every way to a repository, open or private, by uv's and pip's own git; and no secret told."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadworthy.ops import pip, uv
from tests.helpers.cli import Done, run
from tests.helpers.forges import USER, HttpForge, http_forge, ssh_forge, with_token
from tests.helpers.hostile import shielded
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

TOKEN = "canary-token"  # noqa: S105 - no secret: it is looked for in what is printed
SOON = 20.0
# Both fetch by git, which has the credentials; how pip comes by it is tried with --exhaustive.
each_installer = pytest.mark.parametrize(
    "installer", ["uv", pytest.param("pip", marks=pytest.mark.exhaustive)]
)


@pytest.fixture
def forge_folder(tmp_path: Path) -> Path:
    """Return a folder with a bare repository of three members, as a forge has it."""
    repo = make_workspace(tmp_path / "workspace", trio())
    folder = tmp_path / "forge"
    bare = folder / "owner" / "repo.git"
    repo.git("clone", "--quiet", "--bare", str(repo.path), str(bare))
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        Repo(bare).git("config", f"uploadpack.{setting}", "true")
    return folder


@pytest.fixture
def private(forge_folder: Path) -> Iterator[HttpForge]:
    """Serve that repository to those alone who know the token."""
    with http_forge(forge_folder, TOKEN) as forge:
        yield forge


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty HOME."""
    folder = tmp_path / "a home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


def verify(url: str, *arguments: str, **environment: str) -> Done:
    """Verify a member of a repository by its URL, each installer fetching for itself."""
    options = ("--json", "--url", url, "--ref", "main", "--direct", "zq-middle", *arguments)
    return run(Path.cwd(), "verify-git-install", *options, **environment)


def assert_verified(installer: str, url: str, named: str = "", **environment: str) -> None:
    """Require that both members come from a URL, as it is named, and that no secret is told."""
    done = verify(named or url, "--installer", installer, **environment)
    assert done.code == 0, done.stderr
    path = "#subdirectory=packages/zq-middle"
    assert [(r["installer"], r["ok"], r["requirement"]) for r in done.json["results"]] == [
        (installer, True, f"zq-middle @ git+{url}@main{path}")
    ]
    assert TOKEN not in done.stdout + done.stderr


@each_installer
def test_by_a_file_url(installer: str, forge_folder: Path) -> None:
    url = (forge_folder / "owner" / "repo.git").as_uri()
    assert_verified(installer, url)


@each_installer
def test_by_http(installer: str, forge_folder: Path) -> None:
    with http_forge(forge_folder) as forge:
        url = f"{forge.url}owner/repo.git"
        assert_verified(installer, url)


@each_installer
def test_by_ssh_with_a_key(installer: str, forge_folder: Path, tmp_path: Path) -> None:
    with ssh_forge(forge_folder, tmp_path / "keys") as forge:
        url = f"{forge.url}/owner/repo.git"
        assert_verified(installer, url, **forge.environment)


@each_installer
def test_with_a_token_in_the_url(installer: str, private: HttpForge) -> None:
    url = f"{private.url}owner/repo.git"
    assert_verified(installer, url, with_token(url, TOKEN))


@each_installer
def test_with_a_netrc(installer: str, private: HttpForge, home: Path) -> None:
    line = f"machine 127.0.0.1 login {USER} password {TOKEN}\n"
    (home / ".netrc").write_text(line, "utf-8")
    (home / ".netrc").chmod(0o600)
    url = f"{private.url}owner/repo.git"
    assert_verified(installer, url)


@each_installer
def test_with_a_credential_helper(installer: str, private: HttpForge, home: Path) -> None:
    settings = home / "gitconfig"
    helper = f"!f() {{ echo username={USER}; echo password={TOKEN}; }}; f"
    settings.write_text(f'[credential]\n\thelper = "{helper}"\n', "utf-8")
    url = f"{private.url}owner/repo.git"
    assert_verified(installer, url, GIT_CONFIG_GLOBAL=str(settings))


@pytest.mark.needs("scripts")
@each_installer
def test_with_an_askpass_program(installer: str, private: HttpForge, home: Path) -> None:
    answer = f'case "$1" in User*) echo {USER} ;; *) echo {TOKEN} ;; esac'
    program = shell_program(home / "askpass", answer)
    url = f"{private.url}owner/repo.git"
    assert_verified(installer, url, GIT_ASKPASS=str(program))


def test_a_private_repository_without_credentials_is_refused_soon(
    private: HttpForge, home: Path
) -> None:
    assert not list(home.iterdir())
    url = f"{private.url}owner/repo.git"
    for named in (url, with_token(url, "wrong-token")):
        started = time.monotonic()
        done = verify(named)
        assert (done.code, time.monotonic() - started < SOON) == (1, True)
        assert "a private one needs credentials" in done.stderr
        assert f"git ls-remote {url}" in done.stderr
        assert "wrong-token" not in done.stdout + done.stderr


def test_a_key_that_is_not_known_is_refused_soon(forge_folder: Path, tmp_path: Path) -> None:
    with ssh_forge(forge_folder, tmp_path / "keys", authorised=False) as forge:
        started = time.monotonic()
        done = verify(f"{forge.url}/owner/repo.git", **forge.environment)
        assert (done.code, time.monotonic() - started < SOON) == (1, True)
        assert "Permission denied" in done.stderr
        assert "a private one needs credentials" in done.stderr


def test_without_direct_one_clone_is_all_that_the_forge_sees(private: HttpForge) -> None:
    url = with_token(f"{private.url}owner/repo.git", TOKEN)
    arguments = ("--json", "--url", url, "--ref", "main")
    done = run(Path.cwd(), "verify-git-install", *arguments, "--installer", "uv")
    assert done.code == 0, done.stderr
    assert sorted(set(private.asked)) == [
        "/owner/repo.git/git-upload-pack",
        "/owner/repo.git/info/refs",
    ]
    assert private.asked.count("/owner/repo.git/info/refs") <= 2  # with and without who asks


MANIFEST = """\
[project]
name = "consumer"
version = "0"
requires-python = ">=3.11"
dependencies = [{urls}]

[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"

[tool.uv.build-backend]
module-name = []
"""


@pytest.mark.exhaustive
def test_a_project_with_direct_references_is_installed_by_pip(
    private: HttpForge, tmp_path: Path, home: Path
) -> None:
    line = f"machine 127.0.0.1 login {USER} password {TOKEN}\n"
    (home / ".netrc").write_text(line, "utf-8")
    (home / ".netrc").chmod(0o600)
    url = f"{private.url}owner/repo.git"
    names = ("zq-base", "zq-middle")
    urls = (f'"{n} @ git+{url}@main#subdirectory=packages/{n}"' for n in names)
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(MANIFEST.format(urls=", ".join(urls)), "utf-8")
    environment = shielded()
    python = uv.make_environment(tmp_path / "env", environment, sys.executable)
    pip.install(python, [str(project)], environment)
    pip.check(python, environment)
    imports = (str(python), "-c", "import zq_base, zq_middle")
    subprocess.run(imports, check=True)


def test_a_project_names_a_variable_for_its_token_and_locks_no_secret(
    private: HttpForge, tmp_path: Path
) -> None:
    url = with_token(f"{private.url}owner/repo.git", "${TOKEN}")
    requirement = f'"zq-middle @ git+{url}@main#subdirectory=packages/zq-middle"'
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(MANIFEST.format(urls=requirement), "utf-8")
    environment = {**shielded(), "TOKEN": TOKEN, "UV_CACHE_DIR": str(tmp_path / "cache")}
    python = uv.make_environment(tmp_path / "env", environment, sys.executable)
    uv.sync(project, tmp_path / "env", environment, str(python))
    lock = (project / "uv.lock").read_text("utf-8")
    assert (TOKEN in lock, "zq-base" in lock) == (False, True)
    uv.check(python, environment)
