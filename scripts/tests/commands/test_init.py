"""The command `init`: a clone of the template becomes a project, in one commit or not at all."""

import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cli import ROOT, Done, command, run
from tests.helpers.repository import Repo
from tests.helpers.template import TAG, clone, make_template

HOME = "https://github.com/acme/acme"
INIT = ("init", "--name", "acme", "--repository", HOME, "--author", "Acme <dev@acme.example>")


@pytest.fixture
def template(tmp_path: Path) -> Repo:
    """Return the template as a forge has it."""
    return make_template(tmp_path)


@pytest.fixture
def desk(template: Repo, tmp_path: Path) -> Repo:
    """Return a fresh clone of the template."""
    return clone(template, tmp_path / "acme")


def state(repo: Repo) -> tuple[str, str, str]:
    """Return all that `init` could change in a clone."""
    return repo.refs(), repo.git("status", "--porcelain"), repo.git("remote", "--verbose")


def manifest(repo: Repo) -> dict[str, Any]:
    return tomllib.loads((repo.path / "pyproject.toml").read_text("utf-8"))


def source(repo: Repo) -> dict[str, str]:
    found: dict[str, str] = manifest(repo)["tool"]["uv"]["sources"]["roadworthy"]
    return found


def files(repo: Repo) -> list[str]:
    return repo.git("ls-files").splitlines()


def refused(done: Done, code: str) -> None:
    """Check that there was one problem, with a way out."""
    (problem,) = done.json["problems"]
    assert (done.code, problem["code"], bool(problem["hint"])) == (2, code, True), problem


def test_it_shows_what_it_would_do_and_changes_nothing(desk: Repo, template: Repo) -> None:
    template.git("tag", TAG)
    desk.git("fetch", "--quiet", "--tags")
    before = state(desk)
    done = run(desk.path, *INIT)
    assert (done.code, state(desk)) == (0, before), done.stderr
    head = template.head()[:12]
    assert done.stdout == (
        f"acme, made from {template.path.as_uri()} at {head}\n\n"
        "remove  packages/\n        the examples\n"
        f"remove  scripts/\n        the tooling comes by git, at {TAG}\n"
        "remove  .ci/, tests/conftest.py, tests/template/\n        only for the template\n"
        "write   .github/CODEOWNERS, CONTRIBUTING.md, LICENSE, README.md, SECURITY.md\n"
        "edit    pyproject.toml, uv.lock\n        the umbrella acme-workspace\n\n"
        "Nothing was changed. To do it: nox -s init -- --execute "
        f"--workspace {desk.path} --name acme --repository {HOME} "
        "--author 'Acme <dev@acme.example>'\n"
    )


def test_with_execute_a_project_is_there_in_one_commit(desk: Repo, template: Repo) -> None:
    start = template.head()
    done = run(desk.path, *INIT, "--execute")
    assert done.code == 0, done.stderr
    assert files(desk) == [
        ".github/CODEOWNERS",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "noxfile.py",
        "pyproject.toml",
        "tests/test_workspace.py",
        "uv.lock",
    ]
    table = manifest(desk)
    assert table["project"] == {
        "name": "acme-workspace",
        "version": "0",
        "description": "Every member of the acme workspace",
        "license": "MIT",
        "license-files": ["LICENSE"],
        "requires-python": ">=3.11",
        "classifiers": ["Private :: Do Not Upload"],
        "dependencies": [],
        "authors": [{"name": "Acme", "email": "dev@acme.example"}],
        "urls": {"Repository": HOME},
    }
    url = template.path.as_uri()
    assert table["tool"]["template"] == {"source": url, "revision": start}
    assert table["tool"]["uv"]["sources"] == {
        "roadworthy": {"git": url, "rev": start, "subdirectory": "scripts"}
    }
    assert (table["tool"]["release"], desk.head("HEAD~1")) == ({"index": ""}, start)
    assert (desk.git("status", "--porcelain"), desk.git("tag")) == ("", "")
    assert desk.git("remote", "get-url", "origin") == HOME
    assert desk.git("remote", "get-url", "template") == str(template.path)


