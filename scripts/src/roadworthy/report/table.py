"""Tables that fit a terminal and a pipe: nothing is cut, and no line ends with blanks.

On a terminal that is too narrow, the last column, which people read and nobody copies, is
wrapped by its words. Everywhere else a row is a line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

GAP = 2
CODE, KEPT = re.compile("`[^`]*`"), "\x00"
# Where less than this is left for the last column, it goes below its row.
LEAST, INDENT = 24, 4


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], width: int | None = None
) -> Iterator[str]:
    """Return the lines of a table; without a width, a row is as long as it is."""
    cells = [list(headings), *map(list, rows)]
    columns = [max(map(len, column)) + GAP for column in zip(*cells, strict=True)]
    place = sum(columns[:-1])
    for *starts, last in cells:
        pairs = zip(starts, columns[:-1], strict=True)
        start = "".join(f"{cell:<{column}}" for cell, column in pairs)
        yield from _row(start, last, place, width)


def _row(start: str, last: str, place: int, width: int | None) -> Iterator[str]:
    if width is None or len(start) + len(last) <= width:
        yield (start + last).rstrip()
        return
    if width - place < LEAST:
        yield start.rstrip()
        yield from (" " * INDENT + line for line in _wrapped(last, width - INDENT))
        return
    first, *others = _wrapped(last, width - place)
    yield (start + first).rstrip()
    yield from (" " * place + line for line in others)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text between its words alone: a command, which somebody copies, stays whole."""
    kept = CODE.sub(lambda found: found[0].replace(" ", KEPT), text)
    lines = wrap(kept, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace(KEPT, " ") for line in lines] or [""]
