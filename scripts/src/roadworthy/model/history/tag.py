"""Tags: how the release of a member is named in git."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from packaging.utils import NormalizedName
from packaging.version import Version

from ..problem import Problem, UsageFailure
from ..version import read_version

# What no version contains: without one of these, name and version would run together.
SEPARATORS = frozenset("/-_=")
_RELEASE = re.compile(r"release/(?P<branch>.+/)?\d{4}\.\d\d\.\d\d(\.\d+)?")
_FIELD = re.compile(r"\{name\}|\{version\}")
# What a git URL cannot name, and what git does not take in the name of a ref.
UNSAFE = (*"@#?%:~^\\ *[", "..", "//", ".lock/")
RELEASE_TAG_TRAILER = "Released-With"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A tag, and the commit that it leads to (peeled, where it is annotated)."""

    name: str
    commit: str
    reachable: bool = True
    released_with: str = ""


@dataclass(frozen=True, slots=True)
class TagFormat:
    """The one shape of a member's tag: written and read in the same place.

    One that `is_only_read`, of tags from before, may have what no new tag may.
    """

    template: str = "{name}/v{version}"
    is_only_read: bool = False

    def __post_init__(self) -> None:
        """Refuse a shape that no git URL or no release could use."""
        unsafe = [] if self.is_only_read else unsafe_in(self.template)
        if unsafe:
            message = f"tag-format `{self.template}` has {' '.join(unsafe)!r}"
            hint = "pip and uv cannot name such a tag in a URL; `{name}/v{version}` works"
            raise UsageFailure(Problem("tag-format-unsafe", message, hint))
        pieces = _FIELD.split(self.template)
        fields = sorted(_FIELD.findall(self.template))
        known = fields in (["{name}", "{version}"], ["{version}"])
        if not known or any({"{", "}"} & set(piece) for piece in pieces):
            message = f"tag-format `{self.template}` does not name a release of a member"
            hint = "use {name} and {version} once each, as in `{name}/v{version}`"
            raise UsageFailure(Problem("tag-format-incomplete", message, hint))
        separators = SEPARATORS | {"@"} if self.is_only_read else SEPARATORS
        if self.names_member and not set(pieces[1]) & separators:
            message = f"tag-format `{self.template}` cannot be read back"
            hint = "put one of / - _ = between {name} and {version}, as in `{name}/v{version}`"
            raise UsageFailure(Problem("tag-format-ambiguous", message, hint))

    @property
    def names_member(self) -> bool:
        """Tell whether each member has a tag of its own; else one tag is for all of them."""
        return "{name}" in self.template

    def render(self, name: str, version: Version) -> str:
        """Return the name of the tag of a member at a version."""
        return self.template.format(name=name, version=version)

    def parse(
        self, tag: str, names: Collection[NormalizedName]
    ) -> tuple[tuple[NormalizedName, ...], Version] | None:
        """Read a tag back: the members that it is for, and their version.

        None for one that is not in this shape, to the letter.
        """
        member, version = self._split(tag)
        parsed = read_version(version)
        if parsed is None or self.render(member, parsed) != tag:
            return None
        own = (NormalizedName(member),) if self.names_member else tuple(names)
        return (own, parsed) if own and all(name in names for name in own) else None

    def _split(self, tag: str) -> tuple[str, str]:
        """Return the name and the version in a tag, each empty where it is not there."""
        if not self.names_member:
            return "", _inside(tag, *self.template.split("{version}"))
        if self.template.index("{name}") < self.template.index("{version}"):
            before, rest = self.template.split("{name}")
            between, after = rest.split("{version}")
            name, _, version = _inside(tag, before, after).rpartition(between)
        else:
            before, rest = self.template.split("{version}")
            between, after = rest.split("{name}")
            version, _, name = _inside(tag, before, after).partition(between)
        return name, version


def unsafe_in(template: str) -> list[str]:
    """Return what of a shape pip, uv or git could not name."""
    unsafe = [text for text in UNSAFE if text in f"/{template}/"]
    return unsafe + [character for character in template if not character.isprintable()]


def is_release_tag(name: str) -> bool:
    """Tell whether a tag marks the commit of a whole release."""
    return bool(_RELEASE.fullmatch(name))


def release_tag(day: date, commit: str, tags: Collection[Tag], branch: str = "") -> str:
    """Name the release that is made at a commit on a day (UTC).

    One from a maintenance branch carries that: it is no newer release for consumers.
    The tag that the commit bears already, or that a member's tag promises to it, unless
    another commit bears that by now; else the first of the day that is free.
    """
    first = f"release/{branch}/{day:%Y.%m.%d}" if branch else f"release/{day:%Y.%m.%d}"
    borne = {tag.name: tag.commit for tag in tags if is_release_tag(tag.name)}
    promised = {tag.released_with: tag.commit for tag in tags if tag.released_with}
    taken = promised | borne
    own = [name for name in (*borne, *promised) if taken[name] == commit]
    if own:
        return own[0]
    number = 2
    name = first
    while name in taken:
        name, number = f"{first}.{number}", number + 1
    return name


def _inside(text: str, before: str, after: str) -> str:
    if text.startswith(before) and text.endswith(after):
        return text[len(before) : len(text) - len(after)]
    return ""
