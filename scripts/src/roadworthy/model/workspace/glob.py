"""Globs over paths, folder by folder: `*` within a name, `**` for any folders or none."""

from fnmatch import fnmatchcase
from functools import lru_cache


@lru_cache(maxsize=100_000)  # the commits of a history touch the same files again and again
def matches(path: str, pattern: str) -> bool:
    """Tell whether a whole path matches a pattern."""
    parts = path.split("/")
    reached = {0}  # how many parts are matched, in each way that there is
    for glob in pattern.strip("/").split("/"):
        if glob == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            fitting = (n for n in reached if n < len(parts) and fnmatchcase(parts[n], glob))
            reached = {n + 1 for n in fitting}
        if not reached:
            return False
    return len(parts) in reached
