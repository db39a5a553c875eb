"""Who sees a secret, and whom members are taken from: the promises about trust."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadworthy.ops import kept, loopback, process, uv
from tests.helpers.cli import ROOT, run
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf, new_shelf
from tests.helpers.workspaces import ROOT as ROOT_MANIFEST
from tests.helpers.workspaces import index_table, make_workspace, member

RELEASE = ("release", "--execute")
CANARY = "canary-7f3a"
SECRETS = {
    "UV_PUBLISH_USERNAME": "__token__",
    "UV_PUBLISH_PASSWORD": CANARY,
    "UV_INDEX_SHELF_USERNAME": "reader",
    "UV_INDEX_SHELF_PASSWORD": CANARY,
    "GITHUB_TOKEN": CANARY,
    "AWS_SECRET_ACCESS_KEY": CANARY,
    "SSH_AUTH_SOCK": f"/{CANARY}",
}
# A backend that packs what it sees: the environment, and what lies in its HOME.
CURIOUS = """\
import json, os, pathlib
from uv_build import *

home = pathlib.Path.home()
seen = {"environment": dict(os.environ), "home": [path.name for path in home.glob(".*")]}
pathlib.Path("src/zq_base/seen.json").write_text(json.dumps(seen))
"""
# A member that does not work where a secret can be seen.
SHY = """\
import os, pathlib

assert "{start}" + "{end}" not in repr(sorted(os.environ.items()))
assert not (pathlib.Path.home() / ".netrc").exists()
"""
LOGGING = """\
printf '%s\\n' "$0 $*" >> "{log}"
exec "{program}" "$@"
"""
ALLOWED = kept.ALLOWED | {
    *("HOME", "USERPROFILE", "XDG_CACHE_HOME", "TMPDIR", "TEMP", "TMP", "PWD", "SHLVL", "_"),
    *("GIT_TERMINAL_PROMPT", "GIT_CONFIG_NOSYSTEM", "PYTHONDONTWRITEBYTECODE"),
    *("PIP_NO_INPUT", "PIP_DISABLE_PIP_VERSION_CHECK", "SOURCE_DATE_EPOCH", "VIRTUAL_ENV"),
    *("UV", "UV_PYTHON_DOWNLOADS", "UV_NO_PROGRESS", "UV_CACHE_DIR", "PIP_CACHE_DIR"),
    *("PYTHONIOENCODING", "UV_INTERNAL__BUILD_DIR"),  # from uv itself
}


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set secrets, put a login into HOME, and log how git and uv are called; return the log."""
    log, tools, home = tmp_path / "arguments.log", tmp_path / "tools", tmp_path / "its home"
    for folder in (tools, home):
        folder.mkdir()
    (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {CANARY}\n", "utf-8")
    for name, program in (("git", shutil.which("git")), ("uv", uv.executable())):
        shell_program(tools / name, LOGGING.format(log=log, program=shutil.which(str(program))))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UV", str(tools / "uv"))
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(home))
    return log


def traces(*places: Path) -> list[str]:
    """Return the files below some places that have the canary, plain or in base64."""
    needles = (CANARY.encode(), b64encode(f"__token__:{CANARY}".encode()))
    files = (path for place in places for path in [place, *place.rglob("*")] if path.is_file())
    return [str(path) for path in files if any(needle in path.read_bytes() for needle in needles)]


@pytest.mark.promise(15)
@pytest.mark.usefixtures("watched")
def test_what_builds_sees_no_secret(tmp_path: Path) -> None:
    files = member("zq-base")
    manifest = files["packages/zq-base/pyproject.toml"]
    files["packages/zq-base/pyproject.toml"] = manifest.replace(
        'build-backend = "uv_build"',
        'build-backend = "curious"\nbackend-path = ["."]\n\n'
        '[tool.uv.build-backend]\nsource-include = ["curious.py"]',
    )
    files["packages/zq-base/curious.py"] = CURIOUS
    repo = make_workspace(tmp_path / "w", files)
    done = run(repo.path, "build")
    assert done.code == 0, done.stderr
    (wheel,) = (repo.path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        seen = json.loads(archive.read("zq_base/seen.json"))
    assert set(seen["environment"]) - ALLOWED == set()
    assert [name for name in seen["home"] if name != ".cache"] == []


@pytest.mark.promise(15)
@pytest.mark.usefixtures("watched")
@pytest.mark.exhaustive
def test_what_is_tried_sees_no_secret(tmp_path: Path, shelf: Shelf) -> None:
    files = member("zq-base", code=SHY.format(start=CANARY[:6], end=CANARY[6:]))
    repo = make_workspace(tmp_path / "w", files, index_table("shelf", shelf.url))
    repo.with_remote(tmp_path / "remote.git")
    by_pip = ("verify-git-install", "--installer", "pip")
    for words in (by_pip, (*RELEASE, "--installer", "uv")):
        done = run(repo.path, *words)
        assert done.code == 0, done.stderr


@pytest.mark.needs("scripts")
@pytest.mark.promise(16)
@pytest.mark.exhaustive
def test_no_secret_is_in_an_argument_a_log_a_report_or_a_file(
    single: Repo, single_remote: Repo, shelf: Shelf, tmp_path: Path, watched: Path
) -> None:
    scratch, summary = tmp_path / "scratch", tmp_path / "summary.md"
    scratch.mkdir()
    found_meanwhile: list[str] = []
    shelf.after_upload = lambda _: found_meanwhile.extend(traces(scratch))
    environment = {"TMPDIR": str(scratch), "GITHUB_STEP_SUMMARY": str(summary)}
    doctor = run(single.path, "doctor", "--json", **environment)
    shelf.refuse_uploads = "403 Forbidden"
    prepared = run(single.path, "prepare", "--execute", **environment)
    refused = run(single.path, "publish", "--execute", **environment)
    shelf.refuse_uploads = ""
    done = run(single.path, *RELEASE, "--installer", "uv", "--json", **environment)
    by_pip = run(single.path, "verify-git-install", "--installer", "pip", **environment)
    runs = (doctor, prepared, refused, done, by_pip)
    assert [each.code for each in runs] == [0, 0, 1, 0, 0], done.stderr
    assert shelf.users == {f"__token__:{CANARY}"}  # it was used, and so could have been seen
    told = "".join(each.stdout + each.stderr for each in runs)
    assert CANARY not in told
    assert "publish --publish-url" in watched.read_text("utf-8")
    assert found_meanwhile == []
    assert traces(watched, summary, single.path, single_remote.path, shelf.folder) == []


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Shelf]:
    """Serve a second index, which is somebody else's."""
    made, app = new_shelf(tmp_path / "index-files-elsewhere")
    with loopback.serve(app) as made.url:
        yield made