def test_afterwards_nothing_speaks_of_the_template_or_of_its_examples(desk: Repo) -> None:
    assert run(desk.path, *INIT, "--execute").code == 0
    words = {name: (desk.path / name).read_text("utf-8") for name in files(desk)}
    assert [name for name, text in words.items() if "zq" in text.replace("/zq-", "")] == []
    assert "Acme" in words["LICENSE"]
    assert f"git+{HOME}" in words["README.md"]


def test_the_tooling_comes_at_its_newest_tag_that_the_commit_has(
    desk: Repo, template: Repo, tmp_path: Path
) -> None:
    for tag in ("roadworthy/v0.9.0", "roadworthy/v0.10.0", "roadworthy/vnext"):
        template.git("tag", tag)
    other = clone(template, tmp_path / "other")
    other.commit("feat: later")
    other.git("tag", "roadworthy/v2.0.0")
    other.git("push", "--quiet", "origin", "HEAD:refs/heads/later", "roadworthy/v2.0.0")
    desk.git("fetch", "--quiet", "--tags")
    assert run(desk.path, *INIT, "--execute").code == 0
    assert (source(desk)["tag"], desk.git("tag")) == ("roadworthy/v0.10.0", "")


def test_the_folder_of_the_tooling_stays_where_that_is_wanted(desk: Repo) -> None:
    assert run(desk.path, *INIT, "--tooling", "keep", "--execute").code == 0
    assert manifest(desk)["tool"]["uv"]["sources"]["roadworthy"] == {"workspace": True}
    assert "scripts/pyproject.toml" in files(desk)


def test_the_examples_stay_under_the_name_of_the_project(desk: Repo) -> None:
    options = ("--examples", "keep", "--license", "Apache-2.0")
    done = run(desk.path, *INIT, *options, "--execute")
    assert done.code == 0, done.stderr
    kept = [name for name in files(desk) if name.startswith("packages/")]
    assert "packages/acme-app/src/acme_app/__init__.py" in kept
    assert manifest(desk)["project"]["dependencies"] == ["acme-app", "acme-base"]
    text = (desk.path / "packages/acme-app/pyproject.toml").read_text("utf-8")
    app = tomllib.loads(text)["project"]
    assert (app["dependencies"], app["license"]) == (["acme-base>=0.1.0,<0.2"], "Apache-2.0")
    assert "Apache License" in (desk.path / "packages/acme-app/LICENSE").read_text("utf-8")


def test_a_new_history_has_one_commit(desk: Repo) -> None:
    assert run(desk.path, *INIT, "--history", "new", "--execute").code == 0
    assert desk.git("rev-list", "--count", "HEAD") == "1"
    assert desk.git("status", "--porcelain") == ""


