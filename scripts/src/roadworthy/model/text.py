"""Text that others wrote, made ready to be shown: nothing that shows it may obey it.

Commit subjects, notes, file names and the words of other programs are data. A terminal,
the log of a CI job and a forge each take some of it as a command. Here is the one way to
show it to each of them.
"""

import re
from reprlib import repr as short_repr
from unicodedata import category

# Control characters, marks that nobody sees or that turn the direction of a line, halves
# of a character, and separators of lines and paragraphs.
# https://www.unicode.org/reports/tr44/#General_Category_Values
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
_SURROGATE = re.compile("[\ud800-\udfff]")
# Where Python keeps each byte that is no UTF-8: https://peps.python.org/pep-0383/
_BYTES = range(0xDC80, 0xDD00)
# What a CI job takes as a command: GitHub at the start of a line, GitHub and Azure within
# one. GitLab's section markers have a carriage return, which never gets through.
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
_COMMAND_LINE = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_COMMAND_WORD = re.compile(r"#(?=#[a-zA-Z]*\[)")
_LONG = 200
# A path below a folder of ours, and what pip says of all versions that there are.
_SCRATCH = re.compile(
    r"(?:file://)?(?:/[^\s/`'\":]+)*/release-\w{8}(?:/[^\s/`'\"]+)*?(?:/(?P<name>[^\s/`'\"]+))?/?(?=[\s`'\":,)]|$)"
)
_VERSIONS = re.compile(r"\(from versions: [^()]{60,}?, (?P<last>[^(),]+, [^(),]+, [^(),]+)\)")

# A word that Markdown or a forge may read as more than a word.
# https://github.github.com/gfm/
# https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
# https://docs.gitlab.com/user/markdown/#gitlab-specific-references
_LIVE = re.compile(
    r"""[#$&*<>@\[\\\]^_`{|}~]         # marks of Markdown and HTML, mentions and references
    | :// | www\.                      # links
    | [%!](?=\w)                       # a milestone, a merge request
    | :\w[\w+-]*:                      # an emoji
    | \bGH-\d                          # an issue
    | (?<!\w)[0-9a-f]{7,40}(?!\w)      # a commit
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?:[@#!]|://)(?=\w)|\bGH-(?=\d)", re.IGNORECASE)
# A first word that begins a list or a rule, or is a command of GitLab's.
_BEGINS_MORE = re.compile(r"[-+=]+|\d+[.)]|/.*")
# A piece of code between single backticks is kept; all else is looked at word by word.
_PIECE = re.compile(r"(?<!\S)`[^`\s](?:[^`]*[^`\s])?`(?=[.,;:!?)]*(?:\s|$))|\S+")


def visible(text: str) -> str:
    """Return text of any lines with all that is hidden in it written out."""
    return "\n".join(map(_visible, text.replace("\r\n", "\n").split("\n")))


def shown(text: str) -> str:
    """Return text of any lines for a terminal or a log, which takes none of it as a command.

    What was made ready once is left alone.
    """
    return _COMMAND_WORD.sub(r"\\x23", _COMMAND_LINE.sub(r"\1\\x3a", visible(text)))


def one_line(text: str) -> str:
    """Return text as one line, for a list or a cell of a table."""
    return visible(" ".join(text.split()))


def short(text: str) -> str:
    """Return text as one line that is never very long."""
    line = one_line(text)
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"


def brief(value: object) -> str:
    """Return a value of a file as it may stand in a message, however long or deep it is."""
    try:
        return short(repr(value) if isinstance(value, str) else short_repr(value))
    except ValueError:  # Python refuses to write a number of 4,300 digits
        return "a number that is too long"


def without_scratch(text: str) -> str:
    """Return what a program said without the paths of our scratch folders, which nobody knows.

    Of a path, its last name stays; of a list of all versions that an index has, the last ones.
    """
    named = _SCRATCH.sub(lambda found: found["name"] or ".", text)
    return _VERSIONS.sub(r"(from versions: ..., \g<last>)", named)


def only_text(text: str) -> str:
    """Return text without bytes that are none, which no strict reader of JSON takes."""
    return _SURROGATE.sub(lambda found: _written_out(found[0]), text)


def in_markdown(text: str) -> str:
    """Return text as one line of Markdown in which no link, mention or reference is live.

    Ordinary words stay as they are. Others become code, where no forge looks for
    anything; what the text itself marks as code stays code.
    """
    line = one_line(text)
    first = line.partition(" ")[0]
    if _BEGINS_MORE.fullmatch(first):
        return as_code(first) + _with_code(line.removeprefix(first))
    return _with_code(line)


def in_message(text: str) -> str:
    """Return text as a line of a commit's message, which mentions nobody and closes nothing.

    Forges look there within code, too; and such a message becomes the text of a request.
    """
    return _REFERENCE.sub(r"\g<0> ", in_markdown(short(text)))


def in_cell(text: str) -> str:
    """Return Markdown for a cell of a table, which ends at a bar even within code.

    https://github.github.com/gfm/#tables-extension-
    """
    return re.sub(r"(\\?)\|", lambda found: r"\x5c\|" if found[1] else r"\|", text)


def as_code(text: str) -> str:
    """Return text as a code span of Markdown.

    https://spec.commonmark.org/current/#code-spans
    """
    line = one_line(text)
    fence = "`" * (_longest_run(line) + 1)
    space = " " if line[:1] in {"", "`"} or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}"


def as_block(text: str) -> str:
    """Return lines as a block of Markdown that is shown as it is."""
    lines = visible(text)
    fence = "`" * max(3, _longest_run(lines) + 1)
    return f"{fence}text\n{lines}\n{fence}"


def _with_code(line: str) -> str:
    return _PIECE.sub(lambda found: _word(found[0]), line)


def _word(piece: str) -> str:
    is_code = len(piece) > 2 and piece[0] == piece[-1] == "`" and "`" not in piece[1:-1]
    return piece if is_code or not _LIVE.search(piece) else as_code(piece)


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _visible(line: str) -> str:
    if line.isprintable():  # nearly every line is, and that is known at once
        return line
    return "".join(
        c if c == "\t" or category(c) not in _HIDDEN or _joins(line, place) else _written_out(c)
        for place, c in enumerate(line)
    )


def _joins(line: str, place: int) -> bool:
    """Tell whether a joiner is a part of a word, as in Persian or Hindi, or of an emoji."""
    around = line[place - 1 : place] + line[place + 1 : place + 2]
    is_within = len(around) == 2 and not any(c.isascii() or category(c) in _HIDDEN for c in around)
    return line[place] in _JOINERS and is_within


def _written_out(character: str) -> str:
    number = ord(character)
    if number in _BYTES:
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
