"""Clocks, disks, tools and folders: the promises that hold whatever the machine is like."""

import ast
import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.cli import ROOT, Done, command, run
from tests.helpers.jobs import release_in_jobs
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, make_workspace, member

RELEASE = ("release", "--execute", "--installer", "uv")
FILES = ["zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"]
# Who may read the clock: the day in a changelog, and how long an index asks to wait.
CLOCKS = {"gather/facts.py", "ops/uv_publish.py"}


@pytest.mark.promise(19)
def test_a_version_is_named_as_it_is_normalised_everywhere(tmp_path: Path, shelf: Shelf) -> None:
    files = member("zq-base", version="2026.01.02-RC1")
    repo = make_workspace(tmp_path / "w", files, index_table("shelf", shelf.url))
    remote = repo.with_remote(tmp_path / "remote.git")
    release_in_jobs(repo.path)
    done = run(repo.path, "verify-index-install")
    assert done.code == 0, done.stderr
    stem = "zq_base-2026.1.2rc1"
    assert shelf.files() == [f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"]
    assert remote.git("tag").splitlines()[-1] == "zq-base/v2026.1.2rc1"


@pytest.mark.promise(19)
def test_a_version_below_what_the_index_has_is_refused(single: Repo, shelf: Shelf) -> None:
    (shelf.folder / "zq_base-3.0-py3-none-any.whl").write_bytes(b"there")
    done = run(single.path, *RELEASE)
    assert (done.code, shelf.tries) == (1, 0)
    assert "the index has zq-base 3.0 already, above 0.1.0" in done.stderr


@pytest.mark.promise(24)
def test_the_clock_is_read_for_nothing_that_decides() -> None:
    readers = set()
    for path in (ROOT / "scripts" / "src").rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        if names & {"now", "utcnow", "today", "time", "time_ns"}:
            readers.add(path.relative_to(ROOT / "scripts" / "src" / "roadworthy").as_posix())
    assert readers == CLOCKS


@pytest.mark.exhaustive
@pytest.mark.promise(24)
def test_a_release_goes_on_where_clocks_differ_by_years(single: Repo, single_remote: Repo) -> None:
    def dated(when: str, zone: str) -> dict[str, str]:
        return {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when, "TZ": zone}

    ahead = dated("2036-07-01T23:30:00", "Pacific/Kiritimati")
    release_in_jobs(single.path, environment=ahead)
    single.commit("fix: later, or so", {"packages/zq-base/src/zq_base/later.py": ""})
    single.git("push", "--quiet")
    behind = dated("2016-03-27T02:30:00", "Europe/Berlin")
    release_in_jobs(single.path, environment=behind)
    tags = single_remote.git("tag").splitlines()
    assert [tag for tag in tags if "v" in tag] == ["zq-base/v0.1.0", "zq-base/v0.1.1"]
    assert sorted(tag[:14] for tag in tags if "v" not in tag) == [
        "release/2016.0",
        "release/2036.0",
    ]
    assert run(single.path, *RELEASE).code == 3


def limited(limit: str, workspace: Path, *arguments: str) -> Done:
    """Run a command under a limit of the shell's."""
    line = f'{limit}; exec "$@"'
    words = ("bash", "-c", line, "bash", *command(workspace, *arguments))
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.needs("scripts")
@pytest.mark.promise(25)
@pytest.mark.exhaustive
def test_a_disk_that_is_full_is_said_and_leaves_nothing_half_done(
    single: Repo, single_remote: Repo, shelf: Shelf
) -> None:
    before = single_remote.refs(), single.refs()
    done = limited("trap '' XFSZ; ulimit -f 1", single.path, *RELEASE)
    assert (done.code, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "hint" in done.stderr
    assert ((single_remote.refs(), single.refs()), shelf.tries) == (before, 0)
    release_in_jobs(single.path)


@pytest.mark.promise(25)
def test_a_folder_that_cannot_be_written_is_said(single: Repo, tmp_path: Path) -> None:
    (single.path / "dist").write_text("a file where a folder is to be", "utf-8")
    done = run(single.path, "build", "--json")
    assert (done.code, done.json["ok"]) == (1, False)
    assert done.problems == [f"Not a directory: {single.path / 'dist'}"]
    nowhere = run(single.path, "prepare", TMPDIR=str(tmp_path / "none"))
    assert (nowhere.code, "Traceback" in nowhere.stderr) in {(0, False), (1, False)}


@pytest.mark.needs("scripts")
@pytest.mark.promise(25)
def test_a_reader_who_has_seen_enough_is_no_error(single: Repo) -> None:
    program = " ".join(f"'{word}'" for word in command(single.path, "plan"))
    line = f"set -o pipefail; {program} | true"
    done = subprocess.run(
        ("bash", "-c", line), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 141}  # it may be done before the reader is gone
    assert "BrokenPipe" not in done.stderr


def bare(repo: Repo, folder: Path) -> Path:
    repo.git("clone", "--quiet", "--bare", str(repo.path), str(folder / "bare.git"))
    return folder / "bare.git"


def sparse(repo: Repo, folder: Path) -> Path:
    repo.git("clone", "--quiet", "--sparse", str(repo.path), str(folder / "sparse"))
    return folder / "sparse"


@pytest.mark.promise(26)
@pytest.mark.parametrize("kind", [bare, sparse])
def test_a_clone_without_all_files_is_planned_from_its_commit(
    kind: Callable[[Repo, Path], Path], single: Repo, tmp_path: Path
) -> None:
    allowed = {"GIT_CONFIG_GLOBAL": os.devnull}  # a user may have forbidden bare ones
    done = run(kind(single, tmp_path), "plan", "--index", "", "--json", **allowed)
    assert done.code == 0, done.stderr
    assert [m["planned_tag"] for m in done.json["members"]] == ["zq-base/v0.1.0"]


@pytest.mark.promise(26)
def test_a_repository_of_somebody_elses_is_refused_with_the_way_out(single: Repo) -> None:
    done = run(single.path, "plan", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert (done.code, "safe.directory" in done.stderr) == (2, True), done.stderr


SPACES, QUOTES = "a café, né 中文 🥕", 'it\'s "$HOME" & (co);'
STRANGE = {
    "all of it": f"{SPACES} {QUOTES}",
    "spaces and accents": SPACES,
    "quotes and dollars": QUOTES,
    "long": "x" * 120 + "/" + "y" * 60,
}


@pytest.mark.promise(27)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=which, marks=() if which == "all of it" else pytest.mark.exhaustive)
        for which, name in STRANGE.items()
    ],
)
def test_a_folder_of_any_name_will_do(name: str, tmp_path: Path, shelf: Shelf) -> None:
    folder = tmp_path / name
    repo = make_workspace(folder / "w", member("zq-base"), index_table("shelf", shelf.url))
    repo.with_remote(folder / "remote.git")
    (folder / "tmp").mkdir()
    done = run(repo.path, *RELEASE, TMPDIR=str(folder / "tmp"))
    assert (done.code, shelf.files()) == (0, FILES), done.stderr


