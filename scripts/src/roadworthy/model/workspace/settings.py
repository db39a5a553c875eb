"""`[tool.release]` of the root manifest: every key has a default."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from ..history.tag import TagFormat
from ..problem import Problem, UsageFailure
from ..transport import transport_problem
from ..version import Level
from .setting_values import Cascade, FeatureBefore1, Floors, Proof, Versioning, read_value

DEFAULT_IGNORE = ("**/tests/**", "**/test/**", "**/changes/**", "**/CHANGELOG.md")
DEFAULT_IGNORE_TYPES = ("chore", "ci", "docs", "style", "test")
LOCKSTEP_TAG = "v{version}"
# A field that is no key: which keys somebody wrote.
WRITTEN = "written"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How this workspace releases. `written` are the keys that stand in the manifest."""

    branch: tuple[str, ...] = ("main",)
    branch_lines: Mapping[str, SpecifierSet] = field(default_factory=dict)
    max_bump: Mapping[str, Level] = field(default_factory=dict)
    remote: str = "origin"
    repository: str = ""
    index: str = ""
    tag_format: TagFormat = field(default_factory=TagFormat)
    read_tag_formats: tuple[TagFormat, ...] = ()
    tag_names: Mapping[NormalizedName, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = DEFAULT_IGNORE
    ignore_types: tuple[str, ...] = DEFAULT_IGNORE_TYPES
    versioning: Versioning = Versioning.INDEPENDENT
    cascade: Cascade = Cascade.PATCH
    floors: Floors = Floors.MOVE
    feature_before_1: FeatureBefore1 = FeatureBefore1.PATCH
    fixed: tuple[tuple[NormalizedName, ...], ...] = ()
    never: tuple[NormalizedName, ...] = ()
    withdrawn: tuple[tuple[NormalizedName, Version], ...] = ()
    require_notes: bool = False
    prove: tuple[Proof, ...] = ()
    written: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def is_lockstep(self) -> bool:
        """Tell whether all members are released together, at one version and one tag."""
        return self.versioning is Versioning.LOCKSTEP

    @property
    def feature_level(self) -> Level:
        """Return how far a feature moves a version before 1.0."""
        return Level.MINOR if self.feature_before_1 is FeatureBefore1.MINOR else Level.PATCH

    def line_of(self, branch: str) -> str:
        """Return the name of a maintenance branch; empty for the first of all."""
        return "" if branch == self.branch[0] else branch

    def tag_for(self, name: NormalizedName, version: Version) -> str:
        """Return the name of the tag of a member at a version."""
        return self.tag_format.render(self.tag_names.get(name, name), version)

    def parse_tag(
        self, tag: str, names: Collection[NormalizedName]
    ) -> tuple[tuple[NormalizedName, ...], Version] | None:
        """Read a tag in the shape that we write: the members that it is for, and the version."""
        if not self.tag_names:
            return self.tag_format.parse(tag, names)
        called = {NormalizedName(text): name for name, text in self.tag_names.items()}
        known = (set(names) - self.tag_names.keys()) | called.keys()
        parsed = self.tag_format.parse(tag, known)
        if parsed is None or not self.tag_format.names_member:
            return (tuple(names), parsed[1]) if parsed else None
        return tuple(called.get(name, name) for name in parsed[0]), parsed[1]

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> "Settings":
        """Check `[tool.release]`; raise `UsageFailure` for an unknown key or value."""
        keys = {each.name.replace("_", "-") for each in fields(cls) if each.name != WRITTEN}
        unknown = sorted(set(table) - keys)
        if unknown:
            hint = f"the keys are {', '.join(sorted(keys))}"
            messages = (f"[tool.release] has an unknown key `{key}`" for key in unknown)
            raise UsageFailure(*(Problem("settings-key", message, hint) for message in messages))
        read = {key.replace("-", "_"): read_value(key, table[key]) for key in table}
        if read.get("versioning") is Versioning.LOCKSTEP:
            read.setdefault("tag_format", TagFormat(LOCKSTEP_TAG))
        settings = cls(**read, written=frozenset(table))
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
    others = sorted({*settings.branch_lines, *settings.max_bump} - set(settings.branch))
    if others:
        message = f"[tool.release] has a line or a bump for {', '.join(others)}, not in `branch`"
        hint = "list the branch in `branch`, too: releases are made from those alone"
        raise UsageFailure(Problem("settings-branch", message, hint))
