"""The door to git, against git."""

from pathlib import Path

import pytest

from roadworthy.model.history.tag import Tag
from roadworthy.model.problem import Failure, UsageFailure
from roadworthy.ops.git import making
from roadworthy.ops.git import settings as git_settings
from roadworthy.ops.git.refs import moved_tags, tagged_commits, tags_and_branches
from roadworthy.ops.git.remote import public_url, reached_by, url_of
from roadworthy.ops.git.repository import Repository
from roadworthy.ops.git.writing import annotate_tags, push
from roadworthy.ops.process import CommandFailure
from roadworthy.ops.tree import Tree, open_workspace
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a repository with one commit."""
    made = Repo.init(tmp_path / "repo")
    made.commit("feat: start", {"a/one.txt": "1\n"})
    return made


def opened(repo: Repo) -> Repository:
    return Repository(path=repo.path)


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://example.invalid/a/b.git", "https://example.invalid/a/b.git"),
        ("https://user:secret@example.invalid/a/b.git", "https://example.invalid/a/b.git"),
        ("git@example.invalid:a/b.git", "ssh://git@example.invalid/a/b.git"),
        ("ssh://git@example.invalid:2222/a/b.git", "ssh://git@example.invalid:2222/a/b.git"),
        ("/srv/a b.git", "file:///srv/a%20b.git"),
    ],
)
def test_a_remote_is_named_as_a_requirement_can_name_it(remote: str, url: str) -> None:
    assert public_url(remote) == url


def test_the_history_has_messages_parents_and_files_below_the_prefix(repo: Repo) -> None:
    start = repo.head()
    message = "fix: two\n\nBREAKING CHANGE: all of it"
    second = repo.commit(message, {"a/two words.txt": "2", "b/é.txt": "3"})
    (everything,) = opened(repo).history("HEAD", [start])
    assert (everything.hash, everything.parents, everything.message, everything.files) == (
        second,
        (start,),
        message,
        ("a/two words.txt", "b/é.txt"),
    )
    (below,) = opened(repo).history("HEAD", [start], "a")
    assert below.files == ("two words.txt",)


def test_the_history_starts_where_all_of_the_given_commits_meet(repo: Repo) -> None:
    first = repo.commit("one")
    second = repo.commit("two")
    repo.commit("three")
    assert [c.subject for c in opened(repo).history("HEAD", [second, first])] == ["three", "two"]
    assert opened(repo).history("HEAD", []) == ()


def test_texts_are_read_at_once_and_what_is_missing_is_left_out(repo: Repo) -> None:
    repo.commit("more", {"b.txt": "ä\r\n", "empty.txt": ""})
    names = ["HEAD:a/one.txt", "HEAD:none.txt", "HEAD:b.txt", "HEAD:empty.txt"]
    assert opened(repo).texts(names) == {
        "HEAD:a/one.txt": "1\n",
        "HEAD:b.txt": "ä\r\n",
        "HEAD:empty.txt": "",
    }


def test_tags_are_peeled_and_know_their_release(repo: Repo) -> None:
    repo.git("tag", "light")
    repo.git("tag", "--annotate", "--message", "x\n\nReleased-With: release/2026.01.02", "heavy")
    elsewhere = repo.git("commit-tree", "-m", "apart", "HEAD^{tree}")
    repo.git("tag", "apart", elsewhere)
    tags, branches = tags_and_branches(opened(repo), "HEAD")
    assert [(t.name, t.commit, t.reachable, t.released_with) for t in tags] == [
        ("apart", elsewhere, False, ""),
        ("heavy", repo.head(), True, "release/2026.01.02"),
        ("light", repo.head(), True, ""),
    ]
    assert branches == frozenset({"main"})


def test_a_push_never_moves_what_exists(repo: Repo, tmp_path: Path) -> None:
    remote = repo.with_remote(tmp_path / "remote.git")
    repo.git("tag", "v1")
    ours = Repository(path=repo.path, environment=git_settings.ours())
    push(ours, "refs/tags/v1:refs/tags/v1")
    before = remote.refs()
    repo.commit("other")
    repo.git("tag", "--force", "v1")
    with pytest.raises(CommandFailure):
        push(ours, "HEAD:refs/heads/main", "refs/tags/v1:refs/tags/v1")
    assert remote.refs() == before


def test_the_settings_of_a_checkout_reach_a_clone_of_it_by_the_environment(repo: Repo) -> None:
    repo.git("config", "http.https://example.invalid/.extraheader", "Authorization: secret")
    repo.git("config", "user.name", "Local")
    handed = git_settings.ours(opened(repo).settings)
    assert "secret" in " ".join(handed.values())
    other = Repository(path=repo.path.parent, environment=handed)
    assert other.git("config", "user.name").strip() == "Local"
    assert "secret" not in repr(other)


def test_a_clone_that_cannot_be_had_says_so_without_its_credentials(tmp_path: Path) -> None:
    with pytest.raises(Failure) as failure:
        making.clone("http://user:secret@127.0.0.1:9/none.git", tmp_path / "clone")
    (problem,) = failure.value.problems
    assert "secret" not in problem.message + problem.hint
    assert "git ls-remote http://127.0.0.1:9/none.git" in problem.hint


def test_a_folder_of_somebody_else_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(UsageFailure):
        open_workspace(tmp_path)


@pytest.mark.needs("scripts")
def test_annotated_tags_are_made_in_one_go_or_signed_one_by_one(repo: Repo) -> None:
    tags = {Tag(name=f"jam/v{n}", commit=repo.head()): f"jam {n}\n\n- é\n" for n in (1, 2)}
    annotate_tags(opened(repo), tags)
    shape = "--format=%(refname:short) %(objecttype) %(*objectname)%0a%(contents)"
    assert (
        repo.git("tag", shape).splitlines()
        == [
            line
            for n in (1, 2)
            for line in (f"jam/v{n} tag {repo.head()}", f"jam {n}", "", "- é", "")
        ][:-1]
    )
    signer = shell_program(repo.path.parent / "signer", "exit 1")
    repo.git("config", "tag.gpgSign", "true")
    repo.git("config", "gpg.program", str(signer))
    with pytest.raises(CommandFailure):
        annotate_tags(opened(repo), {Tag(name="jam/v3", commit=repo.head()): "jam 3"})


@pytest.mark.needs("modes")
def test_a_commit_is_made_of_texts_without_a_working_tree(repo: Repo) -> None:
    odd, quoted = "a \udce9\\\\ b", '"q"\n'
    repo.commit("a", {"run": "1", "gone": "1", "stays": "1\n"})
    (repo.path / "run").chmod(0o755)
    base = repo.commit("executable")
    bare = making.clone(str(repo.path), repo.path.with_name("bare.git"), "--bare")
    tree = Tree(repository=bare, commit=base)
    texts = {"run": "2", "gone": None, odd: "x\udce9", quoted: "", "new/file": "é\n"}
    made = tree.commit_on("main", texts, "Title\n\n- é\n")
    assert bare.commit_of("refs/heads/main") == made
    assert bare.git("log", "-1", "--format=%P%n%B", made) == f"{base}\nTitle\n\n- é\n\n"
    assert tree.at(made).modes() == {
        **dict.fromkeys((odd, quoted, "new/file", "stays", "a/one.txt"), "100644"),
        "run": "100755",
    }
    kept = {path: text for path, text in texts.items() if text is not None}
    assert tree.at(made).texts(texts) == kept


@pytest.mark.needs("scripts")
def test_a_commit_that_cannot_be_signed_is_a_failure(repo: Repo) -> None:
    signer = repo.path.parent / "signer"
    signer.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    signer.chmod(0o755)
    repo.git("config", "commit.gpgSign", "true")
    repo.git("config", "gpg.program", str(signer))
    tree = Tree(repository=opened(repo), commit=repo.head())
    with pytest.raises(CommandFailure):
        tree.commit_on("other", {"a": "1"}, "Title\n")


def test_tags_are_looked_up_by_name(repo: Repo) -> None:
    annotate_tags(opened(repo), {Tag(name="jam/v1", commit=repo.head()): "jam"})
    repo.git("tag", "v2")
    assert tagged_commits(opened(repo)) == {"jam/v1": repo.head(), "v2": repo.head()}
    assert tagged_commits(opened(repo), "v2", "v3") == {"v2": repo.head()}


def test_a_tag_is_moved_where_it_leads_to_another_commit_than_at_the_remote(repo: Repo) -> None:
    first, head = repo.head(), repo.commit("second", {"b": "2"})
    repo.git("tag", "light")
    repo.git("tag", "moved")
    repo.git("tag", "only-here")
    repo.git("tag", "-a", "-m", "here", "again")
    there = {
        "refs/tags/light": head,
        "refs/tags/moved": first,
        "refs/tags/only-there": first,
        "refs/tags/again": "1" * 40,
        "refs/tags/again^{}": head,
    }
    assert list(moved_tags(opened(repo), there)) == [("moved", head, first)]
    assert list(moved_tags(opened(repo), there | {"refs/tags/moved": head})) == []


def test_a_file_that_was_moved_is_told_with_its_old_path(repo: Repo) -> None:
    start = repo.commit("a", {"old/pyproject.toml": "a = 1\nb = 2\nc = 3\n"})
    repo.git("mv", "old", "new")
    moved = repo.commit("move")
    (commit,) = opened(repo).history(moved, [start])
    assert set(commit.files) == {"old/pyproject.toml", "new/pyproject.toml"}
    assert commit.moves == {"new/pyproject.toml": "old/pyproject.toml"}


def test_a_path_is_looked_up_to_the_letter_and_from_the_root(repo: Repo) -> None:
    wanted = repo.commit("one", {"w/a[1]/f": "1"})
    repo.commit("other", {"w/a1/f": "1", "a[1]/f": "1"})
    inside = Repository(path=repo.path / "w")
    assert [c.hash for c in inside.changes_of("HEAD", ["w/a[1]/f"], "w")] == [wanted]


def test_a_commit_that_is_replaced_here_is_read_as_it_was_made(repo: Repo) -> None:
    start = repo.head()
    made = repo.commit("fix: as it was made", {"b.txt": ""})
    repo.git("replace", made, repo.git("commit-tree", "-m", "feat!: other", "HEAD^{tree}"))
    (commit,) = opened(repo).history("HEAD", [start])
    assert (commit.message, commit.parents) == ("fix: as it was made", (start,))


def test_a_remote_is_reached_as_its_settings_say(repo: Repo) -> None:
    assert url_of(opened(repo), "origin") is None
    repo.git("remote", "add", "origin", "mine:a.git")
    repo.git("config", "url.https://example.invalid/.insteadOf", "mine:")
    repo.git("config", "remote.origin.pushurl", "../b.git")
    assert url_of(opened(repo), "origin") == "https://example.invalid/a.git"
    push = ("remote.origin.pushurl", str(repo.path.with_name("b.git")))
    assert reached_by(opened(repo), "origin") == ("mine:a.git", (push,))
    repo.git("remote", "set-url", "origin", "../c.git")
    assert reached_by(opened(repo), "origin")[0] == str(repo.path.with_name("c.git"))
