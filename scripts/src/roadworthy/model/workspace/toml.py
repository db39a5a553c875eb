"""Manifests as tables: read, whatever is wrong with their TOML."""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..problem import Problem, UsageFailure
from ..text import short
from .shape import shape_problems

MOST_PARTS = 200  # of one key; Python takes minutes for some thousands of them
# A key of more parts: each is a word, and a dot behind it. Numbers in a text are none.
LONG_KEY = re.compile(rf"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}""")


def table_of(path: str, text: str) -> Mapping[str, Any]:
    """Read a manifest; raise `UsageFailure`, whatever is wrong with it."""
    hint = "fix that line"
    deep = "is nested too deeply", "write it with fewer brackets, or fewer dots in a key"
    try:
        text.encode("utf-8")
        if not LONG_KEY.search(text):
            return _parsed(text)
        why, hint = deep
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        why, hint = f"is not UTF-8, in line {line}", "save it as UTF-8"
    except RecursionError:
        why, hint = deep
    except tomllib.TOMLDecodeError as error:
        why = f"is not TOML: {short(str(error))}"
        if text.startswith("\ufeff"):
            hint = "it starts with a byte order mark: save it as UTF-8 without one"
    except ValueError:
        why, hint = "has a number that is too long", "write one of fewer than 4,300 digits"
    raise UsageFailure(Problem("manifest-unreadable", f"{path} {why}", hint))


def table_there(text: str) -> Mapping[str, Any]:
    """Read a manifest of another commit, such as a tagged one; empty where it is not sound."""
    try:
        table = table_of("it", text)
    except UsageFailure:
        return {}
    return {} if any(shape_problems("it", table)) else table


@lru_cache(maxsize=10_000)  # most manifests stay the same from one commit to the next
def _parsed(text: str) -> Mapping[str, Any]:
    return tomllib.loads(text)
