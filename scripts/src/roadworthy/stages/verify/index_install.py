"""Verify that members install from an index, in clean consumer projects.

The index is explicit there, and every sibling is mapped to it: what comes from
elsewhere comes from the default index, so that no stranger's distribution gets in.
https://docs.astral.sh/uv/concepts/indexes/
"""

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit
from packaging.utils import NormalizedName
from packaging.version import Version

from ...model.problem import Failure
from ...model.result import Result
from ...model.workspace.workspace import MANIFEST, Index, Workspace
from ...ops import reading, uv
from ..job import job, shared_cache
from ..steps import expect, tell
from .environments import attempt
from .evidence import INDEX, Promise, judge

ALONE, TOGETHER = "index", "index-together"
VISIBLE_SECONDS = 60.0
PROMISE = Promise(origin=INDEX)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Check:
    """What all installations of one check have in common.

    `login` is for uv alone, while it reads the index: what it installs never sees it.
    """

    index: Index
    workspace: Workspace
    versions: Mapping[NormalizedName, Version]
    login: Mapping[str, str] = field(repr=False)
    cache: Mapping[str, str]
    python: str
    until: float


def verify_index_install(
    index: Index,
    workspace: Workspace,
    versions: Mapping[NormalizedName, Version],
    *,
    python: str,
    seconds: float | None = None,
) -> tuple[Result, ...]:
    """Install each of these versions from an index into a project of its own, and all into one.

    An index may show a new file late: an installation is tried again for `seconds`.
    """
    everyone = sorted(versions)
    groups = [[name] for name in everyone] + ([everyone] if len(everyone) > 1 else [])
    with job() as shared, ThreadPoolExecutor(os.cpu_count()) as pool:
        check = _Check(
            index=index,
            workspace=workspace,
            versions=versions,
            login=reading.environment(index),
            cache=shared_cache(shared),
            python=python,
            until=time.monotonic() + (VISIBLE_SECONDS if seconds is None else seconds),
        )
        expect(len(groups))
        batches = pool.map(lambda names: _verify(check, names), groups)
        return tuple(result for batch in batches for result in batch)


def _verify(check: _Check, names: Sequence[NormalizedName]) -> list[Result]:
    """Install members into one project, and let each prove itself."""
    workspace = check.workspace
    route = ALONE if len(names) == 1 else TOGETHER
    tell(f"{names[0]} · {route}/uv" if route == ALONE else f"{len(names)} members · {route}/uv")
    with job() as own:
        project, environment = own.folder / "project", own.given(check.cache).environment
        _write_project(project, check, names)

        def install() -> Path:
            installed = uv.make_environment(project / "env", environment, check.python)
            _sync(project, installed, check, names, environment)
            uv.check(installed, environment)
            return installed

        trial = attempt(install, workspace, names, own.imports)
    return [
        Result(
            member=name,
            route=route,
            installer="uv",
            requirement=f"{name}=={check.versions[name]}",
            commit="",
            siblings=trial.siblings(workspace.members[name], workspace),
            problem=trial.problem
            or judge(workspace.members[name], workspace, trial.evidence, PROMISE),
            note=workspace.members[name].proof.words,
            seconds=trial.seconds,
            needs=len(workspace.needed(name)) - 1,
        )
        for name in names
    ]


def _write_project(project: Path, check: _Check, names: Sequence[NormalizedName]) -> None:
    """Write a consumer that requires members at their versions and maps all siblings."""
    workspace = check.workspace
    needed = _needed(check, names)
    extras = {name: workspace.members[name].proof.in_brackets for name in names}
    pinned = [f"{name}{extras[name]}=={check.versions[name]}" for name in names]
    ranges = {workspace.members[name].requires_python for name in names}
    document = tomlkit.document()
    document["project"] = {
        "name": "consumer-of-a-release",
        "version": "0",
        "requires-python": ",".join(sorted(filter(None, ranges))) or ">=3.8",
        "dependencies": [*pinned, *(name for name in needed if name not in names)],
    }
    document["tool"] = {
        "uv": {
            "index": [{"name": check.index.name, "url": check.index.url, "explicit": True}],
            "sources": {name: {"index": check.index.name} for name in needed},
            "prerelease": "if-necessary-or-explicit",
        }
    }
    project.mkdir(parents=True)
    (project / MANIFEST).write_text(tomlkit.dumps(document), "utf-8")


def _needed(check: _Check, names: Sequence[NormalizedName]) -> list[NormalizedName]:
    """Return members and all siblings that they require."""
    return sorted({each for name in names for each in check.workspace.needed(name)})


def _sync(
    project: Path,
    installed: Path,
    check: _Check,
    names: Sequence[NormalizedName],
    environment: Mapping[str, str],
) -> None:
    """Install what a project requires; members come as wheels, so that none is built here."""
    with_login = {**environment, **check.login}
    as_wheels = [word for name in _needed(check, names) for word in ("--no-build-package", name)]
    pause = 0.1
    while True:
        try:
            uv.sync(project, project / "env", with_login, str(installed), *as_wheels)
        except Failure:
            if time.monotonic() + pause > check.until:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 10.0)
        else:
            return
