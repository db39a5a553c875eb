"""What the README says is what happens: its lines are run as a newcomer types them."""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.template.desk import NOX, ROOT, Folder, clean_environment, copy_of_the_workspace
from tests.template.test_template import sessions

README = (ROOT / "README.md").read_text("utf-8")
FORGE = "https://github.com/OWNER/TEMPLATE"


def lines_of(block: str) -> list[str]:
    return [line.partition(" #")[0].strip() for line in block.splitlines() if line.strip()]


def section(heading: str) -> str:
    """Return the first block of commands below a heading."""
    return README.partition(f"## {heading}\n")[2].partition("```console\n")[2].partition("```")[0]


def test_every_session_that_it_names_is_there_and_every_session_is_named() -> None:
    named = set(re.findall(r"nox -s ([a-z-]+)", README))
    rows = set(re.findall(r"`([a-z-]+)`", README.partition("| session |")[2].partition("\n\n")[0]))
    assert named - set(sessions()) == set()
    assert rows >= set(sessions())


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.exhaustive
def test_every_option_that_it_shows_is_one_of_its_command(tmp_path: Path) -> None:
    copy = copy_of_the_workspace(tmp_path / "desk")
    copy.commit("feat: the template")
    uv, known = os.environ.get("UV", "uv"), {}
    shown = re.findall(r"nox -s ([a-z-]+) -- ([^`\n]*)", README)
    wrong = []
    for session, words in shown:
        if session in {"tests", "lint", "NAME"}:
            continue
        if session not in known:
            run = ("run", "--quiet", "--locked", "--only-group=tooling", "roadworthy")
            known[session] = copy.output(uv, *run, session, "--help")
        options = [word for word in shlex.split(words, comments=True) if word.startswith("--")]
        wrong += [f"{session} {option}" for option in options if option not in known[session]]
    assert len(shown) > 8
    assert wrong == []


@pytest.mark.exhaustive
def test_the_first_ten_minutes(tmp_path: Path) -> None:
    forge = copy_of_the_workspace(tmp_path / "forge")
    forge.commit("feat: the template")
    environment = clean_environment() | {
        "PATH": os.pathsep.join([str(NOX.parent), os.environ["PATH"]]),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{forge.path.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": FORGE,
    }
    place = Folder(tmp_path, environment)
    printed = ""
    for line in lines_of(section("The first ten minutes")):
        printed += place.output("bash", "-e", "-c", line)
        if line.startswith("git clone"):
            place = Folder(tmp_path / "acme", environment)
    for name in ("acme-units", "acme-app"):
        assert f"{name}/v0.1.0" in printed
    listed = place.output("git", "ls-files").splitlines()
    texts = {name: (place.path / name).read_text("utf-8") for name in listed}
    assert [name for name, text in texts.items() if "pantry" in text.lower()] == []
    assert [name for name in listed if name.startswith(("scripts/", ".ci/"))] == []
    lines = sum(text.count("\n") for name, text in texts.items() if name != "uv.lock")
    assert lines <= 2_500
    assert place.output("git", "status", "--porcelain") == ""


@pytest.mark.exhaustive
def test_the_two_commands(tmp_path: Path) -> None:
    copy = copy_of_the_workspace(tmp_path / "desk")
    copy.commit("feat: the template")
    first, second = lines_of(section("Two commands"))
    assert (first, second) == (
        'python -m pip install "nox[uv]" && nox -s release',
        "nox -s tests",
    )
    printed = copy.output(NOX, "-s", "release")
    assert "This was a rehearsal" in printed
    names = (path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
    assert [name for name in names if f"{name}/v" not in printed] == []
