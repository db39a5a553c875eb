"""A uv workspace: its members, and how they are released."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..history.note import Note
from ..plan.graph import Graph
from ..problem import Problem, UsageFailure, stop_on
from ..url import without_credentials
from .build_system import BuildSystem
from .content import Content
from .proof import Proof
from .requirement import InternalRequirement, Kind
from .settings import Settings
from .version_source import VersionSource

MANIFEST, LOCK = "pyproject.toml", "uv.lock"
NEVER = "`never` in [tool.release] names it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A folder with a manifest of its own; the root's is a member at `.`.

    `source` says where a dynamic version comes from, `version_file` in which file it is.
    `stated` is all that its distributions require; None where the build backend decides.
    `repository` is the URL that it says is its own. `changelog` is the file that releases are
    told in, `proof` how it is tried, `other_log` one that is no Markdown, where there is no other.
    """

    name: NormalizedName
    path: str
    version: Version | None
    requires_python: str = ""
    requirements: tuple[InternalRequirement, ...] = ()
    never_released: str = ""
    installable: bool = True
    notes: tuple[Note, ...] = ()
    source: VersionSource | None = None
    version_file: str = ""
    stated: tuple[str, ...] | None = None
    commands: tuple[str, ...] = ()
    build: BuildSystem = field(default_factory=BuildSystem)
    repository: str = ""
    content: Content = field(default_factory=Content)
    proof: Proof = field(default_factory=Proof)
    changelog: str = ""
    other_log: str = ""

    def is_made_of(self, file: str) -> bool:
        """Tell whether a file of its folder, or of elsewhere, goes into it, unless ignored."""
        if file == self.changelog:
            return False
        if self.path == ".":
            return self.content.has_at_root(file)
        return file != self.file(LOCK) or self.content.has_outside(file)

    def file(self, name: str) -> str:
        """Return the path of one of its files, from the workspace's root."""
        return name if self.path == "." else f"{self.path}/{name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """A package index: where distributions are read from and uploaded to."""

    name: str
    url: str
    publish_url: str = ""

    @property
    def shown(self) -> str:
        """Return the URL that it is read at, as anybody may see it."""
        return without_credentials(self.url)

    @property
    def variables(self) -> tuple[str, str]:
        """Return the names of uv's variables for the user and the password to read it with."""
        name = "".join(c if c.isalnum() else "_" for c in self.name.upper())
        return f"UV_INDEX_{name}_USERNAME", f"UV_INDEX_{name}_PASSWORD"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """All members by name, and how they are released; its graphs are made once.

    `strays` are files that lie among change notes and are none; `mapped` has the projects
    that come from each index by name.
    """

    members: Mapping[NormalizedName, Member]
    settings: Settings
    indexes: tuple[Index, ...] = ()
    uv_required: str = ""
    mapped: Mapping[str, frozenset[NormalizedName]] = field(default_factory=dict)
    strays: tuple[str, ...] = ()

    @cached_property
    def always(self) -> Graph:
        """Return what every member requires of its siblings everywhere and always."""
        return self._edges(lambda requirement: requirement.is_unconditional)

    @cached_property
    def graph(self) -> Graph:
        """Return what an installation may need of the siblings, extras left aside."""
        return self._edges(lambda requirement: requirement.kind is Kind.REQUIRED)

    @cached_property
    def released_graph(self) -> Graph:
        """Return every requirement that goes into a distribution or its build."""
        return self._edges(lambda requirement: requirement.kind is not Kind.GROUP)

    @property
    def requires_python(self) -> SpecifierSet:
        """Return what all members ask of an interpreter, together."""
        ranges = (member.requires_python for member in self.members.values())
        return SpecifierSet(",".join(text for text in ranges if text))

    def needed(self, name: NormalizedName) -> frozenset[NormalizedName]:
        """Return a member and all siblings that an installation of it takes, or may take.

        Where one is required with extras, what these bring is counted, and no other extra; so
        are those that it is tried with.
        """
        start = (name, frozenset(map(canonicalize_name, self.members[name].proof.extras)))
        seen: set[tuple[NormalizedName, frozenset[str]]] = {start}
        todo: list[tuple[NormalizedName, frozenset[str]]] = [start]
        while todo:
            current, extras = todo.pop()
            for requirement in self.members[current].requirements:
                found = (requirement.sibling, requirement.extras)
                if requirement.is_brought_by(extras) and found not in seen:
                    seen.add(found)
                    todo.append(found)
        return frozenset(each for each, _ in seen)

    def runs_code(self, name: NormalizedName) -> bool:
        """Tell whether an installation from source runs code that the workspace chose."""
        return any(self.members[each].build.runs_code for each in self.needed(name))

    def select(self, names: Iterable[str]) -> tuple[Member, ...]:
        """Return members by any spelling of their names; all for none.

        Raises `UsageFailure` for a name that no member has.
        """
        wanted = [canonicalize_name(name) for name in names]
        unknown = [name for name in wanted if name not in self.members]
        hint = f"the members are {', '.join(self.members)}"
        stop_on(
            (Problem("member-unknown", f"no member is named `{name}`", hint) for name in unknown),
            UsageFailure,
        )
        return tuple(self.members[name] for name in wanted or self.members)

    def index(self, name: str) -> Index | None:
        """Return a configured index; None for the empty name, which is git alone.

        Raises `UsageFailure` for a name that no `[[tool.uv.index]]` has.
        """
        if not name:
            return None
        for index in self.indexes:
            if index.name == name:
                return index
        names = ", ".join(index.name for index in self.indexes) or "none"
        message = f"no [[tool.uv.index]] is named `{name}`"
        raise UsageFailure(
            Problem("index-not-configured", message, f"configured in the root {MANIFEST}: {names}")
        )

    def at_versions(self, versions: Mapping[NormalizedName, Version]) -> "Workspace":
        """Give the members whose version comes from a tag the one that their tag has, or will."""
        members = {
            name: replace(member, version=member.version or versions.get(name))
            for name, member in self.members.items()
        }
        return replace(self, members=members)

    def with_settings(self, settings: Settings) -> "Workspace":
        """Return it as other settings have it: whom `never` names is never released."""
        kept = {
            name: replace(member, never_released=member.never_released or NEVER)
            for name, member in self.members.items()
            if name in settings.never
        }
        return replace(self, settings=settings, members={**self.members, **kept})

    def groups(self, names: Collection[NormalizedName]) -> tuple[tuple[NormalizedName, ...], ...]:
        """Return which of some members share one version."""
        if self.settings.is_lockstep:
            return (tuple(names),)
        return tuple(
            tuple(name for name in group if name in names) for group in self.settings.fixed
        )

    def _edges(self, holds: Callable[[InternalRequirement], bool]) -> Graph:
        return {
            name: {r.sibling for r in member.requirements if holds(r)}
            for name, member in self.members.items()
        }
