"""What others may write: texts with all that is hidden, and manifests with any value anywhere."""

from typing import Any

from hypothesis import strategies as st

# What a terminal, a log, Markdown, a forge, git, TOML or a parser of ours could obey.
PIECES = (
    *("\x1b[31m", "\x1b]8;;http://evil.example\x1b\\", "\x9b2J", "\r", "\n", "\r\n", "\x00"),
    *("\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\u2028", "\u2029", "\x85", "\x0b"),
    *("\udcff", "\ud800", "é", "中", "🥕", "e\u0301", "\t", " ", "  ", "\xa0"),
    *("::error::", "::add-mask::x", "##[error]", "##vso[task.x]", ":", "#", "##", "["),
    *("@user", "@acme/team", "#12", "!3", "GH-7", "acme/x#1", "deadbeef", "closes #3", "~label"),
    *("http://evil.example", "www.evil.example", "a@b.example", "[x](http://e)", "![x](y)"),
    *("<img src=x>", "<!--", "-->", "&amp;", "`", "``", "`a|b`", "|", "\\|", "\\", "*", "_", "__"),
    *("- ", "1. ", "# ", "## 9.9.9", "```", "~~~", "> ", "===", "---", "/close", ":bug:", "$x$"),
    *("word", "fix: it", "feat!: that", "BREAKING CHANGE: all", "Refs: ", "This reverts commit "),
    *("1.2.3", "9" * 4301, "0x" + "f" * 5000, "(" * 300, "\U000e0041", "%1", "{x}", "^"),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)

_SCALARS = (
    st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | TEXTS.map(lambda text: text.encode("utf-8", "replace").decode("utf-8"))
    | st.sampled_from(["version", "vcs", "(", "a{99999999999}", "https://[::1", "http://h:x/", ""])
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "name", "url", "version"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def put(table: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    """Return a table with a value at a dotted key, whatever is there now."""
    first, _, rest = key.partition(".")
    inner = table.get(first)
    if rest:
        value = put(inner if isinstance(inner, dict) else {}, rest, value)
    return {**table, first: value}
