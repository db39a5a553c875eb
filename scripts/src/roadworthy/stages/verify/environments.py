"""Clean environments: install a member there, and let it prove itself."""

import shutil
import time
from ast import literal_eval
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import Distribution
from pathlib import Path

from packaging.utils import NormalizedName

from ...model.problem import Failure
from ...model.workspace.workspace import Member, Workspace
from ...ops import process
from .evidence import Evidence
from .installed import commands, direct_url, has_code, hashes, importable, installed

PROBE = Path(__file__).with_name("probe.py")
HELP_SECONDS = 60.0


def probe(
    python: Path,
    workspace: Workspace,
    members: Collection[NormalizedName],
    environment: Mapping[str, str],
    *,
    run_commands: bool = False,
) -> dict[NormalizedName, Evidence]:
    """Look at every member of the workspace that is installed in an environment.

    Those of `members` are imported and their commands loaded; with `run_commands`, each
    command also has to answer `--help`.
    Raises `Failure` where its interpreter does not answer.
    """
    found = installed(python, workspace.members)
    # All is read before anything is imported: a member could write over another's files.
    evidence = {
        name: Evidence(
            version=distribution.version,
            direct_url=direct_url(distribution),
            errors=(),
            requires=tuple(distribution.requires or ()),
            files=hashes(distribution) if name in members else {},
        )
        for name, distribution in found.items()
    }
    for name in found.keys() & set(members):
        skipped = workspace.members[name].proof.skip_imports
        errors = _proven(python, found[name], environment, skipped)
        if run_commands and not errors:
            errors = tuple(_refusals(python, found[name], environment))
        evidence[name] = replace(evidence[name], errors=errors)
    return evidence


def _proven(
    python: Path,
    distribution: Distribution,
    environment: Mapping[str, str],
    skipped: Collection[str] = (),
) -> tuple[str, ...]:
    """Import every package of a distribution and load its commands; return what failed."""
    found = importable(distribution)
    modules = [name for name in found if not _is_within(name, skipped)]
    if not found and has_code(distribution):
        return ("it installs files, and none that can be imported",)
    tasks = [f"import {module}" for module in modules]
    tasks += [f"command {name} {calls}" for name, calls in commands(distribution)]
    if not tasks:
        return ()
    command = (str(python), "-I", "-B", str(PROBE))
    question = "\n".join(tasks)
    said = process.run(
        command,
        environment=environment,
        stdin=question,
        cwd=python.parent,
        seconds=process.IMPORTING,
        leaves_nothing=True,
    )
    if not said.strip():
        return ("its import ends the interpreter",)
    answer: list[str] = literal_eval(said.strip().splitlines()[-1])
    return tuple(answer)


def _is_within(module: str, skipped: Collection[str]) -> bool:
    return any(f"{module}.".startswith(f"{each}.") for each in skipped)


def _refusals(
    python: Path, distribution: Distribution, environment: Mapping[str, str]
) -> Iterator[str]:
    """Run each command with `--help`; return what it says where it fails."""
    for name, _ in commands(distribution):
        program = shutil.which(name, path=str(python.parent)) or str(python.parent / name)
        try:
            process.run(
                (program, "--help"),
                environment=environment,
                seconds=HELP_SECONDS,
                leaves_nothing=True,
            )
        except Failure as failure:
            yield f"command {failure.problems[0].message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """An installation into a new environment, and what it showed."""

    evidence: Mapping[NormalizedName, Evidence]
    problem: str
    seconds: float

    def siblings(self, member: Member, workspace: Workspace) -> dict[str, str]:
        """Return where each sibling that a member requires came from."""
        names = sorted(workspace.needed(member.name) - {member.name})
        return {name: self.evidence[name].origin for name in names if name in self.evidence}


def attempt(
    install: Callable[[], Path],
    workspace: Workspace,
    names: Collection[NormalizedName],
    environment: Mapping[str, str],
    *,
    run_commands: bool = False,
) -> Trial:
    """Install members and let them prove themselves, in an environment for what is tried.

    `install` returns the interpreter of the environment that it made.
    """
    started = time.perf_counter()
    evidence: Mapping[NormalizedName, Evidence] = {}
    problem = ""
    try:
        python = install()
        evidence = probe(python, workspace, names, environment, run_commands=run_commands)
    except Failure as failure:
        problem = failure.problems[0].message
    seconds = round(time.perf_counter() - started, 2)
    return Trial(evidence=evidence, problem=problem, seconds=seconds)
