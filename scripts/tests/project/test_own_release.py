"""The tooling's own release: it is a member, and is released as the others are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.cli import ROOT, run
from tests.helpers.hostile import shielded
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, make_workspace, member

UV = os.environ.get("UV", "uv")
TAG = "roadworthy/v1.0.0"


def with_the_tooling(path: Path, url: str) -> Repo:
    """Make a workspace that has the tooling as it is here, beside a member of its own."""
    table = "[tool.uv.sources]\nroadworthy = { workspace = true }\n" + index_table("shelf", url)
    repo = make_workspace(path, member("zq-base"), table)
    for name in Repo(ROOT).git("ls-files", "--", "scripts").splitlines():
        if (ROOT / name).is_file() and not name.startswith("scripts/tests"):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path / name)
    manifest = (path / "pyproject.toml").read_text("utf-8")
    changed = manifest.replace('"packages/*"', '"packages/*", "scripts"')
    repo.commit("feat: the tooling", {"pyproject.toml": changed})
    return repo


def planned(repo: Repo, *arguments: str) -> list[str]:
    """Return the members that are released."""
    return [m["name"] for m in run(repo.path, "plan", "--json", *arguments).json["members"]]


def test_a_clone_plans_its_own_members_alone(tmp_path: Path, shelf: Shelf) -> None:
    repo = with_the_tooling(tmp_path / "clone", shelf.url)
    repo.with_remote(tmp_path / "clone.git")
    assert planned(repo, "--index", "") == ["zq-base"]
    assert planned(repo, "--index", "", "--only", "roadworthy") == ["roadworthy"]


def test_a_fork_has_the_settings_of_its_home_and_does_not_release_the_tooling(
    tmp_path: Path, shelf: Shelf
) -> None:
    repo = with_the_tooling(tmp_path / "home", shelf.url)
    home = "https://forge.invalid/acme/tools"
    path = repo.path / "scripts" / "pyproject.toml"
    text = path.read_text("utf-8").replace(
        "[project.scripts]", f'[project.urls]\nRepository = "{home}"\n\n[project.scripts]'
    )
    root = (repo.path / "pyproject.toml").read_text("utf-8")
    settings = root.replace("[tool.release]\n", f'[tool.release]\nrepository = "{home}"\n')
    repo.commit("build: home", {"scripts/pyproject.toml": text, "pyproject.toml": settings})
    repo.git("remote", "add", "origin", f"{home}.git")
    assert planned(repo, "--index", "") == ["roadworthy", "zq-base"]
    repo.git("remote", "set-url", "origin", "https://forge.invalid/fork/tools")
    assert planned(repo, "--index", "") == ["zq-base"]


@pytest.mark.exhaustive
def test_the_tooling_is_released_and_runs_from_its_tag_and_from_the_index(
    tmp_path: Path, shelf: Shelf
) -> None:
    repo = with_the_tooling(tmp_path / "home", shelf.url)
    remote = repo.with_remote(tmp_path / "home.git")
    words = ("release", "--execute", "--only", "roadworthy", "--installer", "uv")
    done = run(repo.path, *words)
    assert done.code == 0, done.stderr
    assert [name for name in remote.git("tag").splitlines() if "roadworthy" in name] == [TAG]
    assert shelf.files() == ["roadworthy-1.0.0-py3-none-any.whl", "roadworthy-1.0.0.tar.gz"]
    url = f"roadworthy @ git+{remote.path.as_uri()}@{TAG}#subdirectory=scripts"
    from_index = ("--index", f"{shelf.url}simple/", "--from", "roadworthy==1.0.0")
    for source in (("--from", url), from_index):
        command = (UV, "tool", "run", "--quiet", "--python", sys.executable, *source)
        done_alone = subprocess.run(
            (*command, "roadworthy", "plan", "--index", ""),
            cwd=repo.path,
            env=shielded(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done_alone.returncode == 0, done_alone.stderr
        assert "zq-base/v0.1.0" in done_alone.stdout
