"""`[tool.release]` of the root manifest: every key has a default."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .problem import Problem, UsageFailure
from .tag import TagFormat

DEFAULT_IGNORE = ("**/tests/**", "**/test/**", "**/changes/**", "**/CHANGELOG.md")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How this workspace releases."""

    branch: tuple[str, ...] = ("main",)
    remote: str = "origin"
    repository: str = ""
    index: str = ""
    tag_format: TagFormat = field(default_factory=TagFormat)
    ignore: tuple[str, ...] = DEFAULT_IGNORE

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> "Settings":
        """Check `[tool.release]`; raise `UsageFailure` for an unknown key or value."""
        keys = {each.name.replace("_", "-") for each in fields(cls)}
        unknown = sorted(set(table) - keys)
        if unknown:
            hint = f"the keys are {', '.join(sorted(keys))}"
            messages = (f"[tool.release] has an unknown key `{key}`" for key in unknown)
            raise UsageFailure(*(Problem(message, hint) for message in messages))
        return cls(**{key.replace("-", "_"): _read(key, table[key]) for key in table})


def _read(key: str, value: object) -> Any:  # noqa: ANN401 - each key has a type of its own
    if key in {"branch", "ignore"}:
        return _names(key, [value] if key == "branch" and isinstance(value, str) else value)
    if not isinstance(value, str) or (key == "remote" and not value):
        raise _wrong(key, value, "a string")
    return TagFormat(value) if key == "tag-format" else value


def _names(key: str, value: object) -> tuple[str, ...]:
    """Read a list of strings, none of them empty; releases need a branch."""
    is_list = isinstance(value, list) and all(isinstance(name, str) and name for name in value)
    if not isinstance(value, list) or not is_list or (key == "branch" and not value):
        raise _wrong(key, value, "a list of strings")
    return tuple(value)


def _wrong(key: str, value: object, expected: str) -> UsageFailure:
    message = f"[tool.release] `{key}` is {value!r}"
    return UsageFailure(Problem(message, f"it takes {expected}"))
