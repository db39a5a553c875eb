"""People say what changed by notes, check it before a merge, and look at the picture."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.cli import ROOT, command, run
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo
from tests.helpers.workspaces import member

CODE = "packages/zq-base/src/zq_base/x.py"


def tagged(checkout: Repo) -> Repo:
    """Return the checkout with every member released as it is, and its remote up to date."""
    for name in ("zq-app", "zq-base", "zq-middle"):
        checkout.git("tag", f"{name}/v0.1.0")
    checkout.git("push", "--quiet", "--tags", "origin", "main")
    return checkout


def test_a_change_note_is_written_for_each_member_and_never_over_another(checkout: Repo) -> None:
    for _ in range(2):
        words = ("zq-base", "zq-app", "feature", "Lids, for all jars!")
        done = run(checkout.path, "change", *words)
        assert done.code == 0, done.stderr
    written = sorted(checkout.path.glob("packages/*/changes/*"))
    assert [str(path.relative_to(checkout.path)) for path in written] == [
        f"packages/{name}/changes/lids-for-all-jars{number}.feature.md"
        for name in ("zq-app", "zq-base")
        for number in ("-2", "")
    ]
    assert {path.read_text("utf-8") for path in written} == {"Lids, for all jars!\n"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "a change note needs one or more members"),
        (("zq-base",), "a change note needs a level: breaking, feature, fix, misc"),
        (("zq-base", "fix"), "a change note needs a text"),
        (("slat", "fix", "It"), "no member is named `slat`"),
    ],
)
def test_a_change_note_that_is_not_whole_is_refused_where_nobody_can_be_asked(
    words: tuple[str, ...], message: str, checkout: Repo
) -> None:
    done = run(checkout.path, "change", *words)
    assert (done.code, message in done.stderr) == (2, True), done.stderr
    assert not list(checkout.path.glob("packages/*/changes"))


def test_the_release_commit_consumes_the_notes(checkout: Repo, remote: Repo) -> None:
    tagged(checkout)
    run(checkout.path, "change", "zq-base", "breaking", "Lids are gone")
    checkout.commit("feat: jars", {CODE: ""})
    checkout.git("push", "--quiet", "origin", "main")
    assert run(checkout.path, "prepare", "--execute").code == 0
    assert remote.git("ls-tree", "-r", "--name-only", "main", "packages/zq-base").splitlines() == [
        "packages/zq-base/CHANGELOG.md",
        "packages/zq-base/README.md",
        "packages/zq-base/pyproject.toml",
        "packages/zq-base/src/zq_base/__init__.py",
        CODE,
    ]
    log = remote.git("show", "main:packages/zq-base/CHANGELOG.md")
    assert log.endswith("### Changed\n\n- **Breaking:** Lids are gone")
    again = run(checkout.path, "prepare")
    assert "already prepared" in again.stdout


def test_a_change_is_checked_before_it_is_merged(checkout: Repo) -> None:
    tagged(checkout)
    checkout.git("switch", "--quiet", "-c", "jars")
    run(checkout.path, "change", "zq-base", "fix", "A lid fits")
    files = {CODE: "", "packages/zq-app/src/zq_app/x.py": "", "packages/zq-middle/tests/t.py": ""}
    checkout.commit("fix: lids", files)
    done = run(checkout.path, "plan", "--check", "--json")
    assert (done.code, done.json["check"]) == (
        0,
        {"base": "origin/main", "changed": ["zq-app", "zq-base"], "without_note": ["zq-app"]},
    )
    text = (checkout.path / "pyproject.toml").read_text("utf-8")
    checkout.commit("chore: notes", {"pyproject.toml": f"{text}require-notes = true\n"})
    strict = run(checkout.path, "plan", "--check")
    assert strict.code == 1
    assert "zq-app changes, and there is no change note for it" in strict.stderr
    base = checkout.head()
    checkout.commit("docs: a word", {"packages/zq-base/src/zq_base/words.py": "# x\n"})
    assert run(checkout.path, "plan", "--check", "--base", base).code == 0


def test_a_range_that_is_wrong_is_named_and_can_be_written(checkout: Repo) -> None:
    manifest = checkout.path / "packages/zq-middle/pyproject.toml"
    right = manifest.read_text("utf-8")
    wrong = right.replace('"zq-base>=0.1.0,<0.2"', '"zq-base"')
    checkout.commit("break", {"packages/zq-middle/pyproject.toml": wrong})
    done = run(checkout.path, "plan", "--check", "--fix", "--json")
    assert (done.code, done.json["written"], done.json["problems"]) == (
        0,
        ["packages/zq-middle/pyproject.toml"],
        [],
    )
    assert done.json["proposals"] == {"zq-middle": {"zq-base": "zq-base>=0.1.0,<0.2"}}
    assert manifest.read_text("utf-8") == right
    checkout.commit("fix: the range")
    assert run(checkout.path, "plan", "--check").code == 0


def test_what_cannot_be_mended_or_answered_is_no_traceback(checkout: Repo) -> None:
    path = checkout.path / "packages/zq-middle/pyproject.toml"
    right = path.read_text("utf-8")
    wrong = right.replace('"zq-base>=0.1.0,<0.2"', '"zq-base"')
    checkout.commit("break", {"packages/zq-middle/pyproject.toml": wrong})
    path.write_text("[project", "utf-8")
    done = run(checkout.path, "plan", "--check", "--fix")
    assert (done.code, "zq-middle/pyproject.toml cannot be edited" in done.stderr) == (1, True)
    shutil.rmtree(path.parent)
    done = run(checkout.path, "change", "zq-middle", "fix", "It")
    assert (done.code, "zq-middle is not a folder" in done.stderr) == (2, True), done.stderr
    assert not path.parent.exists()


def test_what_cannot_be_compared_with_is_refused(checkout: Repo) -> None:
    done = run(checkout.path, "plan", "--check", "--base", "nowhere")
    assert (done.code, "there is no commit `nowhere`" in done.stderr) == (2, True)
    assert run(checkout.path, "plan", "--fix").code == 2


def test_a_plan_as_markdown_has_its_reasons_and_a_picture(checkout: Repo) -> None:
    tagged(checkout).commit("feat!: a | lid", {CODE: ""})
    done = run(checkout.path, "plan", "zq-base", "--markdown")
    assert done.stdout == (
        "## Release plan\n\n"
        "| member | from | to | because |\n|---|---|---|---|\n"
        "| zq-base | 0.1.0 | 0.2.0 | feat!: a `\\|` lid |\n"
        "| zq-middle | 0.1.0 | 0.1.1 | zq-base 0.2.0 is outside of its range `>=0.1.0,<0.2` |\n"
        "| zq-app | 0.1.0 | 0.1.1 | zq-base 0.2.0 is outside of its range `>=0.1.0,<0.2` |\n\n"
        "| range | becomes |\n|---|---|\n"
        "| `zq-base>=0.1.0,<0.2` | `zq-base>=0.2.0,<0.3` |\n"
        "| `zq-middle>=0.1.0,<0.2` | `zq-middle>=0.1.1,<0.2` |\n\n"
        "```mermaid\ngraph LR\n"
        '    m0["zq-app<br/>0.1.0 to 0.1.1"]:::moving\n'
        '    m1["zq-base<br/>0.1.0 to 0.2.0"]:::moving\n'
        '    m2["zq-middle<br/>0.1.0 to 0.1.1"]:::moving\n'
        "    m0 --> m1\n    m0 --> m2\n    m2 --> m1\n"
        "    classDef moving fill:#ffd866,stroke:#996600,color:#222222\n"
        "    classDef private stroke-dasharray:4\n```\n\n"
    )


def test_the_workspace_is_drawn_around_the_members_that_are_named(checkout: Repo) -> None:
    done = run(checkout.path, "graph", "zq-base", "--format", "dot", "--json")
    kind = "dependencies"
    assert done.json["edges"] == [
        {"from": "zq-app", "to": "zq-base", "kind": kind},
        {"from": "zq-app", "to": "zq-middle", "kind": kind},
        {"from": "zq-middle", "to": "zq-base", "kind": kind},
    ]
    assert '    "zq-app" -> "zq-base";' in done.json["picture"]


def tools(folder: Path, *names: str) -> str:
    """Return a PATH of these programs alone."""
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(str(shutil.which(name)))
    return str(folder)


@pytest.mark.needs("scripts")
def test_an_svg_is_drawn_by_graphviz_or_refused_with_the_way_out(
    checkout: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = str(shutil.which(os.environ.get("UV", "uv")))
    monkeypatch.setenv("UV", uv)
    path = tools(tmp_path / "tools", "git", "cat", "sh")
    monkeypatch.setenv("PATH", path)
    done = run(checkout.path, "graph", "--format", "svg")
    assert (done.code, "`dot` draws the SVG, and it is not installed" in done.stderr) == (
        1,
        True,
    ), done.stderr
    shell_program(Path(path, "dot"), 'echo "<svg $1>"\ncat')
    drawn = run(checkout.path, "graph", "--format", "svg")
    assert drawn.stdout.splitlines()[:2] == ["<svg -Tsvg>", "digraph workspace {"]


def test_a_member_whose_version_is_its_tag_asks_for_the_first_one(checkout: Repo) -> None:
    tagged(checkout)
    path = "packages/zq-app/pyproject.toml"
    text = (checkout.path / path).read_text("utf-8")
    dynamic = text.replace('version = "0.1.0"', 'dynamic = ["version"]')
    checkout.git("push", "--quiet", "origin", "--delete", "refs/tags/zq-app/v0.1.0")
    checkout.commit("versions", {path: f"{dynamic}\n[tool.versioningit]\n"})
    (told, *_) = run(checkout.path, "status", "zq-app", "--json").json["members"]
    assert (told["version"], told["state"]) == (None, "no version yet")
    assert told["next"].endswith("give the first with `--version zq-app=0.1.0`")


def test_on_a_terminal_what_is_missing_is_asked_for(checkout: Repo) -> None:
    ours, theirs = os.openpty()
    os.write(ours, b"zq-base, zq-app\nbreaking\nLids are gone\n")
    done = subprocess.run(
        command(checkout.path, "change"), cwd=ROOT, stdin=theirs, capture_output=True, check=False
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0, done.stderr
    written = sorted(checkout.path.glob("packages/*/changes/*"))
    assert [path.name for path in written] == ["lids-are-gone.breaking.md"] * 2


PLANNED = """\
wave  member     from   to     tag
1     zq-base    0.1.0  0.2.0  zq-base/v0.2.0
2     zq-middle  0.1.0  0.1.1  zq-middle/v0.1.1
3     zq-app     0.1.0  0.1.1  zq-app/v0.1.1

