"""One engine: a release in one process and a release in jobs leave the same."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, make_workspace, member

# What a commit and a tag tell of their time is the same in both.
WHEN = {"GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z"}
IN_ONE = (("release", "--execute", "--installer", "uv"),)
IN_JOBS = (
    ("prepare", "--execute"),
    ("build", "--due"),
    ("publish", "--execute", "--from", "dist"),
    ("tag", "--execute"),
    ("verify-git-install", "--unfinished", "--installer", "uv"),
    ("tag", "--execute", "--close", "--verified"),
)


def left_by(
    jobs: tuple[tuple[str, ...], ...], pattern: Path, shelf: Shelf, folder: Path
) -> tuple[str, dict[str, str]]:
    """Release twice in a copy of a checkout and its remote; return all refs, and all files."""
    shutil.copytree(pattern, folder)
    checkout, remote = Repo(folder / "checkout"), Repo(folder / "remote.git")
    for change in ("feat: start", "feat!: other"):
        checkout.git("pull", "--quiet", "--ff-only")
        (checkout.path / "packages/zq-base/src/zq_base/more.py").write_text(
            f"# {change}\n", "utf-8"
        )
        checkout.git("add", "--all")
        checkout.git("commit", "--quiet", "--message", change)
        checkout.git("push", "--quiet")
        for command in jobs:
            words = [str(checkout.path / word) if word == "dist" else word for word in command]
            done = run(checkout.path, *words, **WHEN)
            assert done.code == 0, (command, done.stderr)
        checkout.git("fetch", "--quiet", "--tags")
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in shelf.folder.iterdir()}
    for path in shelf.folder.iterdir():
        path.unlink()
    return remote.refs(), files


def test_a_release_in_jobs_leaves_the_same_bytes_tags_and_commits_as_one_in_one_process(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WHEN.items():
        monkeypatch.setenv(name, value)
    members = {**member("zq-base"), **member("zq-top", "zq-base>=0.1.0,<0.2")}
    checkout = make_workspace(
        tmp_path / "pattern" / "checkout", members, index_table("shelf", shelf.url)
    )
    checkout.with_remote(tmp_path / "pattern" / "remote.git")
    checkout.git("remote", "set-url", "origin", "../remote.git")
    in_one = left_by(IN_ONE, tmp_path / "pattern", shelf, tmp_path / "one")
    in_jobs = left_by(IN_JOBS, tmp_path / "pattern", shelf, tmp_path / "jobs")
    assert in_jobs == in_one
    refs, files = in_one
    assert [line.split("\t")[1] for line in refs.splitlines()] == [
        "refs/heads/main",
        "refs/tags/release/2026.01.02",
        "refs/tags/release/2026.01.02.2",
        "refs/tags/zq-base/v0.1.0",
        "refs/tags/zq-base/v0.2.0",
        "refs/tags/zq-top/v0.1.0",
        "refs/tags/zq-top/v0.1.1",
    ]
    assert len(files) == 8
