"""Text of others is shown as it is, and none of it is taken as a command."""

import re
from unicodedata import category

import pytest
from hypothesis import given, settings

from roadworthy.model import text as shower
from roadworthy.model.text import (
    as_block,
    as_code,
    brief,
    in_cell,
    in_markdown,
    in_message,
    one_line,
    only_text,
    short,
    shown,
    visible,
    without_scratch,
)
from tests.helpers.markdown import HARMLESS, live, read, tokens
from tests.helpers.strange import TEXTS


@pytest.mark.promise(33)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words, 50% é 中 🥕", "plain words, 50% é 中 🥕"),
        ("👩\u200d🚀 क्\u200dष", "👩\u200d🚀 क्\u200dष"),
        (
            "\u200d🚀 🚀\u200d a\u200db 🚀\u200d\u200d🚀",
            r"\u200d🚀 🚀\u200d a\u200db 🚀\u200d\u200d🚀",
        ),
        ("two\nlines\r\nand a\ttab", "two\nlines\nand a\ttab"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        (
            "\x1b]8;;http://e\x1b\\here\x1b]8;;\x1b\\",
            r"\x1b]8;;http://e\x1b\here\x1b]8;;\x1b" + "\\",
        ),
        ("\x9b2J", r"\x9b2J"),
        ("50 %\rdone", r"50 %\x0ddone"),
        ("a\x00b\x07c\x7f", r"a\x00b\x07c\x7f"),
        ("user\u202enimda", r"user\u202enimda"),
        ("\u2066a\u2069\u200e\u200f\u061c", r"\u2066a\u2069\u200e\u200f\u061c"),
        ("zero\u200bwidth\u200d\u2060\ufeff\u00ad", r"zero\u200bwidth\u200d\u2060\ufeff\xad"),
        ("line\u2028para\u2029next\x85", r"line\u2028para\u2029next\x85"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("caf\udce9 \ud800", r"caf\xe9 \ud800"),
    ],
)
def test_what_is_hidden_is_written_out(text: str, expected: str) -> None:
    assert (visible(text), shown(text)) == (expected, expected)


@pytest.mark.promise(33)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("a\n  ::add-mask::x", "a\n" + r"  \x3a:add-mask::x"),
        ("see a::b", "see a::b"),
        ("a ##[error]b", r"a \x23#[error]b"),
        ("##vso[task.setvariable]", r"\x23#vso[task.setvariable]"),
        ("section_start:1:x\r\x1b[0K", r"section_start:1:x\x0d\x1b[0K"),
        ("## heading", "## heading"),
    ],
)
def test_a_log_takes_nothing_as_a_command(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.promise(33)
@given(TEXTS)
def test_nothing_hidden_is_left_and_twice_is_as_once(text: str) -> None:
    found = shown(text)
    words = re.sub(r"(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])", "", found)
    left = {c for c in words if category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n", "\t"}
    assert (left, shown(found)) == (set(), found)
    commands = [line for line in found.split("\n") if line.strip().startswith("::")]
    assert (commands, re.search(r"##\w*\[", found)) == ([], None)


@given(TEXTS)
def test_a_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert len(short(text)) <= 200


def test_a_long_line_is_cut() -> None:
    assert short("x" * 201) == "x" * 199 + "…"
    assert short("x" * 200) == "x" * 200


def test_bytes_that_are_no_text_are_written_out_for_json() -> None:
    assert only_text("caf\udce9 \x1b \U0001f955") == "caf\\xe9 \x1b \U0001f955"


@pytest.mark.promise(33)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a plain change, 50% faster: (at last)!", "a plain change, 50% faster: (at last)!"),
        ("add `--flag value` and `x`.", "add `--flag value` and `x`."),
        ("thanks @user (#12)", "thanks `@user` `(#12)`"),
        ("[x](http://e) ![y](z)", "`[x](http://e)` `![y](z)`"),
        ("see http://e or www.e.example", "see `http://e` or `www.e.example`"),
        ("<img src=x> &amp; __init__.py", "`<img` `src=x>` `&amp;` `__init__.py`"),
        ("GH-12 !3 deadbeef :bug:", "`GH-12` `!3` `deadbeef` `:bug:`"),
        ("a` b ``c", "`` a` `` b ``` ``c ```"),
        ("- x", "`-` x"),
        ("1. x", "`1.` x"),
        ("/close now", "`/close` now"),
        ("two\nlines", "two lines"),
        ("\u202ex", r"`\u202ex`"),
    ],
)
def test_in_markdown_words_stay_and_all_else_is_code(text: str, expected: str) -> None:
    assert in_markdown(text) == expected


