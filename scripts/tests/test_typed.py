"""What is typed is read to the letter, and what is printed to be typed again is the same."""

import shlex
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from roadworthy.cli.commands import COMMANDS, module_of
from roadworthy.cli.flags import FLAGS
from roadworthy.cli.options import Common
from roadworthy.cli.parser import options_of
from roadworthy.cli.typed import JOINED, as_typed, for_real
from roadworthy.model.problem import UsageFailure

SPACED = "a 'b' $c"
VALUES: Mapping[str, str] = {"--wait": "2.5", "--url": "https://h.example/x y", "--shard": "1/3"}


def words(name: str, command: str) -> list[str]:
    """Return an option as somebody may type it, by what it means to a command."""
    told = module_of(command).Options.meaning(name)
    choices: Any = told.get("choices") or (VALUES.get(name, SPACED),)
    if told.get("action") == "store_true":
        return [name]
    if name in JOINED:
        return [name, "wheel,floor"]
    if "nargs" in told:
        return [name, "zq-a", "ZQ b"]
    return [name, choices[-1]] * (2 if told.get("action") == "append" else 1)


EVERY = [(command, flag) for command in COMMANDS for flag in module_of(command).Options.flags()]


def typed_again(options: Common) -> Common:
    """Read the words that are printed to be typed again."""
    line = " ".join([options.command, *as_typed(options)])
    return options_of(shlex.split(line))


@pytest.mark.parametrize(("command", "option"), EVERY)
def test_every_option_of_every_command_is_typed_again(command: str, option: str) -> None:
    options = options_of([command, "zq-m", *words(option, command)])
    assert typed_again(options) == options
    assert option in as_typed(options)


def test_all_options_of_a_release_are_typed_again_at_once(tmp_path: Path) -> None:
    told = module_of("release").Options.flags()
    several = sorted(told, key=lambda name: "nargs" in FLAGS[name])
    options = options_of(
        [
            "release",
            "zq-m",
            "--workspace",
            str(tmp_path / SPACED),
            *chain.from_iterable(words(each, "release") for each in several),
        ]
    )
    assert typed_again(options) == options
    line = shlex.split(for_real(options))
    assert line[:5] == ["nox", "-s", "release", "--", "--execute"]
    assert line.count("--execute") == 1


def test_the_line_of_a_rehearsal_names_workspace_interpreter_and_time(tmp_path: Path) -> None:
    typed = ["release", "--workspace", str(tmp_path), "--python", "3.12", "--wait", "30"]
    assert for_real(options_of([*typed, "--index", ""])) == (
        f"nox -s release -- --execute --workspace {tmp_path} --index '' --python 3.12 --wait 30"
    )


def test_with_nothing_typed_there_is_nothing_to_type_again() -> None:
    assert for_real(options_of(["release"])) == "nox -s release -- --execute"


def test_a_value_that_looks_like_an_option_stays_a_value() -> None:
    options = options_of(["release", "--python=-x"])
    assert as_typed(options) == ["--python=-x"]


@pytest.mark.promise(16)
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://me:hidden@h.example/x", "https://h.example/x"),
        ("https://hidden@h.example/x", "https://h.example/x"),
        ("ssh://git:hidden@h.example/x", "ssh://git@h.example/x"),
        ("ssh://git@h.example/x", "ssh://git@h.example/x"),
        ("git@h.example:x", "git@h.example:x"),
    ],
)
def test_no_secret_of_a_url_is_typed_again(url: str, expected: str) -> None:
    assert as_typed(options_of(["snippet", "--url", url])) == ["--url", shlex.quote(expected)]


REFUSED = {
    "abbreviated": (["release", "--exec"], "unrecognized arguments: --exec"),
    "abbreviated, before": (["--works", ".", "plan"], "COMMAND: invalid choice: '.'"),
    "abbreviated, general": (["plan", "--js"], "unrecognized arguments: --js"),
    "a flag with a value": (["release", "--execute=yes"], "--execute: ignored explicit argument"),
    "twice": (["release", "--index", "a", "--index", "b"], "--index is given more than once"),
    "twice, with =": (["release", "--python=a", "--python", "b"], "--python is given more than"),
    "before and after": (["--workspace", "a", "plan", "--workspace=b"], "--workspace is given"),
    "two lists": (["release", "--promote", "--promote", "a"], "--promote is given more than once"),
    "an empty promotion": (["release", "--promote", ""], "--promote: the value is empty"),
    "an empty selection": (["release", "--only", " "], "--only: the value is empty"),
    "an empty folder": (["publish", "--from", ""], "--from: the value is empty"),
    "an empty workspace": (["plan", "--workspace="], "--workspace: the value is empty"),
    "an empty interpreter": (["release", "--python", ""], "--python: the value is empty"),
    "an empty branch": (["prepare", "--branch", ""], "--branch: the value is empty"),
    "an empty URL": (["snippet", "--url", ""], "--url: the value is empty"),
    "a URL": (["snippet", "--url", "http://[::1"], "--url: `http://[::1` is not a URL"),
    "a port": (["add-index", "x", "--publish-url", "https://h:x/"], "`https://h:x/` is not a URL"),
    "a line break": (["snippet", "--url", "https://h/\nx"], "is not a URL"),
    "no number": (["release", "--wait", "nan"], "`nan` is not a number of seconds"),
    "no end": (["release", "--wait", "inf"], "`inf` is not a number of seconds"),
    "too much": (["release", "--wait", "1e999"], "`1e999` is not a number of seconds"),
    "a year": (["release", "--wait", "1e9"], "`1e9` is not a number of seconds"),
    "less than none": (["release", "--wait", "-1"], "`-1` is not a number of seconds"),
    "no seconds": (["release", "--wait", "soon"], "`soon` is not a number of seconds"),
    "nothing after it": (["release", "--wait"], "--wait: expected one argument"),
    "an option before": (["--json", "plan"], "unrecognized arguments: --json"),
    "members apart": (["release", "a", "--execute", "b"], "unrecognized arguments: b"),
    "an unknown choice": (["graph", "--format", "png"], "--format: invalid choice: 'png'"),
    "no command": ([], "the following arguments are required: COMMAND"),
    "an unknown command": (["relaese"], "COMMAND: invalid choice: 'relaese'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_refused(case: str) -> None:
    typed, message = REFUSED[case]
    with pytest.raises(UsageFailure) as told:
        options_of(typed)
    (problem,) = told.value.problems
    assert message in problem.message
    assert problem.hint


@pytest.mark.parametrize(
    ("typed", "name", "expected"),
    [
        (["plan", "--only", "a", "b", "--only", "c"], "only", ["a", "b", "c"]),
        (["plan", "--index", ""], "index", ""),
        (["snippet", "--ref", ""], "refs", [""]),
        (["release", "--wait", "0"], "wait", 0.0),
        (
            ["change", "a", "fix", "--", "--index", "--index"],
            "members",
            ["a", "fix", *["--index"] * 2],
        ),
    ],
)
def test_what_can_be_meant_is_taken(typed: list[str], name: str, expected: object) -> None:
    assert getattr(options_of(typed), name) == expected