zq-base 0.1.0 -> 0.2.0 because of 2 things:
  - fix: a crack
  - feat!: anew

zq-middle 0.1.0 -> 0.1.1, zq-app 0.1.0 -> 0.1.1, each because zq-base 0.2.0 is outside of its \
range >=0.1.0,<0.2

Ranges that change:
  zq-base>=0.1.0,<0.2  ->  zq-base>=0.2.0,<0.3
  zq-middle>=0.1.0,<0.2  ->  zq-middle>=0.1.1,<0.2

zq-alone stays: unchanged since zq-alone/v0.1.0
"""


def test_a_plan_says_what_is_released_and_why_in_words_for_people(checkout: Repo) -> None:
    checkout.commit("feat: alone", member("zq-alone"))
    checkout.git("tag", "zq-alone/v0.1.0")
    tagged(checkout)
    checkout.commit("feat!: anew", {CODE: ""})
    checkout.commit("fix: a crack", {CODE: "# whole\n"})
    lines = run(checkout.path, "plan").stdout.splitlines()
    assert [line.rstrip() for line in lines] == PLANNED.splitlines()


def test_a_check_fails_on_a_range_that_a_released_member_cannot_be_installed_with(
    checkout: Repo,
) -> None:
    tagged(checkout)
    path = "packages/zq-middle/pyproject.toml"
    text = (checkout.path / path).read_text("utf-8")
    wrong = text.replace('"zq-base>=0.1.0,<0.2"', '"zq-base>=0.5"')
    never = checkout.commit("fix: a range", {path: wrong})
    checkout.git("tag", "--force", "zq-middle/v0.1.0", never)
    checkout.git("push", "--quiet", "--force", "origin", "main", "refs/tags/zq-middle/v0.1.0")
    assert run(checkout.path, "plan", "--json").json["problems"] == []
    done = run(checkout.path, "plan", "--check", "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (
        1,
        ["range-excludes-sibling"],
    )
