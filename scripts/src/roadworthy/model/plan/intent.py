"""Intent: what people ask of a plan by hand, over what notes and commits say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from ..problem import Problem, UsageFailure, stop_on
from ..version import FINAL, PRE_RELEASES, Level, read_version
from ..workspace.workspace import Workspace

LEVELS = {str(level): level for level in (Level.PATCH, Level.MINOR, Level.MAJOR)}
EVERYONE = NormalizedName("")


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What is asked for: which members, how far they move, and as what.

    `phases` has what is asked for, `FINAL` or a phase of pre-releases, by
    member; `EVERYONE` stands for all that are due. With `republish`, what is tagged
    but not on the index is published from its tag.
    """

    only: frozenset[NormalizedName] = frozenset()
    levels: Mapping[NormalizedName, Level] = field(default_factory=dict)
    versions: Mapping[NormalizedName, Version] = field(default_factory=dict)
    phases: Mapping[NormalizedName, str] = field(default_factory=dict)
    republish: bool = False

    @property
    def named(self) -> frozenset[NormalizedName]:
        """Return the members that are named in any way."""
        phases = self.phases.keys() - {EVERYONE}
        return self.only | self.levels.keys() | self.versions.keys() | phases

    def phase(self, name: NormalizedName) -> str | None:
        """Return the phase of a release that is asked for, if any."""
        return self.phases.get(name, self.phases.get(EVERYONE))

    def promotes(self, name: NormalizedName) -> bool:
        """Tell whether a member is to become final."""
        return self.phase(name) == FINAL

    def includes(self, name: NormalizedName) -> bool:
        """Tell whether a member may be released; dependents that must follow are no question."""
        return not self.only or name in self.only


def read_intent(
    workspace: Workspace,
    *,
    only: Iterable[str] = (),
    bumps: Iterable[str] = (),
    versions: Iterable[str] = (),
    pre: Iterable[str] = (),
    promote: Iterable[str] | None = None,
    republish: bool = False,
) -> Intent:
    """Read what was typed: `NAME=LEVEL`, `NAME=VERSION`, `KIND` or `KIND=NAME`.

    `promote` names the members to make final; none of them stands for all.
    Raises `UsageFailure` for an unknown member, level, version or kind.
    """
    intent = Intent(
        only=frozenset(canonicalize_name(name) for name in only),
        levels={name: _level(text) for name, text in _pairs("--bump", bumps).items()},
        versions={name: _version(text) for name, text in _pairs("--version", versions).items()},
        phases=_phases(tuple(pre), promote),
        republish=republish,
    )
    _check(intent, workspace)
    return intent


def _pairs(option: str, texts: Iterable[str]) -> dict[NormalizedName, str]:
    """Read members with what each is to be; an empty name would stand for everyone."""
    pairs: dict[NormalizedName, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            missing = "member" if sign else "`=`"
            hint = "write the member, `=` and what it is to be, as in `--bump core=minor`"
            raise UsageFailure(
                Problem("intent-malformed", f"{option} {text} has no {missing}", hint)
            )
        member = canonicalize_name(name)
        if pairs.setdefault(member, value) != value:
            message = f"{option} has two values for {member}: {pairs[member]} and {value}"
            raise UsageFailure(Problem("intent-twice", message, "keep one of them", member))
    return pairs


def _level(text: str) -> Level:
    if text not in LEVELS:
        raise UsageFailure(
            Problem("intent-level", f"`{text}` is not a level", f"use {', '.join(LEVELS)}")
        )
    return LEVELS[text]


def _version(text: str) -> Version:
    version = read_version(text)
    if version is None:
        hint = "write a PEP 440 version such as 2.0.0"
        raise UsageFailure(Problem("intent-version", f"`{text}` is not a version", hint))
    return version


def _phases(pre: Iterable[str], promote: Iterable[str] | None) -> dict[NormalizedName, str]:
    phases: dict[NormalizedName, str] = {}
    wanted = []
    for text in pre:
        phase, sign, name = text.partition("=")
        if sign and not name:
            hint = "write `--pre KIND=MEMBER`, or `--pre KIND` for all that is due"
            raise UsageFailure(Problem("intent-pre", f"--pre {text} has no member", hint))
        wanted.append((name, phase))
    if promote is not None:
        wanted += [(name, FINAL) for name in tuple(promote) or (EVERYONE,)]
    for name, phase in wanted:
        if phase not in {*PRE_RELEASES, FINAL}:
            hint = f"use {', '.join(PRE_RELEASES)}"
            raise UsageFailure(
                Problem("intent-pre", f"`{phase}` is not a kind of pre-release", hint)
            )
        member = canonicalize_name(name)
        if phases.setdefault(member, phase) != phase:
            who = name or "every member"
            message = f"{who} is to be two kinds of pre-release, or a pre-release and final"
            raise UsageFailure(Problem("intent-twice", message, "keep one of them"))
    return phases


def _check(intent: Intent, workspace: Workspace) -> None:
    named = {*intent.levels, *intent.versions, *intent.phases} - {EVERYONE}
    workspace.select(sorted(intent.only | named))
    left_out = sorted(name for name in named if not intent.includes(name))
    hint = "select it as well, or remove the option"
    stop_on(
        (
            Problem(
                "intent-not-selected",
                f"an option names {name}, which is not among the selected members",
                hint,
                name,
            )
            for name in left_out
        ),
        UsageFailure,
    )
    both = sorted(intent.levels.keys() & intent.versions.keys())
    stop_on(
        (
            Problem(
                "intent-twice", f"{name} has both a level and a version", "keep one of them", name
            )
            for name in both
        ),
        UsageFailure,
    )
