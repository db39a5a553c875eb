"""The door to readme_renderer: whether an index can show a long description.

PyPI renders with it, too: https://github.com/pypa/readme_renderer
"""

import re
from io import StringIO

# What docutils writes of a mistake: `<string>:LINE: (LEVEL/NUMBER) MESSAGE`.
_REPORT = re.compile(r"^<string>:(\d*): \((\w+)/\d+\) ", re.MULTILINE)


def mistakes(text: str) -> str:
    """Return why reStructuredText cannot be shown; empty where it can.

    The other formats need no such question: any text is Markdown, and any is plain.
    """
    from readme_renderer import rst  # noqa: PLC0415 - a quarter of a second

    said = StringIO()
    if rst.render(text, stream=said) is not None:
        return ""
    return " ".join(_REPORT.sub(_in_words, said.getvalue()).split())


def _in_words(report: re.Match[str]) -> str:
    line, level = report.groups()
    return f"line {line}: {level.lower()}: "
