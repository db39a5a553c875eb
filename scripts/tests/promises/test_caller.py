"""The git of whoever calls us, and ours: neither reaches into what is the other's."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from roadworthy.gather.facts import gather
from roadworthy.model.history.tag import Tag
from roadworthy.model.plan.plan import make_plan
from roadworthy.model.workspace.settings import Settings
from roadworthy.ops.git import making
from roadworthy.ops.git import settings as git_settings
from roadworthy.ops.git.refs import tags_and_branches
from roadworthy.ops.git.repository import Repository
from roadworthy.ops.git.writing import annotate_tags, push
from roadworthy.ops.process import CommandFailure
from roadworthy.ops.tree import open_workspace
from roadworthy.stages import preflight
from tests.helpers import clones
from tests.helpers.cli import ROOT, command, run
from tests.helpers.hostile import shielded
from tests.helpers.inside import changed, everything
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo

pytestmark = pytest.mark.promise(31)

RELEASE = ("release", "--execute", "--installer", "uv")
UV = os.environ.get("UV", "uv")
REHEARSAL = ("release", "--installer", "uv")
BOUND = {
    "GIT_DIR": "{}/.git",
    "GIT_WORK_TREE": "{}",
    "GIT_INDEX_FILE": "{}/.git/index",
    "GIT_OBJECT_DIRECTORY": "{}/.git/objects",
    "GIT_COMMON_DIR": "{}/.git",
    "GIT_PREFIX": "packages/",
}


def started_in(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a program as somebody does who stands in a folder."""
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def test_the_settings_of_a_workspace_for_uv_reach_no_consumer(
    single: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (single.path / "pyproject.toml").read_text("utf-8")
    own = "[tool.uv]\nno-build = true\n\n[tool.uv.workspace]"
    manifest = text.replace("[tool.uv.workspace]", own)
    single.commit("chore: for those who work on it", {"pyproject.toml": manifest})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))  # a uv.toml would be the only settings
    words = command(single.path, "verify-git-install", "--installer", "uv", "--json")
    done = started_in(single.path, *words)
    assert [result["problem"] for result in json.loads(done.stdout)["results"]] == [None]
    # It would reach whoever installs from there.
    there = (UV, "pip", "install", "--no-deps", "--target", "x", "./packages/zq-base")
    assert "disabled" in started_in(single.path, *there).stderr


