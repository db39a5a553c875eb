"""Verify that members install from an index, in clean consumer projects.

The index is explicit there, and every sibling is mapped to it: what comes from
elsewhere comes from the default index, so that no stranger's distribution gets in.
https://docs.astral.sh/uv/concepts/indexes/
"""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tomlkit
from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.graph import closure
from ..model.problem import Failure
from ..model.workspace import MANIFEST, Index, Member, Workspace
from ..ops import index as indexes
from ..ops import process, uv
from .environments import Result, attempt
from .evidence import INDEX, Promise, judge

ROUTE = "index"
PROMISE = Promise(origin=INDEX)


def verify_index_install(
    index: Index,
    workspace: Workspace,
    versions: Mapping[NormalizedName, Version],
    *,
    folder: Path,
    python: str,
    seconds: float = 60.0,
) -> tuple[Result, ...]:
    """Install each of these versions from an index into a project of its own.

    An index may show a new file late: an installation is tried again for `seconds`.
    """
    home = folder / "home"
    environment = {
        **process.scrubbed(home),
        **indexes.reading_environment(index),
        "UV_CACHE_DIR": str(home / "uv-cache"),
    }
    until = time.monotonic() + seconds

    def verified(name: NormalizedName) -> Result:
        member = workspace.members[name]
        project = folder / name
        _write_project(project, index, workspace, member, versions)

        def install() -> Path:
            installed = uv.make_environment(project / "env", environment, python)
            _sync(project, installed, environment, until)
            return installed

        trial = attempt(install, workspace, [name], environment)
        return Result(
            member=name,
            route=ROUTE,
            installer="uv",
            requirement=f"{name}=={versions[name]}",
            commit="",
            siblings=trial.siblings(member, workspace),
            problem=trial.problem or judge(member, workspace, trial.evidence, PROMISE),
            seconds=trial.seconds,
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return tuple(pool.map(verified, sorted(versions)))


def _write_project(
    project: Path,
    index: Index,
    workspace: Workspace,
    member: Member,
    versions: Mapping[NormalizedName, Version],
) -> None:
    """Write a consumer that requires a member at its version and maps all its siblings."""
    names = sorted(closure(workspace.graph, member.name))
    pinned = f"{member.name}=={versions[member.name]}"
    document = tomlkit.document()
    document["project"] = {
        "name": "consumer-of-a-release",
        "version": "0",
        "requires-python": member.requires_python or ">=3.8",
        "dependencies": [pinned, *(name for name in names if name != member.name)],
    }
    document["tool"] = {
        "uv": {
            "index": [{"name": index.name, "url": index.url, "explicit": True}],
            "sources": {name: {"index": index.name} for name in names},
            "prerelease": "if-necessary-or-explicit",
        }
    }
    project.mkdir(parents=True)
    (project / MANIFEST).write_text(tomlkit.dumps(document), "utf-8")


def _sync(project: Path, installed: Path, environment: Mapping[str, str], until: float) -> None:
    pause = 0.1
    while True:
        try:
            uv.sync(project, project / "env", environment, str(installed))
        except Failure:
            if time.monotonic() + pause > until:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 10.0)
        else:
            uv.check(installed, environment)
            return
