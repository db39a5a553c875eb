"""What others wrote is shown, and never obeyed: by a terminal, a log, a forge or a program."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unicodedata import category

import pytest

from roadworthy.model.problem import Problem
from roadworthy.report import terminal
from roadworthy.stages.doctor import Finding, Mark
from tests.helpers.cli import ROOT, command, run, run_alone
from tests.helpers.markdown import LIVE, tokens
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import index_table, make_workspace, member

BASE = "packages/zq-base"
FORGED = (
    "feat: \x1b[31mred\u202e @user closes #12 | [x](http://e.example) <img> `a|b`"
    "\r\u2028- zq-top 9: x"
)
SUBJECTS = (FORGED, "::add-mask::it", "fix: ##[error]b")
NOTE = b"\xef\xbb\xbfsee `it`, caf\xe9 and \x1b[2J @user\r\n## 9.9.9\r\n```\r\nopen"
BY_HAND = b"# Changelog\n\n## 0.1.1 - 2026-01-02\n\n- caf\xe9, by hand\n"
NOTE_FILE = os.fsdecode(b"packages/zq-top/changes/caf\xe9.fix.md")
SHOWN = (
    r"feat: \x1b[31mred\u202e @user closes #12 | [x](http://e.example) <img> `a|b` - zq-top 9: x"
)
CODED = (
    r"`\x1b[31mred\u202e` `@user` closes `#12` `|` `[x](http://e.example)` `<img>` `a|b` "
    "- zq-top 9: x"
)


def released(path: Path, more: str = "") -> Repo:
    """Return a workspace of two members that were released."""
    members = member("zq-base") | member("zq-top", "zq-base>=0.1.0,<0.2")
    repo = make_workspace(path, members, more)
    for name in ("zq-base", "zq-top"):
        repo.git("tag", "--annotate", "--message", "x", f"{name}/v0.1.0")
    return repo


def with_strangers(repo: Repo) -> Repo:
    """Let others change both: by commits whose words are commands, and a strange note."""
    for number, subject in enumerate(SUBJECTS):
        file = repo.path / f"{BASE}/src/zq_base/change_{number}.py"
        file.write_text("", "utf-8")
        repo.git("add", "--all")
        repo.git("commit", "--quiet", "--cleanup=verbatim", "--message", subject)
    note = repo.path / NOTE_FILE
    note.parent.mkdir()
    note.write_bytes(NOTE)
    repo.commit("a note")
    return repo


@pytest.fixture
def crowd(tmp_path: Path) -> Repo:
    """Return a workspace with changes of others."""
    return with_strangers(released(tmp_path / "w"))


def unseen(text: str) -> set[str]:
    """Return what nobody sees in a text."""
    return {c for c in text if category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n"}


def hidden(text: str) -> set[str]:
    """Return what nobody sees in what is printed, and what starts a command in a log."""
    lines = (line for line in text.split("\n") if line.strip().startswith("::"))
    return {*unseen(text), *lines, *(word for word in ("##[",) if word in text)}


@pytest.mark.promise(33)
def test_a_plan_shows_the_words_of_others_on_lines_of_their_own(crowd: Repo) -> None:
    done = run(crowd.path, "plan")
    assert (done.code, hidden(done.stdout)) == (0, set()), done.stderr
    told = [line for line in done.stdout.splitlines() if line.startswith(("  - ", "zq-top 0"))]
    assert told == [
        r"  - fix: \x23#[error]b",
        "  - ::add-mask::it",
        f"  - {SHOWN}",
        r"zq-top 0.1.0 -> 0.1.1 because see `it`, caf\xe9 and \x1b[2J @user",
    ]


@pytest.mark.promise(33)
def test_a_comment_on_a_request_has_nothing_live_in_it(crowd: Repo) -> None:
    done = run(crowd.path, "plan", "--markdown")
    assert (done.code, hidden(done.stdout)) == (0, set()), done.stderr
    found = tokens(done.stdout)
    kinds = {t.type for t in found if not t.block}
    assert kinds == {"text", "code_inline", "html_inline"}
    assert {t.content for t in found if t.type == "html_inline"} == {"<br>"}  # ours
    assert [t.content for t in found if t.type == "text" and LIVE.search(t.content)] == []
    assert [t.type for t in found].count("td_open") == 10
    assert [t.info for t in found if t.type == "fence"] == ["mermaid"]


@pytest.mark.promise(33)
def test_json_is_text_for_every_reader_and_says_all_of_it(crowd: Repo) -> None:
    done = run(crowd.path, "plan", "--json")
    assert done.stdout.isascii()
    texts = list(strings(json.loads(done.stdout)))
    assert [text for text in texts if text != text.encode("utf-8", "replace").decode()] == []
    assert done.json["members"][0]["reasons"] == [*reversed(SUBJECTS)]


def strings(value: object) -> Iterator[str]:
    """Return every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in strings(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in strings(each))