@pytest.mark.promise(17)
@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_an_upload_that_is_sent_elsewhere_takes_no_credentials_there(
    status: str, ready: Repo, shelf: Shelf, elsewhere: Shelf
) -> None:
    shelf.refuse_uploads, shelf.headers = status, (("Location", elsewhere.url),)
    done = run(ready.path, "publish", "--execute")
    assert done.code == 1
    assert (elsewhere.users - {""}, elsewhere.files(), shelf.files()) == (set(), [], [])


@pytest.mark.promise(17)
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://index.invalid/", "http://index.invalid/ is not https"),
        ("https://pypi.pkg.github.com/OWNER/", "GitHub has no package index for Python"),
    ],
)
def test_credentials_are_sent_neither_in_the_open_nor_to_what_is_no_index(
    url: str, said: str, tmp_path: Path
) -> None:
    repo = make_workspace(tmp_path / "w", member("zq-base"), index_table("shelf", url))
    repo.with_remote(tmp_path / "remote.git")
    done = run(repo.path, *RELEASE)
    assert (done.code, said in done.stderr) == (1, True), done.stderr


@pytest.mark.promise(30)
def test_every_index_of_the_template_is_explicit_and_none_is_mixed_with_others() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]
    # `authenticate = "always"` would make trusted publishing impossible on a public index.
    assert [(i["name"], i["explicit"], "authenticate" in i) for i in table["index"]] == [
        ("testpypi", True, False)
    ]
    assert "index-strategy" not in table


@pytest.mark.promise(30)
def test_a_member_is_taken_from_its_index_and_not_from_where_a_stranger_has_a_higher_one(
    ready: Repo, shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    assert run(ready.path, "publish", "--execute").code == 0
    theirs = make_workspace(tmp_path / "theirs", member("zq-base", version="99.0"))
    uv.build(theirs.path, None, elsewhere.folder, process.scrubbed(tmp_path / "home"))
    strangers = {"UV_DEFAULT_INDEX": f"{elsewhere.url}simple/"}
    verified = run(ready.path, "verify-index-install", "--json", **strangers)
    assert verified.code == 0, verified.stderr
    # The control: both indexes side by side give the stranger's.
    environment = {**os.environ, **strangers}
    python = uv.make_environment(tmp_path / "env", environment, sys.executable)
    mixed = ("--index", f"{shelf.url}simple/", "--index-strategy", "unsafe-best-match")
    uv.install(python, (*mixed, "zq-base"), environment)
    asked = (str(python), "-m", "pip", "--version")
    assert subprocess.run(asked, capture_output=True, check=False).returncode
    version = "from importlib.metadata import version; print(version('zq-base'))"
    said = subprocess.run((str(python), "-c", version), capture_output=True, text=True, check=True)
    assert said.stdout == "99.0\n"


@pytest.mark.promise(30)
def test_what_others_made_is_taken_from_the_default_index_whatever_lies_beside_the_members(
    tmp_path: Path, shelf: Shelf, elsewhere: Shelf
) -> None:
    for folder, version in ((elsewhere.folder, "1.0"), (shelf.folder, "99.0")):
        code = f'VERSION = "{version}"\n'
        theirs = make_workspace(tmp_path / version, member("zq-third", version=version, code=code))
        uv.build(theirs.path, None, folder, process.scrubbed(tmp_path / f"home-{version}"))
    files = member("zq-base", code='import zq_third\n\nassert zq_third.VERSION == "1.0"\n')
    path = "packages/zq-base/pyproject.toml"
    files[path] = files[path].replace("dependencies = []", 'dependencies = ["zq-third"]')
    root = ROOT_MANIFEST.format(more=index_table("shelf", shelf.url))
    repo = Repo.init(tmp_path / "w")
    repo.commit("feat: start", {"pyproject.toml": root, **files})
    repo.with_remote(tmp_path / "remote.git")
    for command in ("prepare", "publish"):
        assert run(repo.path, command, "--execute").code == 0
    strangers = {"UV_DEFAULT_INDEX": f"{elsewhere.url}simple/"}
    done = run(repo.path, "verify-index-install", **strangers)
    assert done.code == 0, done.stderr
