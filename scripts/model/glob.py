"""Globs over paths, folder by folder: `*` within a name, `**` for any folders or none."""

from fnmatch import fnmatchcase


def matches(path: str, pattern: str) -> bool:
    """Tell whether a whole path matches a pattern."""
    return _match(tuple(path.split("/")), tuple(pattern.strip("/").split("/")))


def _match(parts: tuple[str, ...], glob: tuple[str, ...]) -> bool:
    if not glob:
        return not parts
    if glob[0] == "**":
        return any(_match(parts[skip:], glob[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], glob[0]) and _match(parts[1:], glob[1:])
