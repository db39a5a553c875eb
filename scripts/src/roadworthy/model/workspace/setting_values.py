"""The values of `[tool.release]`, each read as what it is; what is none is said with its key."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..history.tag import TagFormat
from ..problem import Problem, UsageFailure
from ..text import brief
from ..url import is_url, without_credentials
from ..version import Level, read_version


class Versioning(StrEnum):
    """Whether each member has a version of its own, or all have one."""

    INDEPENDENT = "independent"
    LOCKSTEP = "lockstep"


class Cascade(StrEnum):
    """How far a dependent moves whose range a sibling leaves."""

    PATCH = "patch"
    SAME = "same"
    NONE = "none"


class Floors(StrEnum):
    """Whether a range comes to begin at the version that a sibling is released with."""

    MOVE = "move"
    KEEP = "keep"


class FeatureBefore1(StrEnum):
    """What a feature moves in a version before 1.0."""

    PATCH = "patch"
    MINOR = "minor"


class Proof(StrEnum):
    """What members' own tests are run against, before anything leaves the machine."""

    WHEEL = "wheel"
    FLOOR = "floor"
    DEPENDENTS = "dependents"


LEVELS = {str(level): level for level in (Level.PATCH, Level.MINOR, Level.MAJOR)}


def read_value(key: str, value: object) -> Any:  # noqa: ANN401 - each key has a type of its own
    """Read the value of a key; raise `UsageFailure` for one of the wrong kind."""
    return READERS[key](key, value)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(key, value, "a string")
    return value


def _name_in_git(key: str, value: object) -> str:
    text = _text(key, value)
    if not text:
        raise _wrong(key, value, "a string")
    _require_plain(key, text)
    return text


def _url(key: str, value: object) -> str:
    text = _text(key, value)
    if not is_url(text):
        raise _wrong(key, without_credentials(text), "a URL")
    return text


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, value, "true or false")
    return value


def _choice(kind: type[StrEnum]) -> Callable[[str, object], StrEnum]:
    def read(key: str, value: object) -> StrEnum:
        if not isinstance(value, str) or value not in set(kind):
            raise _wrong(key, value, " or ".join(f'"{each}"' for each in kind))
        return kind(value)

    return read


def _texts(key: str, value: object) -> tuple[str, ...]:
    """Read a list of strings, none of them empty."""
    is_list = isinstance(value, list) and all(isinstance(name, str) and name for name in value)
    if not isinstance(value, list) or not is_list:
        raise _wrong(key, value, "a list of strings")
    return tuple(value)


def _branches(key: str, value: object) -> tuple[str, ...]:
    """Read a branch or a list of them; releases need one."""
    names = _texts(key, [value] if isinstance(value, str) else value)
    if not names:
        raise _wrong(key, value, "a list of strings")
    for name in names:
        _require_plain(key, name)
    return names


def _types(key: str, value: object) -> tuple[str, ...]:
    """Read types of commits: https://www.conventionalcommits.org/en/v1.0.0/."""
    return tuple(text.lower() for text in _texts(key, value))


def _proofs(key: str, value: object) -> tuple[Proof, ...]:
    names = _texts(key, value)
    if not set(names) <= set(Proof):
        raise _wrong(key, value, f"a list of {', '.join(Proof)}")
    return tuple(Proof(name) for name in names)


def _members(key: str, value: object) -> tuple[NormalizedName, ...]:
    return tuple(map(canonicalize_name, _texts(key, value)))


def _groups(key: str, value: object) -> tuple[tuple[NormalizedName, ...], ...]:
    if not isinstance(value, list):
        raise _wrong(key, value, "a list of lists of members")
    return tuple(_members(key, group) for group in value)


def _releases(key: str, value: object) -> tuple[tuple[NormalizedName, Version], ...]:
    return tuple(_release(key, text) for text in _texts(key, value))


def _release(key: str, text: str) -> tuple[NormalizedName, Version]:
    name, _, number = text.partition("==")
    version = read_version(number.strip())
    if version is None:
        raise _wrong(key, text, 'members at versions, such as ["acme-core==1.0.1"]')
    return canonicalize_name(name.strip()), version


def _format(key: str, value: object) -> TagFormat:
    return TagFormat(_text(key, value))


def _formats(key: str, value: object) -> tuple[TagFormat, ...]:
    return tuple(TagFormat(text, is_only_read=True) for text in _texts(key, value))


def _table(key: str, value: object, expected: str) -> dict[str, str]:
    words = value.values() if isinstance(value, dict) else [None]
    if not isinstance(value, dict) or not all(isinstance(word, str) and word for word in words):
        raise _wrong(key, value, expected)
    return value


def _names_in_tags(key: str, value: object) -> dict[NormalizedName, str]:
    table = _table(key, value, 'a table such as { acme-core = "core" }')
    for word in table.values():
        _require_plain(key, word)
    return {canonicalize_name(name): word for name, word in table.items()}


def _lines(key: str, value: object) -> dict[str, SpecifierSet]:
    expected = 'a table of ranges such as { "1.x" = "<2" }'
    table = _table(key, value, expected)
    try:
        return {branch: SpecifierSet(text) for branch, text in table.items()}
    except InvalidSpecifier:
        raise _wrong(key, value, expected) from None


def _bumps(key: str, value: object) -> dict[str, Level]:
    expected = f'a table such as {{ "1.x" = "patch" }}, with {", ".join(LEVELS)}'
    table = _table(key, value, expected)
    if any(word not in LEVELS for word in table.values()):
        raise _wrong(key, value, expected)
    return {branch: LEVELS[word] for branch, word in table.items()}


def _require_plain(key: str, name: str) -> None:
    """Refuse a name that git would take for an option, or that no ref can have."""
    if name.startswith("-") or " " in name or not name.isprintable():
        raise _wrong(key, name, "a valid name in git")


READERS: Mapping[str, Callable[[str, object], Any]] = {
    "branch": _branches,
    "branch-lines": _lines,
    "max-bump": _bumps,
    "remote": _name_in_git,
    "repository": _url,
    "index": _text,
    "tag-format": _format,
    "read-tag-formats": _formats,
    "tag-names": _names_in_tags,
    "ignore": _texts,
    "ignore-types": _types,
    "versioning": _choice(Versioning),
    "cascade": _choice(Cascade),
    "floors": _choice(Floors),
    "feature-before-1": _choice(FeatureBefore1),
    "fixed": _groups,
    "never": _members,
    "withdrawn": _releases,
    "prove": _proofs,
    "require-notes": _flag,
}


def _wrong(key: str, value: object, expected: str) -> UsageFailure:
    message = f"[tool.release] `{key}` is {brief(value)}"
    return UsageFailure(Problem("settings-value", message, f"it takes {expected}"))