@pytest.mark.promise(33)
@settings(max_examples=300)
@given(TEXTS)
def test_in_markdown_nothing_is_live_and_nothing_is_lost(text: str) -> None:
    found = in_markdown(text)
    assert live(found) == []
    bare = one_line(text).replace("`", "")
    assert read(found).replace("`", "").split() == bare.split()


def test_what_is_live_is_seen() -> None:
    for text in ("@user", "<b>", "[x](y)", "**x**", "http://e", "#1", "- x", "# x", "![x](y)"):
        assert live(text) != [], text


@pytest.mark.promise(33)
@settings(max_examples=300)
@given(TEXTS)
def test_a_cell_of_a_table_is_never_broken(text: str) -> None:
    row = f"| a | b |\n|---|---|\n| {in_cell(in_markdown(text))} | {in_cell(as_code(text))} |\n"
    found = tokens(row)
    assert [t.type for t in found if t.type in {"td_open", "tr_open"}] == [
        *("tr_open", "tr_open"),
        *("td_open", "td_open"),
    ]
    assert {t.type for t in found if not t.block} <= HARMLESS


def test_a_bar_in_a_cell_would_break_it() -> None:
    found = tokens("| a |\n|---|\n| `x|y` |\n")
    assert [t.content for t in found if t.type == "code_inline"] == []


@given(TEXTS)
def test_code_and_blocks_are_shown_to_the_letter(text: str) -> None:
    (code,) = [t for t in tokens(as_code(text)) if t.type == "code_inline"]
    assert code.content.strip() == one_line(text)
    (block,) = tokens(as_block(text))
    assert (block.type, block.content) == ("fence", f"{visible(text)}\n")


@pytest.mark.promise(33)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fix: it, closes #12", "fix: it, closes `# 12`"),
        ("thanks @user, see GH-3 and !4", "thanks `@ user,` see `GH- 3` and `! 4`"),
        ("feat!: it", "feat!: it"),
        ("fix: it, closes https://h.example/x/1", "fix: it, closes `https:// h.example/x/1`"),
        ("see acme/x#1 or acme/x@deadbeef", "see `acme/x# 1` or `acme/x@ deadbeef`"),
    ],
)
def test_a_message_of_a_commit_mentions_nobody_and_closes_nothing(text: str, expected: str) -> None:
    assert in_message(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("banana", "'banana'"),
        ("x" * 300, "'" + "x" * 198 + "…"),
        ([[[[[[[[[1]]]]]]]]], "[[[[[[[...]]]]]]]"),
    ],
)
def test_a_value_in_a_message_is_brief(value: object, expected: str) -> None:
    assert brief(value) == expected


def test_a_number_that_python_does_not_write_is_no_error() -> None:
    assert brief(int("f" * 5000, 16)) == "a number that is too long"


SCRATCH = "/scratch/release-a1b2c3d4"
VERSIONS = ", ".join(f"{number}.0" for number in range(99))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"`uv pip install {SCRATCH}/dist/zq-1.whl` ended", "`uv pip install zq-1.whl` ended"),
        (f"cannot build `{SCRATCH}/source/packages/zq`", "cannot build `zq`"),
        (f"in {SCRATCH}: no", "in .: no"),
        (f"from file://{SCRATCH}/m.git, no", "from m.git, no"),
        ("/home/me/release-notes/a.txt", "/home/me/release-notes/a.txt"),
        (f"(from versions: {VERSIONS})", "(from versions: ..., 96.0, 97.0, 98.0)"),
        ("(from versions: 1.0, 2.0)", "(from versions: 1.0, 2.0)"),
    ],
)
def test_what_a_program_said_has_no_path_of_ours_and_no_list_of_all_versions(
    said: str, shown: str
) -> None:
    assert without_scratch(said) == shown


def test_all_that_is_offered_is_tried_here() -> None:
    offered = {name for name in vars(shower) if name[0] != "_" and callable(getattr(shower, name))}
    ours = {n for n in offered if getattr(vars(shower)[n], "__module__", "") == shower.__name__}
    assert ours <= set(globals())