@pytest.mark.promise(27)
@pytest.mark.exhaustive
def test_a_clone_in_a_folder_whose_name_is_not_utf_8_is_released(
    tmp_path: Path, shelf: Shelf
) -> None:
    # uv takes no such path as an argument, so that scratch folders have to lie elsewhere.
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    made = make_workspace(tmp_path / "w", member("zq-base"), index_table("shelf", shelf.url))
    made.with_remote(tmp_path / "remote.git")
    made.path.rename(folder)
    done = run(folder, *RELEASE)
    assert (done.code, shelf.files()) == (0, FILES), done.stderr


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder; git's own index aside, which looks touch."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "index")
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.promise(29)
def test_nothing_is_written_without_execute(
    single: Repo, single_remote: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = contents(single.path), contents(single_remote.path)
    looks = (
        *(("status",), ("plan",), ("prepare",), ("release", "--installer", "uv")),
        *(("verify-git-install", "--installer", "uv"),),
    )
    for look in looks:
        done = run(single.path, *look, TMPDIR=str(scratch))
        assert done.code == 0, done.stderr
    assert (contents(single.path), contents(single_remote.path)) == before
    assert (shelf.tries, list(scratch.iterdir())) == (0, [])


@pytest.mark.promise(29)
def test_what_a_rehearsal_cannot_know_is_asked_by_doctor(single: Repo, shelf: Shelf) -> None:
    shelf.refuse_uploads = "403 Forbidden"  # a wrong token: a rehearsal asks no index
    done = run(single.path, "doctor")
    assert (done.code, "shelf refuses them (403)" in done.stderr) == (1, True)
    assert shelf.files() == []
