"""One engine: a release in one process and a release in jobs leave the same."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo, remote_of
from tests.helpers.shelf import Shelf

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


CHANGES = ("feat: start", "feat!: other")
# What the second release adds, and what both do.
SECOND = [
    "refs/heads/main",
    "refs/tags/release/2026.01.02",
    "refs/tags/zq-base/v0.2.0",
    "refs/tags/zq-top/v0.1.1",
]
BOTH = [
    *SECOND[:2],
    "refs/tags/release/2026.01.02.2",
    "refs/tags/zq-base/v0.1.0",
    *SECOND[2:3],
    "refs/tags/zq-top/v0.1.0",
    *SECOND[3:],
]


def left_by(
    jobs: tuple[tuple[str, ...], ...], start: Repo, shelf: Shelf, changes: Sequence[str]
) -> tuple[list[str], dict[str, str]]:
    """Release each change in a copy of a checkout and its remote; return all that is new."""
    folder = start.path.parent / f"in {len(jobs)}"
    checkout, remote = Repo(folder / "checkout"), Repo(folder / "remote.git")
    shutil.copytree(start.path, checkout.path)
    shutil.copytree(remote_of(start).path, remote.path)
    checkout.git("remote", "set-url", "origin", "../remote.git")
    before, there = remote.refs().splitlines(), set(shelf.folder.iterdir())
    for change in changes:
        checkout.git("pull", "--quiet", "--ff-only")
        checkout.commit(change, {"packages/zq-base/src/zq_base/more.py": f"# {change}\n"})
        checkout.git("push", "--quiet")
        for command in jobs:
            words = [str(checkout.path / word) if word == "dist" else word for word in command]
            done = run(checkout.path, *words, **WHEN)
            assert done.code == 0, (command, done.stderr)
    new = set(shelf.folder.iterdir()) - there
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in new}
    for path in new:
        path.unlink()
    return [line for line in remote.refs().splitlines() if line not in before], files


@pytest.mark.parametrize(
    ("start", "changes", "expected"),
    [
        ("released", CHANGES[1:], SECOND),
        pytest.param("pair", CHANGES, BOTH, marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.exhaustive
def test_a_release_in_jobs_leaves_the_same_bytes_tags_and_commits_as_one_in_one_process(
    start: str,
    changes: Sequence[str],
    expected: list[str],
    shelf: Shelf,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repo: Repo = request.getfixturevalue(start)
    for name, value in WHEN.items():
        monkeypatch.setenv(name, value)
    in_one = left_by(IN_ONE, repo, shelf, changes)
    assert left_by(IN_JOBS, repo, shelf, changes) == in_one
    refs, files = in_one
    assert [line.split("\t")[1] for line in refs] == expected
    assert len(files) == 4 * len(changes)


@pytest.mark.exhaustive
@pytest.mark.parametrize("waits_after", ["prepare", "build", "publish", "tag"])
def test_what_is_merged_while_a_release_waits_is_not_in_it(
    waits_after: str, pair: Repo, tmp_path: Path
) -> None:
    remote, desk = remote_of(pair), Repo(tmp_path / "desk")
    remote.git("clone", "--quiet", ".", str(desk.path))
    prepared = ""
    for number, job in enumerate(IN_JOBS):
        pair.git("pull", "--quiet", "--ff-only")
        words = [str(pair.path / word) if word == "dist" else word for word in job]
        done = run(pair.path, *words)
        assert done.code == 0, (job, done.stderr)
        prepared = prepared or remote.head()
        if job[0] == waits_after:
            desk.git("pull", "--quiet", "--ff-only")
            desk.commit(f"fix: {number}", {f"packages/zq-base/src/zq_base/n{number}.py": ""})
            desk.git("push", "--quiet")
    assert remote.head() != prepared
    made = remote.git("tag").splitlines()
    assert [name.rpartition("/")[0] for name in made] == ["release", "zq-base", "zq-top"]
    assert [remote.head(name) for name in made] == [prepared] * 3