@pytest.mark.parametrize(
    ("whose", "commands"),
    [
        ("its own", [("prepare",), REHEARSAL]),
        ("another", [("prepare",)]),
        pytest.param("another", [REHEARSAL], marks=pytest.mark.exhaustive),
    ],
)
def test_a_repository_that_variables_name_is_neither_read_nor_touched(
    whose: str,
    commands: Sequence[tuple[str, ...]],
    single: Repo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Repo.init(tmp_path / "another")
    other.commit("feat: another", {"another.txt": ""})
    named = single if whose == "its own" else other
    for name, value in BOUND.items():
        monkeypatch.setenv(name, value.format(named.path))
    before = everything(single.path, single.path.with_suffix(".git"), other.path)
    for words in commands:
        done = run(single.path, *words, "--json")
        assert done.code == 0, done.stderr
        assert [m["planned_tag"] for m in done.json["plan"]["members"]] == ["zq-base/v0.1.0"]
    after = everything(single.path, single.path.with_suffix(".git"), other.path)
    assert changed(before, after) == []


@pytest.mark.exhaustive
def test_a_release_under_such_variables_changes_its_own_checkout_and_remote_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = clones.plain(tmp_path / "w")
    other = Repo.init(tmp_path / "another")
    other.commit("feat: another", {"another.txt": ""})
    before = everything(other.path)
    for name, value in BOUND.items():
        monkeypatch.setenv(name, value.format(other.path))
    done = run(checkout.path, *RELEASE)
    assert done.code == 0, done.stderr
    assert changed(before, everything(other.path)) == []
    remote = Repo(tmp_path / "w" / "remote.git")
    assert (checkout.head(), checkout.git("status", "--porcelain")) == (remote.head("main"), "")


def before_a_commit(program: str, checkout: Repo) -> tuple[str, ...]:
    hooks = checkout.git("rev-parse", "--path-format=absolute", "--git-path", "hooks")
    shell_program(Path(hooks) / "pre-commit", f"{program}; exit 1")
    return ("commit", "--allow-empty", "--message", "x")


def before_a_push(program: str, checkout: Repo) -> tuple[str, ...]:
    hooks = checkout.git("rev-parse", "--path-format=absolute", "--git-path", "hooks")
    shell_program(Path(hooks) / "pre-push", f"{program}; exit 1")
    return ("push", "origin", "HEAD:refs/heads/other")


def after_a_push(program: str, checkout: Repo) -> tuple[str, ...]:
    remote = Path(checkout.git("remote", "get-url", "origin").removeprefix("file://"))
    shell_program(
        remote / "hooks" / "post-receive", f"cd {shlex.quote(str(checkout.path))}; {program}"
    )
    return ("push", "origin", "HEAD:refs/heads/other")


def by_an_alias(program: str, checkout: Repo) -> tuple[str, ...]:
    checkout.git("config", "alias.verify", f"!{program}")
    return ("-c", "http.extraHeader=Authorization: canary", "verify")


@pytest.mark.needs("scripts")
@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", [clones.plain, clones.linked_worktree])
@pytest.mark.parametrize("way", [before_a_commit, before_a_push, after_a_push, by_an_alias])
def test_from_a_hook_or_an_alias_nothing_of_the_callers_changes(
    way: Callable[[str, Repo], tuple[str, ...]], kind: Callable[[Path], Repo], tmp_path: Path
) -> None:
    checkout = kind(tmp_path / "w")
    report = tmp_path / "report.json"
    words = (sys.executable, "-m", "tests.helpers.inside", str(checkout.path), str(report))
    program = f"PYTHONPATH={shlex.quote(str(ROOT / 'scripts'))} {shlex.join(words)}"
    command = ("git", "-C", str(checkout.path), *way(program, checkout))
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=shielded() | {"UV": os.environ.get("UV", "uv")},
    )
    assert report.exists(), done.stderr
    told = json.loads(report.read_text("utf-8"))
    assert (told["failed"], told["changed"]) == ({}, [])
    assert {"GIT_DIR", "GIT_PREFIX", "GIT_CONFIG_PARAMETERS"} & set(told["set"])


@pytest.mark.parametrize("kind", clones.KINDS)
def test_a_clone_of_any_kind_is_planned_alike(kind: Callable[[Path], Repo], tmp_path: Path) -> None:
    checkout = kind(tmp_path / "w")
    plan = make_plan(gather(open_workspace(checkout.path)))
    told = [(r.name, str(r.planned_version), r.planned_tag) for r in plan.releases]
    assert (told, plan.problems) == ([("zq-base", "0.1.0", "zq-base/v0.1.0")], ())


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", clones.KINDS)
def test_a_clone_of_any_kind_is_rehearsed_and_released_alike(
    kind: Callable[[Path], Repo], tmp_path: Path
) -> None:
    checkout = kind(tmp_path / "w")
    for words in (REHEARSAL, ("build",), RELEASE):
        done = run(checkout.path, *words)
        assert done.code == 0, done.stderr
    remote = Repo(tmp_path / "w" / "remote.git")
    assert remote.head("zq-base/v0.1.0") == remote.head("main") == checkout.head()
    assert checkout.git("status", "--porcelain") == ""


def test_what_the_settings_of_a_repository_hide_is_there_in_a_copy_of_ours(
    single: Repo, tmp_path: Path
) -> None:
    single.git("tag", "zq-base/v0.1.0")
    single.git("config", "transfer.hideRefs", "refs/tags")
    single.git("checkout", "--quiet", "--detach")
    mine = single.commit("fix: mine alone")
    made = making.borrow(Repository(path=single.path), tmp_path / "made.git", "main")
    tags, branches = tags_and_branches(made, "HEAD")
    assert ([tag.name for tag in tags], sorted(branches)) == (["zq-base/v0.1.0"], ["main"])
    assert made.commit_of("HEAD") == mine


