"""A release, for real: a bare repository as the remote, pypiserver as the index."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from roadworthy.ops import loopback, uv
from tests.helpers.broken_off import RELEASE, STEPS, Running
from tests.helpers.cli import ROOT, command, run
from tests.helpers.hostile import shielded
from tests.helpers.jobs import PREPARE, PUBLISH, release_in_jobs
from tests.helpers.repository import Repo, remote_of
from tests.helpers.shelf import Shelf, new_shelf
from tests.helpers.workspaces import member, workspace_and_remote

PAIR = ("zq-base", "zq-top")
PAIR_TAGS = ["zq-base/v0.1.0", "zq-top/v0.1.0"]
PAIR_FILES = sorted(
    f"zq_{name}-0.1.0{ending}"
    for name in ("base", "top")
    for ending in ("-py3-none-any.whl", ".tar.gz")
)
PROOFS = (
    ("direct", "uv"),
    ("direct", "pip"),
    ("index", "uv"),
    ("index-together", "uv"),
    ("wheel", "uv"),
)


def tags(repo: Repo) -> tuple[list[str], list[str]]:
    """Return the member tags and the release tags of a repository."""
    names = repo.git("tag").splitlines()
    releases = [name for name in names if name.startswith("release/")]
    return [name for name in names if name not in releases], releases


def state(repo: Repo) -> tuple[str, str]:
    """Return all that a rehearsal must leave as it was."""
    return repo.refs(), repo.git("status", "--porcelain")


def killed_after(step: str, workspace: Path, temporary: Path) -> None:
    """Run a release and kill it, beyond any clean-up, as soon as a step is done."""
    release = Running(workspace, temporary)

    def kill(done: str) -> None:
        if done == step:
            release.stop(signal.SIGKILL)

    assert release.finish(kill).code == -signal.SIGKILL


def test_a_rehearsal_verifies_every_member_for_anybody_anywhere_and_changes_nothing(
    pair: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    remote = remote_of(pair)
    nobody = {name: "" for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMM"))}
    pair.git("config", "user.useConfigOnly", "true")
    scratch = tmp_path / "a place for scratch"
    scratch.mkdir()
    before = state(pair), remote.refs()
    done = run(pair.path, "release", "--json", TMPDIR=str(scratch), **nobody)
    assert (done.code, done.problems) == (0, []), done.stderr
    proofs = {(r["member"], r["route"], r["installer"]) for r in done.json["results"] if r["ok"]}
    assert proofs == {(name, *proof) for name in PAIR for proof in (*PROOFS, ("pylock", "uv"))}
    assert (done.json["mode"], shelf.files(), [*scratch.iterdir()]) == ("rehearsal", [], [])
    assert (state(pair), remote.refs()) == before


@pytest.mark.exhaustive
def test_a_rehearsal_says_that_it_was_one_and_how_to_do_it_for_real(
    checkout: Repo, tmp_path: Path
) -> None:
    (checkout.path / "mine.txt").write_text("", "utf-8")
    checkout.git("checkout", "--quiet", "--detach")
    checkout.git("remote", "remove", "origin")
    summary = tmp_path / "summary.md"
    chosen = ("--installer", "uv", "zq-base")
    done = run(checkout.path, "release", *chosen, GITHUB_STEP_SUMMARY=str(summary))
    assert done.code == 0, done.stderr
    assert "| zq-base | 0.1.0 | `zq-base/v0.1.0` |" in summary.read_text("utf-8")
    assert "zq-middle" not in done.stdout
    assert "This was a rehearsal" in done.stdout
    again = f"nox -s release -- --execute --workspace '{checkout.path}' {' '.join(chosen)}"
    assert f"To do it for real: {again}\n" in done.stdout
    assert "A real release would not start" in done.stdout
    assert "the working tree is not clean" in done.stderr


@pytest.mark.exhaustive
def test_a_release_then_a_breaking_change_releases_what_must_follow(
    released: Repo, shelf: Shelf
) -> None:
    remote = remote_of(released)
    assert (tags(remote)[0], shelf.files()) == (PAIR_TAGS, PAIR_FILES)
    assert released.head() == remote.head("main") == remote.head(tags(remote)[1][0])
    assert run(released.path, *RELEASE).code == 3

    released.commit("feat!: new ground", {"packages/zq-base/src/zq_base/new.py": ""})
    released.git("push", "--quiet")
    second = run(released.path, *RELEASE, "--json")
    assert second.code == 0, second.stderr
    planned = [
        (m["name"], m["initial_version"], m["planned_version"], m["requirements"])
        for m in second.json["plan"]["members"]
    ]
    assert planned == [
        ("zq-base", "0.1.0", "0.2.0", {}),
        ("zq-top", "0.1.0", "0.1.1", {"zq-base": ">=0.2.0,<0.3"}),
    ]
    assert (len(shelf.files()), shelf.uploads) == (8, 4)
    assert released.git("status", "--porcelain") == ""
    assert run(released.path, *RELEASE).code == 3


@pytest.mark.exhaustive
def test_a_change_of_one_member_releases_that_one_alone(released: Repo, shelf: Shelf) -> None:
    released.commit("fix: a crumb", {"packages/zq-top/src/zq_top/crumb.py": ""})
    rehearsal = run(released.path, "release", "--installer", "uv", "--json")
    assert [m["name"] for m in rehearsal.json["plan"]["members"]] == ["zq-top"]
    assert rehearsal.code == 0, rehearsal.stderr
    released.git("push", "--quiet")
    release_in_jobs(released.path)
    assert shelf.files() == sorted(
        [*PAIR_FILES, "zq_top-0.1.1-py3-none-any.whl", "zq_top-0.1.1.tar.gz"]
    )


def test_a_change_that_breaks_a_released_dependent_in_its_range_is_stopped_at_the_gate(
    tmp_path: Path,
) -> None:
    top = member("zq-top", "zq-base>=0.1.0,<0.2", code="from zq_base import thing\n")
    members = {**member("zq-base", code="thing = 1\n"), **top}
    repo = workspace_and_remote(tmp_path / "broken", members)
    remote = remote_of(repo)
    release_in_jobs(repo.path, by_git_alone=True)
    repo.commit("fix: tidy", {"packages/zq-base/src/zq_base/__init__.py": "other = 1\n"})
    repo.git("push", "--quiet")
    before = remote.refs()
    done = run(repo.path, *RELEASE, "--json")
    assert [problem.partition(":")[0] for problem in done.problems] == [
        "zq-top does not work from wheel with uv",
    ]
    assert "also: direct/uv" in done.problems[0]
    assert (done.code, remote.refs()) == (1, before)


@pytest.mark.exhaustive
def test_git_alone_releases_without_an_index_and_its_tags_are_published_later(
    single: Repo, shelf: Shelf
) -> None:
    remote = remote_of(single)
    done = run(single.path, *RELEASE, "--index", "")
    assert done.code == 0, done.stderr
    assert (tags(remote)[0], shelf.files()) == (PAIR_TAGS[:1], [])
    assert run(single.path, *RELEASE, "--index", "").code == 3
    released = remote.refs()
    assert run(single.path, *RELEASE).code == 3  # nobody named the index: nothing comes back
    done = run(single.path, *RELEASE, "--index", "shelf")
    assert done.code == 0, done.stderr
    assert (shelf.files(), remote.refs()) == (PAIR_FILES[:2], released)


def test_what_went_to_one_index_first_goes_to_another_later(
    released: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    final, app = new_shelf(tmp_path / "index-files-of-another")
    with loopback.serve(app) as final.url:
        urls = ("--url", f"{final.url}simple/", "--publish-url", final.url, "--public")
        assert run(released.path, "add-index", "final", *urls).code == 0
        released.commit("chore: add the index that counts")
        tagged = released.refs()
        released.commit("fix: not yet", {"packages/zq-top/src/zq_top/later.py": ""})
        released.git("push", "--quiet")
        done = run(released.path, *RELEASE, "--index", "final", "zq-base")
        assert done.code == 0, done.stderr
        first = [name for name in shelf.files() if name.startswith("zq_base")]
        assert (final.files(), shelf.uploads) == (first, 0)
        contents = [
            (folder / name).read_bytes()
            for folder in (shelf.folder, final.folder)
            for name in first
        ]
        assert contents[:2] == contents[2:]
        assert {line for line in tagged.splitlines() if "tags" in line} <= set(
            released.refs().splitlines()
        )


def assert_completed(pair: Repo, shelf: Shelf) -> None:
    """Run the same release again, and assert that it is whole and nothing was done twice."""
    again = run(pair.path, *RELEASE)
    assert again.code in {0, 3}, again.stderr
    remote = remote_of(pair)
    member_tags, release_tags = tags(remote)
    assert member_tags == PAIR_TAGS
    assert [remote.head(tag) for tag in release_tags] == [remote.head("main")]
    assert pair.head() == remote.head("main")
    assert (shelf.uploads, len(shelf.files())) == (4, 4)
    assert run(pair.path, *RELEASE).code == 3


@pytest.mark.promise(5)
def test_a_release_whose_tags_alone_are_there_is_verified_and_closed(released: Repo) -> None:
    remote = remote_of(released)
    (closing,) = tags(remote)[1]
    for repo in (remote, released):
        repo.git("tag", "--delete", closing)
    done = run(released.path, *RELEASE, "--json")
    assert done.code == 0, done.stderr
    assert {r["member"] for r in done.json["results"] if r["ok"]} == {"zq-base", "zq-top"}
    assert tags(remote) == (PAIR_TAGS, [closing])


@pytest.mark.needs("signals")
@pytest.mark.promise(5)
@pytest.mark.exhaustive
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.promise(2)
def test_a_release_killed_between_any_two_steps_is_completed(
    step: str, pair: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    killed_after(step, pair.path, tmp_path)
    done, push = STEPS.index(step), STEPS.index("push")
    # It is laid there right after the push: before the end comes, or not any more.
    assert (pair.path / "dist").exists() in {done >= push, done > push}
    assert_completed(pair, shelf)


@pytest.mark.needs("signals")
@pytest.mark.promise(5)
@pytest.mark.exhaustive
@pytest.mark.parametrize("upload", [1, 2, 3, 4])
def test_a_release_killed_in_the_middle_of_the_uploads_is_completed(
    upload: int, pair: Repo, shelf: Shelf
) -> None:
    process = subprocess.Popen(
        command(pair.path, *RELEASE),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def kill(uploads: int) -> None:
        if uploads == upload:
            subprocess.run(("pkill", "-KILL", "-P", str(process.pid)), check=False)
            process.kill()

    shelf.after_upload = kill
    assert process.wait() == -signal.SIGKILL
    pair.commit("fix: meanwhile", {"packages/zq-base/src/zq_base/later.py": ""})
    shelf.after_upload = lambda _: None
    pair.git("reset", "--quiet", "--hard", "HEAD~1")
    assert_completed(pair, shelf)


@pytest.mark.exhaustive
def test_a_change_after_a_broken_off_release_waits_for_the_next_one(
    pair: Repo, shelf: Shelf
) -> None:
    for job in (PREPARE, PUBLISH):
        assert run(pair.path, *job).code == 0
    begun = pair.head("origin/main")
    pair.git("merge", "--quiet", "--ff-only", "origin/main")
    pair.commit("feat: later", {"packages/zq-base/src/zq_base/later.py": ""})
    pair.git("push", "--quiet")
    done = run(pair.path, *RELEASE)
    assert done.code == 0, done.stderr
    assert pair.head("zq-base/v0.1.0") == begun
    assert (shelf.uploads, len(shelf.files())) == (4, 4)
    following = run(pair.path, "plan", "--json").json["members"]
    assert [(m["name"], m["planned_version"]) for m in following] == [("zq-base", "0.1.1")]


@pytest.mark.promise(13)
@pytest.mark.exhaustive
def test_of_two_releases_at_once_one_is_refused(pair: Repo, tmp_path: Path, shelf: Shelf) -> None:
    other = Repo(tmp_path / "other")
    pair.git("clone", "--quiet", str(pair.path.with_suffix(".git")), str(other.path))
    processes = [
        subprocess.Popen(
            command(repo.path, *RELEASE),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for repo in (pair, other)
    ]
    codes = sorted(process.wait() for process in processes)
    assert codes[0] == 0
    assert_completed(pair, shelf)


def test_a_release_leaves_a_lock_file_for_each_member_that_installs_it_from_the_remote(
    released: Repo, tmp_path: Path
) -> None:
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    assert told["locks"] == ["pylock.zq-base.toml", "pylock.zq-top.toml"]
    lock = released.path / "dist/pylock.zq-top.toml"
    packages = tomllib.loads(lock.read_text("utf-8"))["packages"]
    url = packages[0]["vcs"]["url"]
    assert [package["vcs"] for package in packages] == [
        {
            "type": "git",
            "url": url,
            "requested-revision": "zq-top/v0.1.0",
            "commit-id": released.head("zq-top/v0.1.0"),
            "subdirectory": f"packages/{name}",
        }
        for name in ("zq-base", "zq-top")
    ]
    assert url.endswith("/a%20pair.git")  # of the workspace that this one is a copy of
    environment = shielded()
    python = uv.make_environment(tmp_path / "env", environment, sys.executable)
    uv.pip_sync(python, lock, environment)
    uv.check(python, environment)


@pytest.mark.exhaustive
def test_what_is_finished_need_not_go_together_with_what_is_newer(released: Repo) -> None:
    released.git("push", "--quiet", "origin", ":refs/tags/zq-top/v0.1.0")
    released.git("fetch", "--quiet", "--prune", "--prune-tags", "origin")
    released.commit("feat!: base", {"packages/zq-base/src/zq_base/more.py": ""})
    released.git("push", "--quiet", "origin", "main")
    done = run(released.path, *RELEASE, "--wait", "1")
    assert done.code == 0, done.stderr
    listed = released.git("ls-remote", "--tags", "--refs", "origin").split()[1::2]
    assert {"refs/tags/zq-base/v0.2.0", "refs/tags/zq-top/v0.1.0"} <= set(listed)
