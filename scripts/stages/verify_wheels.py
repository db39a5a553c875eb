"""Verify that members install from the wheels that are about to be uploaded."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..model.graph import closure
from ..model.workspace import Member, Workspace
from ..ops import process, uv
from .distribution import Distribution
from .environments import Result, attempt
from .evidence import FILE, Promise, judge

ROUTE = "wheel"
PROMISE = Promise(origin=FILE)


def verify_wheels(
    built: Sequence[Distribution],
    members: Sequence[Member],
    workspace: Workspace,
    *,
    folder: Path,
    python: str,
) -> tuple[Result, ...]:
    """Install each member from its wheel and those of its siblings, and let it prove itself."""
    home = folder / "home"
    environment = {**process.scrubbed(home), "UV_CACHE_DIR": str(home / "uv-cache")}
    wheels = {d.member: d.path for d in built if d.path.suffix == ".whl"}

    def verified(member: Member) -> Result:
        needed = [wheels[name] for name in sorted(closure(workspace.graph, member.name))]

        def install() -> Path:
            installed = uv.make_environment(folder / member.name, environment, python)
            uv.install(installed, [str(wheel) for wheel in needed], environment)
            uv.check(installed, environment)
            return installed

        trial = attempt(install, workspace, [member.name], environment)
        return Result(
            member=member.name,
            route=ROUTE,
            installer="uv",
            requirement=wheels[member.name].name,
            commit="",
            siblings=trial.siblings(member, workspace),
            problem=trial.problem or judge(member, workspace, trial.evidence, PROMISE),
            seconds=trial.seconds,
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return tuple(pool.map(verified, members))