def test_a_repository_of_somebody_elses_that_is_trusted_is_copied(
    single: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = tmp_path / "gitconfig"
    trusting.write_text("[safe]\n\tdirectory = *\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(trusting))
        patch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        checkout = Repository(path=single.path)
    made = making.borrow(checkout, tmp_path / "made.git", "main")
    assert made.commit_of("HEAD") == single.head()


def test_a_repository_with_sha_256_is_planned_and_its_release_refused(tmp_path: Path) -> None:
    made = clones.origin(tmp_path, "--object-format=sha256")
    checkout = clones.cloned(made, tmp_path / "clone")
    assert make_plan(gather(open_workspace(checkout.path))).problems == ()
    found = [
        p.message for p in preflight.checkout_problems(Repository(path=checkout.path), Settings())
    ]
    assert found == ["the repository has SHA-256 objects, and uv cannot install from it"]


def test_a_bare_repository_is_planned_and_its_release_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    bare = clones.origin(tmp_path)
    bare.git("remote", "add", "origin", str(bare.path))
    assert make_plan(gather(open_workspace(bare.path))).problems == ()
    found = [p.message for p in preflight.checkout_problems(Repository(path=bare.path), Settings())]
    assert found == ["the repository is bare: there is no working tree"]


def test_a_bare_repository_that_the_user_forbids_is_said(tmp_path: Path) -> None:
    bare = clones.origin(tmp_path)
    forbidding = tmp_path / "gitconfig"
    forbidding.write_text("[safe]\n\tbareRepository = explicit\n", "utf-8")
    done = run(bare.path, "plan", GIT_CONFIG_GLOBAL=str(forbidding))
    assert (done.code, "`safe.bareRepository`" in done.stderr) == (2, True), done.stderr


@pytest.fixture
def behind(tmp_path: Path) -> Repo:
    """Return a checkout whose remote is a commit and a tag ahead."""
    checkout = clones.plain(tmp_path / "w")
    other = clones.cloned(Repo(tmp_path / "w" / "remote.git"), tmp_path / "other")
    other.commit("fix: there", {"there.txt": ""})
    other.git("tag", "there")
    other.git("push", "--quiet", "origin", "main", "there")
    checkout.git("config", "core.hooksPath", str(checkout.path / ".git/hooks"))
    return checkout


def follow(checkout: Repo) -> list[str]:
    """Follow the remote; return what is said of it."""
    found = preflight.fast_forward(Repository(path=checkout.path), Settings())
    return [problem.message for problem in found]


def test_a_checkout_follows_its_remote_and_loses_nothing(
    behind: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind.git("tag", "here-alone")
    behind.git("update-ref", "refs/remotes/origin/gone", "HEAD")
    behind.git("config", "branch.main.mergeOptions", "--no-ff --squash")
    file = tmp_path / "gitconfig"
    file.write_text("[fetch]\n\tprune = true\n\tpruneTags = true\n[merge]\n\tff = false\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    assert follow(behind) == []
    assert behind.head() == behind.head("origin/main") == behind.head("there")
    assert behind.head("here-alone") == behind.head("origin/gone")


@pytest.mark.needs("scripts")
def test_what_a_hook_says_after_the_checkout_followed_is_a_warning(behind: Repo) -> None:
    shell_program(
        behind.path / ".git/hooks/post-merge", "echo 'the lock is stale'; echo twice >&2; exit 1"
    )
    words = "this checkout was updated to the remote branch, and git or one of your hooks said:"
    assert follow(behind) == [f"{words}\nthe lock is stale\ntwice"]
    assert behind.head() == behind.head("origin/main")


@pytest.mark.needs("scripts")
def test_a_hook_that_lets_the_checkout_not_follow_is_told_in_its_own_words(behind: Repo) -> None:
    before = behind.head()
    text = 'grep -q heads/main && [ "$1" = prepared ] && echo "main is closed" && exit 1; exit 0'
    shell_program(behind.path / ".git/hooks/reference-transaction", text)
    (words,) = follow(behind)
    assert words.startswith(
        "this checkout could not be updated to the remote branch:\nmain is closed\n"
    )
    assert behind.head() == before


@pytest.mark.needs("scripts")
@pytest.mark.parametrize("name", ["pre-receive", "update"])
def test_what_a_hook_of_the_remote_says_is_shown_whole(name: str, tmp_path: Path) -> None:
    remote = clones.origin(tmp_path)
    scratch = making.clone(str(remote.path), tmp_path / "clone")
    lines = [f"rule {number} of the house" for number in range(40)]
    shell_program(
        remote.path / "hooks" / name, "\n".join(f"echo '{line}' >&2" for line in lines) + "\nexit 1"
    )
    with pytest.raises(CommandFailure) as failure:
        push(scratch, "HEAD:refs/tags/v1", hint="look at the rules")
    (problem,) = failure.value.problems
    said = [
        line.removeprefix("remote: ") for line in problem.message.splitlines() if "remote: " in line
    ]
    assert said[:40] == lines
    assert (problem.hint, "hook declined" in problem.message) == ("look at the rules", True)


@pytest.fixture
def signing(tmp_path: Path) -> Repo:
    """Return a checkout whose user signs with an SSH key."""
    checkout = clones.plain(tmp_path / "w")
    key = tmp_path / "key"
    command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key))
    subprocess.run(command, check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key))):
        checkout.git("config", name, value)
    for name in ("commit.gpgSign", "tag.gpgSign"):
        checkout.git("config", name, "true")
    return checkout


