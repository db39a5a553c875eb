"""Verify that members install from the wheels that are about to be uploaded."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from packaging.utils import NormalizedName

from ...model.distribution import Distribution
from ...model.result import Result
from ...model.workspace.workspace import Member, Workspace
from ...ops import uv
from ..job import indexes_of, job, shared_cache
from ..steps import expect, tell
from .environments import attempt
from .evidence import FILE, Promise, judge

ROUTE = "wheel"
PROMISE = Promise(origin=FILE)


def verify_wheels(
    built: Sequence[Distribution],
    members: Sequence[Member],
    workspace: Workspace,
    *,
    python: str,
) -> tuple[Result, ...]:
    """Install each member from its wheel and those of its siblings, and let it prove itself.

    Wheels are not built: one cache serves all, and each has an environment of its own.
    """
    wheels = {d.member: d.path for d in built if d.path.suffix == ".whl"}
    expect(len(members))
    with (
        job() as shared,
        indexes_of(workspace) as indexes,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        given = {**shared_cache(shared), **indexes}
        verified = partial(_verified, wheels, workspace, given, python)
        return tuple(pool.map(verified, members))


def _verified(
    wheels: Mapping[NormalizedName, Path],
    workspace: Workspace,
    cache: Mapping[str, str],
    python: str,
    member: Member,
) -> Result:
    tell(f"{member.name} · {ROUTE}/uv")
    siblings = [wheels[name] for name in sorted(workspace.needed(member.name) - {member.name})]
    with job() as own:
        environment = own.given(cache).environment

        def install() -> Path:
            installed = uv.make_environment(own.folder / "env", environment, python)
            tried = f"{member.name}{member.proof.in_brackets} @ {wheels[member.name].as_uri()}"
            uv.install(installed, [tried, *map(str, siblings)], environment)
            uv.check(installed, environment)
            return installed

        trial = attempt(install, workspace, [member.name], own.imports)
    return Result(
        member=member.name,
        route=ROUTE,
        installer="uv",
        requirement=wheels[member.name].name,
        commit="",
        siblings=trial.siblings(member, workspace),
        note=member.proof.words,
        problem=trial.problem or judge(member, workspace, trial.evidence, PROMISE),
        seconds=trial.seconds,
        needs=len(workspace.needed(member.name)) - 1,
    )