def test_another_licence_comes_from_a_file(desk: Repo, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("All rights are ours.\n", "utf-8")
    options = ("--license", "LicenseRef-Acme", "--license-file", str(tmp_path / "text"))
    assert run(desk.path, *INIT, *options, "--execute").code == 0
    assert (desk.path / "LICENSE").read_text("utf-8") == "All rights are ours.\n"
    assert manifest(desk)["project"]["license"] == "LicenseRef-Acme"


def test_a_copy_without_history_finds_the_commit_by_its_files(
    template: Repo, tmp_path: Path
) -> None:
    start = template.head()
    copy = clone(template, tmp_path / "copy")
    copy.git("checkout", "--quiet", "--orphan", "fresh")
    copy.commit("Initial commit")
    copy.git("branch", "--quiet", "--delete", "--force", "main")
    copy.git("branch", "--quiet", "--move", "main")
    copy.git("remote", "set-url", "origin", HOME)
    refused(run(copy.path, *INIT, "--json"), "template-unknown")
    done = run(copy.path, *INIT, "--template", str(template.path), "--execute")
    assert done.code == 0, done.stderr
    assert manifest(copy)["tool"]["template"]["revision"] == start
    assert copy.git("remote") == "origin"


def test_what_shares_nothing_with_the_template_is_refused(desk: Repo, tmp_path: Path) -> None:
    stranger = Repo.init(tmp_path / "stranger")
    stranger.commit("feat: something else", {"a": "b"})
    done = run(desk.path, *INIT, "--template", str(stranger.path), "--json")
    refused(done, "template-unrelated")


def test_without_a_clone_it_makes_one(template: Repo, tmp_path: Path) -> None:
    target = tmp_path / "new"
    options = ("--template", str(template.path), "--into", str(target))
    assert run(tmp_path, *INIT, *options).code == 0
    assert not target.exists()
    done = run(tmp_path, *INIT, *options, "--execute")
    assert done.code == 0, done.stderr
    assert Repo(target).git("remote", "get-url", "origin") == HOME
    refused(run(tmp_path, *INIT, *options, "--execute", "--json"), "folder-not-empty")


def test_a_template_that_cannot_be_reached_is_said(desk: Repo, tmp_path: Path) -> None:
    before = state(desk)
    done = run(desk.path, *INIT, "--template", str(tmp_path / "nowhere"), "--execute")
    assert (done.code, state(desk)) == (1, before)
    assert "check the URL of the template" in done.stderr


def test_a_second_run_a_dirty_tree_and_no_branch_are_refused(desk: Repo) -> None:
    (desk.path / "noxfile.py").write_text("mine\n", "utf-8")
    refused(run(desk.path, *INIT, "--execute", "--json"), "tree-not-clean")
    desk.git("checkout", "--quiet", "--", ".")
    desk.git("checkout", "--quiet", "--detach")
    refused(run(desk.path, *INIT, "--execute", "--json"), "head-detached")
    desk.git("checkout", "--quiet", "main")
    assert run(desk.path, *INIT, "--execute").code == 0
    refused(run(desk.path, *INIT, "--execute", "--json"), "template-used")


def test_what_is_no_template_is_refused(pair: Repo) -> None:
    refused(run(pair.path, *INIT, "--json"), "template-missing")


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ((), ["init-name", "init-repository"]),
        (("--name", "no name", "--repository", HOME), ["name-invalid"]),
        (("--name", "json", "--repository", HOME), ["name-standard"]),
        (("--name", "acme", "--repository", HOME, "--license", "Own"), ["init-license"]),
        (("--name", "acme", "--repository", HOME, "--into", "x"), ["template-unknown"]),
    ],
)
def test_what_is_missing_or_wrong_is_said_before_anything_is_done(
    tmp_path: Path, given: tuple[str, ...], codes: list[str]
) -> None:
    done = run(tmp_path, "init", *given, "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (2, codes)


def test_where_uv_cannot_lock_everything_stays_as_it_was(desk: Repo) -> None:
    text = (desk.path / "pyproject.toml").read_text("utf-8")
    lost = 'zq-lost = { path = "nowhere" }\n\n[[tool.uv.index]]'
    broken = text.replace("[[tool.uv.index]]", lost).replace('["roadworthy"]', '["zq-lost"]')
    desk.commit("break", {"pyproject.toml": broken})
    before = state(desk)
    done = run(desk.path, *INIT, "--execute")
    assert (done.code, state(desk)) == (1, before)
    assert "uv cannot lock the new project" in done.stderr
    assert "--tooling keep" in done.stderr


def test_on_a_terminal_it_asks_for_what_is_missing(desk: Repo) -> None:
    ours, theirs = os.openpty()
    os.write(ours, f"acme\n{HOME}\nAcme\nApache-2.0\n".encode())
    done = subprocess.run(
        command(desk.path, "init"), cwd=ROOT, stdin=theirs, capture_output=True, check=False
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stderr
    line = f"--name acme --repository {HOME} --author Acme --license Apache-2.0"
    assert line in done.stdout.decode()


def test_a_question_that_nobody_answers_is_said(desk: Repo) -> None:
    ours, theirs = os.openpty()
    os.write(ours, b"\x04")
    done = subprocess.run(
        command(desk.path, "init"), cwd=ROOT, stdin=theirs, capture_output=True, check=False
    )
    os.close(theirs)
    os.close(ours)
    assert (done.returncode, b"init-unanswered" in done.stderr) == (2, True)


def test_a_file_that_git_ignores_is_not_overwritten(desk: Repo) -> None:
    (desk.path / ".git/info").mkdir(exist_ok=True)
    (desk.path / ".git/info/exclude").write_text("SECURITY.md\n", "utf-8")
    (desk.path / "SECURITY.md").write_text("mine\n", "utf-8")
    before = state(desk)
    refused(run(desk.path, *INIT, "--execute", "--json"), "folder-not-empty")
    assert state(desk) == before
    assert (desk.path / "SECURITY.md").read_text("utf-8") == "mine\n"
