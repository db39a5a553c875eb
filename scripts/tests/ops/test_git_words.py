"""What git prints is read right, whatever people wrote into commits, names and tags."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roadworthy.gather.facts import gather
from roadworthy.model.plan.plan import make_plan
from roadworthy.ops.git.refs import tags_and_branches
from roadworthy.ops.git.repository import Repository
from roadworthy.ops.git.words import read_records, readable
from roadworthy.ops.tree import open_workspace
from tests.helpers.hostile import shielded
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

# What was a separator once, what looks like a status, a commit, the end of a record.
PIECES = st.sampled_from(
    [
        *(b"\x1e", b"\x1f", b"\n", b"\r", b"\t", b'"', b"\\", b" ", b"A", b"R100", b"M\n"),
        *(b"a" * 40, b"\n\n", b"feat: x", b"release: ", b"\xff", b"\xe9", "é".encode(), b"\x1b[0m"),
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=6).map(b"".join)
MESSAGES = TEXTS.map(lambda text: text.replace(b"\0", b""))
NAMES = MESSAGES.map(lambda text: b"f" + text.replace(b"/", b""))
COMMITS = st.lists(
    st.tuples(MESSAGES, st.lists(NAMES, unique=True, max_size=3)), min_size=1, max_size=3
)


def quoted(name: bytes) -> bytes:
    """Write a name as `git fast-import` reads it."""
    return b'"' + b"".join(b"\\%03o" % byte for byte in name) + b'"'


def stream(commits: list[tuple[bytes, list[bytes]]]) -> Iterator[bytes]:
    """Say commits in the words of `git fast-import`; each has files that no other has."""
    for number, (message, names) in enumerate(commits, 1):
        yield b"commit refs/heads/main\nmark :%d\ncommitter T <t@localhost> 1 +0000\n" % number
        yield b"data %d\n%s\n" % (len(message), message)
        for name in names:
            yield b"M 100644 inline %s\ndata 1\nx\n" % quoted(b"%d/%s" % (number, name))


@example([(b"fix: one\x1e" + b"a" * 40 + b"\x1f\x1ffeat: forged\x1f", [b"f\n", b"f\t\xe9"])])
@given(COMMITS)
@settings(max_examples=30, deadline=None)
def test_no_message_and_no_name_is_taken_for_something_else(
    commits: list[tuple[bytes, list[bytes]]],
) -> None:
    with TemporaryDirectory() as folder:
        repo = Repo.init(Path(folder))
        command = ("git", "-C", folder, "fast-import", "--quiet")
        subprocess.run(command, input=b"".join(stream(commits)), check=True, env=shielded())
        tree = repo.git("hash-object", "-t", "tree", "-w", "/dev/null")
        empty = repo.git("commit-tree", "-m", "apart", tree)
        read = Repository(path=repo.path).history("main", [empty])
        texts = Repository(path=repo.path).texts([f"main:{p}" for c in read for p in c.files])
    assert [(commit.message, set(commit.files)) for commit in reversed(read)] == [
        (
            readable(message.decode("utf-8", "surrogateescape")).strip(),
            {f"{number}/{name.decode('utf-8', 'surrogateescape')}" for name in names},
        )
        for number, (message, names) in enumerate(commits, 1)
    ]
    assert list(texts.values()) == ["x"] * sum(len(names) for _, names in commits)


@given(st.lists(st.tuples(st.just("refs/a"), TEXTS.map(bytes.hex), MESSAGES.map(bytes.hex))))
def test_records_are_read_by_their_number_of_words(records: list[tuple[str, ...]]) -> None:
    printed = "".join("".join(f"{word}\0" for word in record) + "\n" for record in records)
    assert list(read_records(printed, 3)) == records


def test_a_message_in_another_encoding_is_read_in_it(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path)
    start = repo.commit("start")
    repo.git("config", "i18n.commitEncoding", "ISO-8859-1")
    (tmp_path / "message").write_bytes("fix: né".encode("latin-1"))
    repo.git("commit", "--quiet", "--allow-empty", "--file=message")
    (commit,) = Repository(path=repo.path).history("HEAD", [start])
    assert commit.message == "fix: né"


@pytest.mark.parametrize(
    ("trailer", "read"),
    [
        ("release/2026.01.02", "release/2026.01.02"),
        ("release/2026.01.02\n  and more", "release/2026.01.02"),
        ("--force\nReleased-With: release/2026.01.02", "release/2026.01.02"),
        ("refs/heads/main\x1e\x1f", ""),
    ],
)
def test_a_tag_names_its_release_in_one_word_or_not_at_all(
    trailer: str, read: str, tmp_path: Path
) -> None:
    repo = Repo.init(tmp_path)
    repo.commit("start")
    repo.git("tag", "--annotate", "--message", f"x\n\nReleased-With: {trailer}", "v1")
    ((tag,), _) = tags_and_branches(Repository(path=repo.path), "HEAD")
    assert (tag.name, tag.commit, tag.released_with) == ("v1", repo.head(), read)


@pytest.mark.needs("links")
def test_a_workspace_with_strange_names_and_messages_is_planned(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    repo.git("tag", "zq-base/v0.1.0")
    strange = b"packages/zq-base/src/zq_base/a\nb\t\xe9 \"'.py"
    path = tmp_path / "workspace" / strange.decode("utf-8", "surrogateescape")
    path.symlink_to("__init__.py")
    (tmp_path / "message").write_bytes(b"fix: one \x1e\x1f \xe9\n\n\x1eM\x1f\n")
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--file", str(tmp_path / "message"))
    made = make_plan(gather(open_workspace(repo.path)))
    base = next(release for release in made.releases if release.name == "zq-base")
    assert (str(base.planned_version), made.problems) == ("0.1.1", ())
