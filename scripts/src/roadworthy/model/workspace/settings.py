"""`[tool.release]` of the root manifest: every key has a default."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

from ..history.tag import TagFormat
from ..problem import Problem, UsageFailure
from ..text import brief
from ..transport import transport_problem
from ..url import is_url, without_credentials

DEFAULT_IGNORE = ("**/tests/**", "**/test/**", "**/changes/**", "**/CHANGELOG.md")
LOCKSTEP_TAG = "v{version}"


class Versioning(StrEnum):
    """Whether each member has a version of its own, or all have one."""

    INDEPENDENT = "independent"
    LOCKSTEP = "lockstep"


class Cascade(StrEnum):
    """How far a dependent moves whose range a sibling leaves."""

    PATCH = "patch"
    SAME = "same"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How this workspace releases."""

    branch: tuple[str, ...] = ("main",)
    remote: str = "origin"
    repository: str = ""
    index: str = ""
    tag_format: TagFormat = field(default_factory=TagFormat)
    ignore: tuple[str, ...] = DEFAULT_IGNORE
    versioning: Versioning = Versioning.INDEPENDENT
    cascade: Cascade = Cascade.PATCH
    fixed: tuple[tuple[NormalizedName, ...], ...] = ()
    require_notes: bool = False

    @property
    def is_lockstep(self) -> bool:
        """Tell whether all members are released together, at one version and one tag."""
        return self.versioning is Versioning.LOCKSTEP

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> "Settings":
        """Check `[tool.release]`; raise `UsageFailure` for an unknown key or value."""
        keys = {each.name.replace("_", "-") for each in fields(cls)}
        unknown = sorted(set(table) - keys)
        if unknown:
            hint = f"the keys are {', '.join(sorted(keys))}"
            messages = (f"[tool.release] has an unknown key `{key}`" for key in unknown)
            raise UsageFailure(*(Problem("settings-key", message, hint) for message in messages))
        read = {key.replace("-", "_"): _read(key, table[key]) for key in table}
        if read.get("versioning") is Versioning.LOCKSTEP:
            read.setdefault("tag_format", TagFormat(LOCKSTEP_TAG))
        settings = cls(**read)
        _check(settings)
        return settings


def _check(settings: Settings) -> None:
    """Refuse settings that contradict each other."""
    template = settings.tag_format.template
    refused = transport_problem(settings.repository, "[tool.release] `repository`")
    if settings.repository and refused:
        raise UsageFailure(refused)
    if settings.is_lockstep and settings.tag_format.names_member:
        message = f"[tool.release] tag-format `{template}` names a member, and all have one tag"
        hint = f'with `versioning = "lockstep"`, use `{LOCKSTEP_TAG}`'
        raise UsageFailure(Problem("tag-format-lockstep", message, hint))
    if not settings.is_lockstep and not settings.tag_format.names_member:
        message = f"[tool.release] tag-format `{template}` does not name a member"
        hint = 'use {name} in it, as in `{name}/v{version}`, or `versioning = "lockstep"`'
        raise UsageFailure(Problem("tag-format-member", message, hint))
    names = [name for group in settings.fixed for name in group]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or (names and settings.is_lockstep):
        message = f"[tool.release] `fixed` has {', '.join(twice or names)} in two groups"
        hint = "a member shares its version in one group; lockstep is a group of all"
        raise UsageFailure(Problem("settings-groups", message, hint))


def _read(key: str, value: object) -> Any:  # noqa: ANN401 - each key has a type of its own
    if key in {"branch", "ignore"}:
        return _names(key, [value] if key == "branch" and isinstance(value, str) else value)
    if key == "fixed":
        return _groups(key, value)
    if key == "require-notes":
        if not isinstance(value, bool):
            raise _wrong(key, value, "true or false")
        return value
    if key in CHOICES:
        return _choice(key, value)
    if not isinstance(value, str) or (key == "remote" and not value):
        raise _wrong(key, value, "a string")
    if key == "repository" and not is_url(value):
        raise _wrong(key, without_credentials(value), "a URL")
    if key == "remote":
        _require_plain(key, value)
    return TagFormat(value) if key == "tag-format" else value


def _choice(key: str, value: object) -> StrEnum:
    known = CHOICES[key]
    if not isinstance(value, str) or value not in set(known):
        raise _wrong(key, value, " or ".join(f'"{each}"' for each in known))
    return known(value)


def _groups(key: str, value: object) -> tuple[tuple[NormalizedName, ...], ...]:
    if not isinstance(value, list):
        raise _wrong(key, value, "a list of lists of members")
    return tuple(tuple(map(canonicalize_name, _names(key, group))) for group in value)


def _names(key: str, value: object) -> tuple[str, ...]:
    """Read a list of strings, none of them empty; releases need a branch."""
    is_list = isinstance(value, list) and all(isinstance(name, str) and name for name in value)
    if not isinstance(value, list) or not is_list or (key == "branch" and not value):
        raise _wrong(key, value, "a list of strings")
    for name in value if key == "branch" else ():
        _require_plain(key, name)
    return tuple(value)


def _require_plain(key: str, name: str) -> None:
    """Refuse a name that git would take for an option, or that no ref can have."""
    if name.startswith("-") or " " in name or not name.isprintable():
        raise _wrong(key, name, "a valid name in git")


CHOICES: Mapping[str, type[StrEnum]] = {"versioning": Versioning, "cascade": Cascade}


def _wrong(key: str, value: object, expected: str) -> UsageFailure:
    message = f"[tool.release] `{key}` is {brief(value)}"
    return UsageFailure(Problem("settings-value", message, f"it takes {expected}"))