@pytest.mark.promise(33)
def test_a_file_name_of_other_bytes_is_written_out_in_json(crowd: Repo) -> None:
    (crowd.path / os.fsdecode(b"packages/zq-top/changes/caf\xe9.md")).write_text("x", "utf-8")
    crowd.commit("a stray")
    done = run(crowd.path, "plan", "--json")
    warnings = [w["message"] for w in done.json["warnings"] if "caf" in w["message"]]
    assert (len(warnings), "caf\\xe9.md" in "".join(warnings)) == (1, True), done.json


@pytest.mark.promise(33)
def test_a_release_commit_has_the_words_of_others_as_code(crowd: Repo) -> None:
    patch = run(crowd.path, "prepare", "--json").json["patch"].splitlines()
    hashes = [crowd.head(f"HEAD~{number}")[:7] for number in (3, 2, 1)]
    assert patch[:4] == [
        "release: zq-base 0.1.1, zq-top 0.1.1",
        "",
        "- zq-base 0.1.1: fix: `##[error]b`",
        r"- zq-top 0.1.1: see `it`, `caf\xe9` and `\x1b[2J` `@ user`",
    ]
    added = [line[1:] for line in patch if line.startswith("+") and not line.startswith("+++")]
    assert f"- {CODED} ({hashes[0]})" in added
    assert f"- `::add-mask::it` ({hashes[1]})" in added
    start = added.index(r"- see `it`, caf\xe9 and \x1b[2J @user")
    assert added[start + 1 : start + 4] == ["  ## 9.9.9", "  ```", "  open"]


@pytest.mark.promise(33)
@pytest.mark.exhaustive
def test_a_release_of_strange_words_is_done_and_tagged_as_text(
    tmp_path: Path, shelf: Shelf
) -> None:
    repo = released(tmp_path / "w", index_table("shelf", shelf.url))
    remote = repo.with_remote(tmp_path / "remote.git")
    repo.git("push", "--quiet", "--tags")
    (repo.path / "packages/zq-top/CHANGELOG.md").write_bytes(BY_HAND)
    with_strangers(repo)
    repo.git("push", "--quiet")
    summary = tmp_path / "summary.md"
    typed = ("release", "--execute", "--installer", "uv")
    done = run(repo.path, *typed, GITHUB_STEP_SUMMARY=str(summary))
    assert (done.code, hidden(done.stdout), hidden(done.stderr)) == (0, set(), set()), done.stderr
    message = remote.git("tag", "--list", "--format=%(contents)", "zq-*/v0.1.1")
    assert (unseen(message), CODED in message) == (set(), True)
    assert r"- caf\xe9, by hand" in message
    assert unseen(summary.read_text("utf-8")) == set()
    assert run(repo.path, *typed).code == 3


@pytest.mark.promise(33)
def test_the_words_of_another_program_are_lines_and_no_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = "`git push` ended with exit code 1\nremote: \x1b[2K\r::error::x\n::add-mask::y\n[bold]z"
    terminal.show_problems([Problem("push-refused", words, "look at\u202e it")])
    assert capsys.readouterr().err == (
        "error[push-refused]: `git push` ended with exit code 1\n"
        r"remote: \x1b[2K\x0d::error::x" + "\n"
        r"\x3a:add-mask::y" + "\n"
        "[bold]z\n\n"
        r"hint: look at\u202e it" + "\n\n"
    )


@pytest.mark.promise(33)
def test_a_cell_that_is_wrapped_starts_no_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    found = "one\n::add-mask::two [bold] " + "::stop-commands::x " * 9  # a line starts with it
    terminal.show_findings([Finding(what="index", mark=Mark.FINE, found=found)])
    told = capsys.readouterr().out
    assert (hidden(told), r"  \x3a:stop-commands" in told) == (set(), True)
    assert [word for word in ("one ::add-mask::two ", "[bold]") if word not in told] == []


@pytest.mark.promise(33)
def test_no_word_becomes_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(":bug: [red]it[/red]")
    assert capsys.readouterr().out == ":bug: [red]it[/red]\n"


@pytest.mark.promise(33)
def test_what_an_output_cannot_show_is_written_out(tmp_path: Path) -> None:
    repo = released(tmp_path / "w")
    repo.commit("fix: 🥕 soup", {f"{BASE}/src/zq_base/soup.py": ""})
    shown = r"because fix: \U0001f955 soup"
    assert "because fix: 🥕 soup" in encoded(repo, "utf-16")
    assert [
        name for name in ("cp1252", "latin-1", "ascii") if shown not in encoded(repo, name)
    ] == []


def encoded(repo: Repo, encoding: str) -> str:
    """Return a plan as an output of an encoding has it."""
    done = subprocess.run(
        command(repo.path, "plan"),
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode(encoding)


@pytest.mark.promise(33)
def test_a_locale_without_letters_is_enough(tmp_path: Path) -> None:
    repo = released(tmp_path / "w")
    repo.commit("fix: café", {f"{BASE}/src/zq_base/soup.py": ""})
    # Python itself needs more, where its own folder has an accent.
    plain = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = run_alone(repo.path, "plan", **plain)
    assert (done.code, r"because fix: caf\xe9" in done.stdout) == (0, True), done.stderr
    assert run_alone(repo.path, "plan", "--json", **plain).json["members"][0]["reasons"] == [
        "fix: café"
    ]
