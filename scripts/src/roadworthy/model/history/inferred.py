"""The settings that fit the tags which are there: what a plan goes by until somebody writes them.

The shape of each member's newest tags is the one that is in use. Where all agree, it is
taken; where they do not, nobody but the team can choose.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName

from ..problem import Problem, UsageFailure
from ..workspace.setting_values import Versioning
from ..workspace.settings import Settings
from ..workspace.workspace import Workspace
from .shape import NAME
from .tag import TagFormat
from .tagged import Counted, Tagged

Value = str | list[str] | dict[str, str]
KEY = "tag-format"
DEFAULT = TagFormat()
NAMED_AT_MOST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Inferred:
    """Settings that nobody wrote, the lines to write, and why.

    With `asks`, nobody can tell what was meant: the plan stops until one is chosen.
    """

    settings: Settings
    lines: Mapping[str, Value] = field(default_factory=dict)
    message: str = ""
    asks: bool = False

    @property
    def problem(self) -> Problem:
        """Return what to say of it: what was found, and what to write."""
        lines = ", ".join(toml_lines(self.lines))
        hint = f"write in [tool.release]: {lines}; `nox -s adopt -- --write` writes it"
        if self.asks:
            return Problem("tag-shapes-several", self.message, hint)
        return Problem("tag-shape-inferred", self.message, hint)


def toml_lines(lines: Mapping[str, Value]) -> list[str]:
    """Return settings as the lines of a table in TOML."""
    return [f"{key} = {_toml(value)}" for key, value in lines.items()]


def infer(tagged: Tagged, workspace: Workspace) -> Inferred | None:
    """Return the settings that fit the tags; None where those that are written do."""
    if KEY in workspace.settings.written or not tagged.others:
        return None
    newest = _newest(tagged, workspace)
    if not newest or all(DEFAULT.template in shapes for shapes in newest.values()):
        return None
    common = frozenset.intersection(*map(frozenset, newest.values()))
    if len(common) != 1:
        return _several(newest, workspace.settings)
    shape = next(iter(common))
    if NAME in shape:
        return _of_names(shape, [shapes[shape] for shapes in newest.values()], workspace)
    return _of_all(shape, newest.keys(), workspace)


def _newest(tagged: Tagged, workspace: Workspace) -> dict[NormalizedName, dict[str, Counted]]:
    """Return the shapes of the tags of each member's newest release, with what they say."""
    others: dict[tuple[NormalizedName, object], dict[str, Counted]] = {}
    for each in tagged.others:
        others.setdefault((each.member, each.version), {})[each.shape] = each
    found = {}
    for name, member in workspace.members.items():
        versions = [v for v, tag in tagged.releases.get(name, {}).items() if tag.reachable]
        if member.never_released or not versions:
            continue
        newest = max(versions)
        shapes = dict(others.get((name, newest), {}))
        tag = tagged.releases[name][newest]
        if all(each.tag is not tag for each in shapes.values()):
            shapes[DEFAULT.template] = Counted(name, newest, tag, DEFAULT.template, name)
        found[name] = shapes
    return found


def _several(
    newest: Mapping[NormalizedName, Mapping[str, Counted]], settings: Settings
) -> Inferred:
    examples = {shape: c.tag.name for shapes in newest.values() for shape, c in shapes.items()}
    named = [f"`{shape}` as in {name}" for shape, name in sorted(examples.items())]
    message = f"the newest tags of members have {len(named)} shapes: {_some(named)}"
    return Inferred(settings=settings, lines={KEY: DEFAULT.template}, message=message, asks=True)


def _of_names(shape: str, tags: Collection[Counted], workspace: Workspace) -> Inferred:
    """Fit a shape that names each member; one that no git URL can name is only read."""
    example = max(tags, key=lambda each: each.version).tag.name
    names = {each.member: each.name for each in tags if each.name != each.member}
    lines: dict[str, Value] = {KEY: shape}
    try:
        chosen = TagFormat(shape)
    except UsageFailure:
        message = (
            f"tags such as {example} are read, and no git URL can name one; "
            f"new tags are made as `{DEFAULT.template}`"
        )
        return Inferred(settings=workspace.settings, lines={KEY: DEFAULT.template}, message=message)
    if names:
        lines["tag-names"] = {str(name): text for name, text in sorted(names.items())}
    settings = replace(
        workspace.settings, tag_format=chosen, tag_names=names or workspace.settings.tag_names
    )
    message = f"there is no `{KEY}`; the tags, such as {example}, are in the shape `{shape}`"
    return Inferred(settings=settings, lines=lines, message=message)


def _of_all(shape: str, names: Collection[NormalizedName], workspace: Workspace) -> Inferred:
    """Fit a shape that names no member: it is for all that had its version."""
    released = (n for n, member in workspace.members.items() if not member.never_released)
    others = sorted(name for name in released if name not in names)
    lines: dict[str, Value] = {"versioning": str(Versioning.LOCKSTEP), KEY: shape}
    never = tuple(sorted({*workspace.settings.never, *others}))
    if others:
        lines["never"] = list(map(str, never))
    settings = replace(
        workspace.settings, tag_format=TagFormat(shape), versioning=Versioning.LOCKSTEP, never=never
    )
    message = f"there is no `{KEY}`; the tags are in the shape `{shape}`, " + (
        f"for {_some(list(names))} alone, and {_some(others)} had no release yet"
        if others
        else "one for all members"
    )
    return Inferred(settings=settings, lines=lines, message=message, asks=bool(others))


def _some(names: Collection[str]) -> str:
    """Name some, and count the others."""
    shown = ", ".join(list(names)[:NAMED_AT_MOST])
    more = len(names) - NAMED_AT_MOST
    return f"{shown} and {more} more" if more > 0 else shown


def _toml(value: Value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'{key} = "{text}"' for key, text in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(f'"{text}"' for text in value) + "]"
    return f'"{value}"'
