"""Internal requirements: what one member asks of another, and how that range moves."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..version import next_breaking

LONGEST = 4_000  # Python refuses numbers of 4,300 digits


class Kind(StrEnum):
    """When a requirement holds; only a `required` one holds always."""

    REQUIRED = "dependencies"
    EXTRA = "optional-dependencies"
    GROUP = "dependency-groups"
    BUILD = "build-system.requires"


@dataclass(frozen=True, kw_only=True, slots=True)
class InternalRequirement:
    """A requirement of a member on a sibling, as its manifest has it.

    `extra` is the name of the extra, or of the group, that it stands under. One that
    `is_dynamic` is in no manifest: the backend finds it, and the lock file has it. One that
    `is_local` has a workspace source in the member's own manifest.
    """

    sibling: NormalizedName
    text: str
    kind: Kind
    extra: str = field(default="", compare=False)
    is_dynamic: bool = False
    is_local: bool = field(default=False, compare=False)

    @property
    def table(self) -> str:
        """Return where it stands, in words."""
        if self.is_dynamic:
            return "what its build backend reads"
        if self.kind is Kind.BUILD:
            return "[build-system] requires"
        if self.kind is Kind.REQUIRED or not self.extra:
            return "[project] dependencies" if self.kind is not Kind.GROUP else f"[{self.kind}]"
        place = f"[project.{self.kind}]" if self.kind is Kind.EXTRA else f"[{self.kind}]"
        return f"{place} {self.extra}"

    @property
    def requirement(self) -> Requirement:
        """Return the parsed requirement."""
        return parsed(self.text)

    @property
    def range(self) -> str:
        """Return the range as its author wrote it, without the space around it."""
        head = self.text.partition(";")[0]
        return head[_start_of_range(head) :].strip(" ()") if self.requirement.specifier else ""

    def admits(self, version: Version) -> bool:
        """Tell whether the range has the version, pre-releases included."""
        return self.requirement.specifier.contains(version, prereleases=True)

    @property
    def extras(self) -> frozenset[str]:
        """Return the extras of the sibling that it asks for."""
        return frozenset(map(canonicalize_name, self.requirement.extras))

    def is_brought_by(self, extras: Collection[str]) -> bool:
        """Tell whether an installation takes it, with some extras of the member."""
        if self.kind is Kind.EXTRA:
            return bool(extras) if not self.extra else canonicalize_name(self.extra) in extras
        return self.kind is Kind.REQUIRED

    @property
    def is_unconditional(self) -> bool:
        """Tell whether it holds everywhere and always."""
        return self.kind is Kind.REQUIRED and self.requirement.marker is None

    @property
    def is_bare(self) -> bool:
        """Tell whether there is neither a range nor a URL."""
        return not self.requirement.specifier and not self.requirement.url


@cache
def parsed(text: str) -> Requirement:
    """Parse a requirement, once; raises `InvalidRequirement`, whatever is wrong with it."""
    if len(text) > LONGEST:
        message = f"it is longer than {LONGEST:,} characters"
        raise InvalidRequirement(message)
    try:
        return Requirement(text)
    except RecursionError:
        message = "its marker is nested too deeply"
        raise InvalidRequirement(message) from None


def is_range(text: str) -> bool:
    """Tell whether a text is a range of versions, or empty."""
    try:
        return len(text) <= LONGEST and SpecifierSet(text) is not None
    except InvalidSpecifier:
        return False


def internal_requirement(
    text: str, kind: Kind, names: frozenset[NormalizedName], extra: str = ""
) -> InternalRequirement | None:
    """Read a requirement; None where it is on something outside the workspace."""
    requirement = parsed(text)
    sibling = canonicalize_name(requirement.name)
    if sibling not in names:
        return None
    if requirement.marker and "extra" in str(requirement.marker):
        kind = Kind.EXTRA
    return InternalRequirement(sibling=sibling, text=text, kind=kind, extra=extra)


def same_requirements(one: Iterable[str], other: Iterable[str]) -> bool:
    """Tell whether two lists ask for the same, however they spell it.

    Markers are left aside: build backends put an extra's into different words.
    """
    return Counter(map(_compared, one)) == Counter(map(_compared, other))


def _compared(text: str) -> tuple[object, ...]:
    try:
        requirement = parsed(text)
    except InvalidRequirement:  # such as a path that a backend fills in
        return (text,)
    name = canonicalize_name(requirement.name)
    return name, frozenset(requirement.extras), requirement.specifier, requirement.url


def moved_to(text: str, version: Version) -> str:
    """Move the range of a requirement so that it starts at a version.

    Each comparator keeps its operator, its precision and the space around it; a
    requirement without any gets `>=VERSION,<NEXT_BREAKING`.
    """
    head, semicolon, marker = text.partition(";")
    requirement = parsed(text)
    if requirement.url:
        return text
    if not requirement.specifier:
        return _bounded(head, version) + semicolon + marker
    start = _start_of_range(head)
    comparators = head[start:].split(",")
    moved = ",".join(_comparator_moved_to(part, version) for part in comparators)
    return head[:start] + moved + semicolon + marker


def _bounded(head: str, version: Version) -> str:
    bounds = f">={version.public},<{next_breaking(version)}"
    if "(" in head:
        return f"{head[: head.index('(') + 1]}{bounds}{head[head.index(')') :]}"
    bare = head.rstrip()
    return bare + bounds + head[len(bare) :]


def _start_of_range(head: str) -> int:
    after_extras = head.find("]") + 1
    return min(head.find(sign, after_extras) for sign in "<>=!~" if sign in head)


def _comparator_moved_to(part: str, version: Version) -> str:
    if not part.strip(" ()"):
        return part
    specifier = Specifier(part.strip(" ()"))
    return part.replace(specifier.version, _bound_moved_to(specifier, version))


def _bound_moved_to(specifier: Specifier, version: Version) -> str:
    """Return the version that a comparator names once its range starts at another."""
    if specifier.operator == "===":
        return str(version)
    length = len(Version(specifier.version.removesuffix(".*")).release)
    admitted = specifier.contains(version, prereleases=True)
    match specifier.operator:
        case "==" if specifier.version.endswith(".*"):
            return str(_cut(version, length)) + ".*"
        case ">=" | "==":
            return version.public
        case "~=":
            return _compatible(version, length)
        case "<" | "<=" if not admitted:
            return str(next_breaking(version)) if specifier.operator == "<" else version.public
        case _:
            return specifier.version


def _compatible(version: Version, length: int) -> str:
    """Return the bound of `~=` at a precision; a pre-release keeps its mark if it must."""
    cut = _cut(version, length)
    if version >= cut:
        return str(cut)
    return str(cut.__replace__(pre=version.pre, dev=version.dev))


def _cut(version: Version, length: int) -> Version:
    release = (*version.release, *[0] * length)[:length]
    return Version("0").__replace__(epoch=version.epoch, release=release)
