"""A member may require what lies on an index that wants credentials, and these stay ours."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from roadworthy.ops import loopback, process, uv
from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import member

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECRET = "canary-5f20"  # noqa: S105 - no secret: it is looked for where it must not be
EXPECTED = f"Basic {b64encode(f'reader:{SECRET}'.encode()).decode()}"
LOGIN = {"UV_INDEX_COMPANY_USERNAME": "reader", "UV_INDEX_COMPANY_PASSWORD": SECRET}
CODE = """
import os

import zq_third

assert not any("canary" in value for value in os.environ.values())
"""
THIRD = """
[project]
name = "zq-third"
version = "1.0"

[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"
"""


def private(app: "WSGIApplication") -> "WSGIApplication":
    """Put an index behind a login."""

    def gate(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ.get("HTTP_AUTHORIZATION") == EXPECTED:
            return app(environ, start)
        start("401 Unauthorized", [("WWW-Authenticate", "Basic"), ("Content-Length", "0")])
        return []

    return gate


@pytest.fixture
def company(tmp_path: Path) -> Iterator[str]:
    """Serve a third party's distribution to those alone who know the password; give the URL."""
    source, files = tmp_path / "third", tmp_path / "files"
    (source / "src/zq_third").mkdir(parents=True)
    (source / "src/zq_third/__init__.py").write_text("", "utf-8")
    (source / "pyproject.toml").write_text(THIRD, "utf-8")
    files.mkdir()
    uv.build(source, None, files, process.scrubbed(tmp_path / "home"))
    with loopback.serve(private(loopback.application(files))) as url:
        yield f"{url}simple/"


def workspace(tmp_path: Path, root: str = "", source: str = "") -> Repo:
    """Return a workspace of one member that requires the third party's distribution."""
    files = member("zq-base", code=CODE)
    path = "packages/zq-base/pyproject.toml"
    text = files[path].replace("dependencies = []", 'dependencies = ["zq-third"]')
    files[path] = f"{text}{source}"
    repo = Repo.init(tmp_path / "workspace")
    root = f'[tool.uv.workspace]\nmembers = ["packages/*"]\n{root}'
    repo.commit("feat: start", {"pyproject.toml": root, **files})
    return repo


def test_uv_takes_what_is_mapped_to_an_index_with_a_login(company: str, tmp_path: Path) -> None:
    index = f'[[tool.uv.index]]\nname = "company"\nurl = "{company}"\nexplicit = true\n'
    repo = workspace(tmp_path, index, 'zq-third = { index = "company" }\n')
    command = ("verify-git-install", "--installer", "uv")
    assert run(repo.path, *command).code == 1  # nobody knows the password
    done = run(repo.path, *command, **LOGIN)
    assert done.code == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("installer", "variable"),
    [
        ("uv", "UV_DEFAULT_INDEX"),
        ("uv", "UV_EXTRA_INDEX_URL"),
        pytest.param("pip", "PIP_EXTRA_INDEX_URL", marks=pytest.mark.exhaustive),
    ],
)
def test_an_index_of_the_user_with_a_password_in_its_url_is_read_without_it(
    installer: str, variable: str, company: str, tmp_path: Path
) -> None:
    repo = workspace(tmp_path)
    url = company.replace("http://", f"http://reader:{SECRET}@")
    command = ("verify-git-install", "--installer", installer)
    done = run(repo.path, *command, **{variable: url})
    assert done.code == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