def test_a_real_release_commit_and_its_tags_are_signed_where_the_user_signs(signing: Repo) -> None:
    settings = Repository(path=signing.path).settings
    assert list(preflight.checkout_problems(Repository(path=signing.path), Settings())) == []
    done = run(signing.path, "prepare", "--execute")
    assert done.code == 0, done.stderr
    assert "gpgsig" in signing.git("cat-file", "commit", "origin/main")
    ours = Repository(path=signing.path, environment=git_settings.ours(settings))
    annotate_tags(ours, {Tag(name="v1", commit=signing.head()): "one"})
    assert "BEGIN SSH SIGNATURE" in signing.git("cat-file", "tag", "v1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("user.signingKey", "{}/no-such-key"),
        ("gpg.ssh.program", "{}/no-such-program"),
        ("gpg.format", "no-such-format"),
    ],
)
def test_a_key_that_cannot_sign_is_said_before_anything_is_made(
    name: str, value: str, signing: Repo, tmp_path: Path
) -> None:
    signing.git("config", name, value.format(tmp_path))
    (problem,) = preflight.checkout_problems(Repository(path=signing.path), Settings())
    assert problem.message.startswith("git cannot sign what a release makes:\n")
    assert ("no-such" in problem.message, "user.signingKey" in problem.hint) == (True, True)


def test_a_rehearsal_signs_nothing(signing: Repo, tmp_path: Path) -> None:
    signing.git("config", "user.signingKey", str(tmp_path / "none"))
    done = run(signing.path, "prepare")
    assert done.code == 0, done.stderr


@pytest.mark.parametrize("url", ["ext::sh -c touch% {mark}", "--upload-pack=touch {mark}"])
def test_a_remote_that_would_run_something_is_refused(
    url: str, single: Repo, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    single.git("config", "remote.origin.url", url.format(mark=mark))
    single.git("config", "protocol.ext.allow", "always")
    for words in (("prepare",), ("prepare", "--execute"), ("doctor",)):
        done = run(single.path, *words, GIT_ALLOW_PROTOCOL="ext")
        assert (done.code, mark.exists()) == (2, False), done.stderr
        assert "the URL of the remote `origin` begins with" in done.stderr


@pytest.mark.parametrize("command", ["verify-git-install", "snippet"])
def test_an_address_that_would_run_something_is_refused(command: str, tmp_path: Path) -> None:
    done = run(tmp_path, command, f"--url=ext::sh -c touch% {tmp_path}/mark")
    assert (done.code, list(tmp_path.iterdir())) == (2, []), done.stderr
    assert "the URL begins with `ext::`, which would run a program" in done.stderr


def test_a_repository_in_the_settings_that_would_run_something_is_refused(single: Repo) -> None:
    manifest = single.path / "pyproject.toml"
    text = manifest.read_text("utf-8") + 'repository = "ext::sh -c false"\n'
    single.commit("chore: settings", {"pyproject.toml": text})
    done = run(single.path, "plan")
    assert (done.code, "[tool.release] `repository` begins with `ext::`" in done.stderr) == (
        2,
        True,
    )


def test_a_remote_whose_name_looks_like_an_option_is_refused(single: Repo, tmp_path: Path) -> None:
    manifest = single.path / "pyproject.toml"
    text = manifest.read_text("utf-8") + f'remote = "--upload-pack=touch {tmp_path}/mark"\n'
    single.commit("chore: settings", {"pyproject.toml": text})
    done = run(single.path, "prepare", "--execute")
    assert (done.code, (tmp_path / "mark").exists()) == (2, False)
    assert "[tool.release] `remote` is '--upload-pack=touch" in done.stderr
