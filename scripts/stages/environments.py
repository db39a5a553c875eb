"""Clean environments: install a member there, and let it prove itself."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.graph import closure
from ..model.problem import Failure, Problem
from ..model.workspace import Member, Workspace
from ..ops import process, uv

PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of one installation of one member."""

    member: NormalizedName
    route: str
    installer: str
    requirement: str
    commit: str
    siblings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Tell whether the member works."""
        return not self.problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What an environment says of one installed distribution."""

    version: str
    direct_url: Mapping[str, object]
    errors: tuple[str, ...]

    @property
    def commit(self) -> str:
        """Return the commit it was installed from; empty where it came from elsewhere."""
        info = self.direct_url.get("vcs_info")
        return str(info.get("commit_id", "")) if isinstance(info, dict) else ""

    @property
    def origin(self) -> str:
        """Say where it came from: a commit, a file, or an index."""
        return self.commit or ("file" if self.direct_url else "index")


def probe(
    python: Path,
    workspace: Workspace,
    members: Sequence[NormalizedName],
    environment: Mapping[str, str],
) -> dict[NormalizedName, Evidence]:
    """Ask an environment about every member of the workspace that is installed there.

    Those of `members` are imported and their commands loaded.
    Raises `Failure` where its interpreter does not answer.
    """
    question = json.dumps({"installed": list(workspace.members), "proven": list(members)})
    command = (str(python), "-I", "-B", str(PROBE))
    answer = process.run(command, environment=environment, stdin=question, cwd=python.parent)
    found = json.loads(answer.splitlines()[-1])
    return {
        NormalizedName(name): Evidence(
            version=told["version"],
            direct_url=told["direct_url"] or {},
            errors=tuple(told["errors"]),
        )
        for name, told in found.items()
    }


def judge(
    member: Member,
    workspace: Workspace,
    evidence: Mapping[NormalizedName, Evidence],
    expected_origin: str,
) -> str:
    """Say what is wrong with an installed member; empty where nothing is.

    It and all siblings that it requires must be there, at the versions of the
    workspace, from the expected origin (a commit, `file` or `index`), and work.
    """
    needed = closure(workspace.always, member.name)
    there = closure(workspace.graph, member.name) & evidence.keys()
    for name in sorted(needed | there):
        told = evidence.get(name)
        if told is None:
            return f"{name} is not installed"
        if told.origin != expected_origin:
            return f"{name} came from {_named(told.origin)}, not from {_named(expected_origin)}"
        wanted = workspace.members[name].version
        if wanted and expected_origin != "index" and Version(told.version) != wanted:
            return f"{name} is installed as {told.version}, not as {wanted}"
    for requirement in member.requirements:
        told = evidence.get(requirement.sibling)
        if (
            told
            and requirement.kind == "dependencies"
            and not requirement.admits(Version(told.version))
        ):
            return f'{requirement.sibling} {told.version} is not in "{requirement.text}"'
    return "; ".join(evidence[member.name].errors)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """An installation into a new environment, and what it showed."""

    evidence: Mapping[NormalizedName, Evidence]
    problem: str
    seconds: float

    def siblings(self, member: Member, workspace: Workspace) -> dict[str, str]:
        """Return where each sibling that a member requires came from."""
        names = sorted(closure(workspace.graph, member.name) - {member.name})
        return {name: self.evidence[name].origin for name in names if name in self.evidence}


def attempt(
    env: Path,
    environment: Mapping[str, str],
    python: str,
    workspace: Workspace,
    names: Sequence[NormalizedName],
    install: Callable[[Path], None],
) -> Trial:
    """Make an environment, install into it, and let members prove themselves there."""
    started = time.perf_counter()
    evidence: Mapping[NormalizedName, Evidence] = {}
    problem = ""
    try:
        interpreter = uv.make_environment(env, environment, python)
        install(interpreter)
        evidence = probe(interpreter, workspace, names, environment)
    except Failure as failure:
        problem = failure.problems[0].message
    seconds = round(time.perf_counter() - started, 2)
    return Trial(evidence=evidence, problem=problem, seconds=seconds)


def failures(results: Iterable[Result]) -> list[Problem]:
    """Return what went wrong with installations, for people."""
    return [failure_of(result) for result in results if not result.ok]


def failure_of(result: Result) -> Problem:
    """Say which member failed, how it was installed, and the line to try it by."""
    message = f"{result.member} does not work from {result.route} with {result.installer}"
    hint = f"it was installed as: {result.requirement}"
    return Problem(f"{message}: {result.problem}", hint, result.member)


def interpreter(workspace: Workspace, wanted: str | None) -> str:
    """Return the interpreter to verify with: the one named, else our own if the members take it.

    Where they do not, uv looks for one that is in their range, and says if there is none.
    """
    own = ".".join(map(str, sys.version_info[:3]))
    fits = workspace.requires_python.contains(own, prereleases=True)
    return wanted or (sys.executable if fits else str(workspace.requires_python))


def _named(origin: str) -> str:
    return origin if origin in {"file", "index"} else f"commit {origin[:12]}"
