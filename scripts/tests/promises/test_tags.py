"""What is tagged, where, and by whom of two: the promises about git."""

import subprocess
from pathlib import Path

import pytest

from tests.helpers.cli import ROOT, command, run
from tests.helpers.jobs import CLOSE, PREPARE, PUBLISH, TAG, release_in_jobs
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo, remote_of
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import member

RELEASE = ("release", "--execute", "--installer", "uv")
NAME = "zq-base/v0.1.0"
WHEEL, SDIST = "zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"
# Lets one push wait until somebody says go, and all others through.
WAITING = """\
if mkdir "$PWD/first" 2>/dev/null; then
  read go < "$PWD/go"
fi
"""
# Moves a tag as soon as it has come.
MOVING = """\
while read old new ref; do
  if [ "$ref" = refs/tags/{tag} ]; then git update-ref "$ref" {elsewhere}; fi
done
"""


def another_clone(remote: Repo, path: Path) -> Repo:
    """Clone a repository, as a second person would."""
    remote.git("clone", "--quiet", str(remote.path), str(path))
    return Repo(path)


@pytest.mark.promise(11)
def test_what_is_released_is_the_commit_and_nothing_that_lies_beside_it(
    single: Repo, shelf: Shelf
) -> None:
    single.commit("chore: ignore", {".gitignore": "dist/\nsecret.py\n"})
    single.git("push", "--quiet")
    package = single.path / "packages/zq-base/src/zq_base"
    (package / "secret.py").write_text("ignored, and yet it would be packed\n", "utf-8")
    (single.path / ".git/index.lock").touch()  # git is at work there, or was killed
    for job in (PREPARE, PUBLISH):
        assert run(single.path, *job).code == 0
    listed = subprocess.run(
        ("python3", "-m", "zipfile", "-l", str(shelf.folder / WHEEL)),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ("zq_base/__init__.py" in listed, "secret" in listed) == (True, False)


@pytest.mark.promise(11)
def test_a_submodule_that_has_drifted_is_an_unclean_tree(
    single: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    other = Repo.init(tmp_path / "other")
    other.commit("start", {"a": "1"})
    allowed = ("-c", "protocol.file.allow=always")
    single.git(*allowed, "submodule", "--quiet", "add", str(other.path), "vendor")
    single.commit("chore: vendor")
    single.git("push", "--quiet")
    Repo(single.path / "vendor").commit("drift", {"a": "2"})
    done = run(single.path, *RELEASE)
    assert (done.code, shelf.tries) == (1, 0)
    assert "the working tree is not clean: 1 file, `M vendor` first" in done.stderr


@pytest.mark.promise(12)
@pytest.mark.promise(14)
def test_a_tag_that_somebody_makes_elsewhere_meanwhile_is_neither_moved_nor_taken(
    single: Repo, single_remote: Repo, shelf: Shelf
) -> None:
    elsewhere = single_remote.git("commit-tree", "main^{tree}", "-m", "somebody else's")

    def make_tag(_: int) -> None:
        single_remote.git("tag", "--force", NAME, elsewhere)

    shelf.after_upload = make_tag
    done = run(single.path, *RELEASE)
    assert (done.code, single_remote.head(NAME)) == (1, elsewhere)
    assert f"refs/tags/{NAME}" in done.stderr
    shelf.after_upload = lambda _: None
    single.git("pull", "--quiet")
    again = run(single.path, *RELEASE)
    assert (again.code, single_remote.head(NAME)) == (1, elsewhere)
    assert f"the tag {NAME} is at {elsewhere[:12]}" in again.stderr
    assert sorted(shelf.sent) == [WHEEL, SDIST]


@pytest.mark.needs("scripts")
@pytest.mark.promise(14)
def test_a_tag_that_is_moved_as_soon_as_it_is_pushed_is_found(
    single: Repo, single_remote: Repo
) -> None:
    elsewhere = single_remote.head("main~1")
    shell_program(
        single_remote.path / "hooks/post-receive", MOVING.format(tag=NAME, elsewhere=elsewhere)
    )
    done = run(single.path, *RELEASE)
    assert done.code == 1
    assert f"the tag {NAME} is at {elsewhere[:12]}, not at" in done.stderr
    assert single_remote.git("tag").splitlines() == [
        NAME
    ]  # and no release tag says that it is done


@pytest.mark.needs("scripts")
@pytest.mark.promise(13)
@pytest.mark.exhaustive
def test_of_two_releases_at_once_the_one_that_pushes_second_has_no_effect(
    single: Repo, single_remote: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    other = another_clone(single_remote, tmp_path / "other")
    shell_program(single_remote.path / "hooks/pre-receive", WAITING)
    subprocess.run(("mkfifo", str(single_remote.path / "go")), check=True)
    slow = subprocess.Popen(
        ("env", "GIT_COMMITTER_NAME=Slow", *command(single.path, *PREPARE)),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (single_remote.path / "first").exists():
        assert slow.poll() is None
    release_in_jobs(other.path)
    state = single_remote.refs()
    (single_remote.path / "go").write_text("go\n", "utf-8")
    _, said = slow.communicate()
    assert (slow.returncode, "somebody may have pushed first" in said) == (1, True), said
    assert (single_remote.refs(), sorted(shelf.sent)) == (state, [WHEEL, SDIST])
    assert run(single.path, *RELEASE).code == 3


@pytest.mark.promise(13)
@pytest.mark.exhaustive
def test_of_two_releases_at_once_the_one_that_uploads_second_replaces_nothing(
    ready: Repo, shelf: Shelf, tmp_path: Path
) -> None:
    remote = remote_of(ready)
    quick: list[int] = []

    def overtake(_: str) -> None:
        if not quick:
            quick.append(1)  # its own uploads come by here, too
            other = another_clone(remote, tmp_path / "other")
            quick[:] = [run(other.path, *job).code for job in (PUBLISH, TAG, CLOSE)]
            quick.append(remote.refs().count("refs/tags/"))

    shelf.before_upload = overtake
    done = run(ready.path, *PUBLISH)
    assert (quick, sorted(shelf.sent)) == ([0, 0, 0, 2], [WHEEL, SDIST]), done.stderr
    assert remote.head(NAME) == remote.head("main")
    assert run(ready.path, *RELEASE).code == 3


@pytest.mark.promise(10)
def test_what_cannot_be_released_in_any_order_is_refused_before_a_build(
    single: Repo, single_remote: Repo, shelf: Shelf
) -> None:
    before = single_remote.refs()
    needs_base = member("zq-top", "zq-base>=0.1.0,<0.2")
    private = 'classifiers = ["Private :: Do Not Upload"]\n'
    cases = {
        "members require each other in a cycle": {
            **member("zq-base", "zq-top>=0.1.0,<0.2"),
            **needs_base,
        },
        "zq-top requires zq-base without a range": {
            **member("zq-base"),
            **member("zq-top", "zq-base"),
        },
        "zq-top requires zq-base, which is never released": {
            **member("zq-base", more=private),
            **needs_base,
        },
    }
    for said, files in cases.items():
        single.commit("feat: try", files)
        done = run(single.path, "release", "--installer", "uv")
        assert (done.code in {1, 2}, said in done.stderr) == (True, True), done.stderr
        assert "\nbuild " not in done.stderr
    assert (single_remote.refs(), shelf.tries) == (before, 0)
