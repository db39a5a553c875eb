"""Run the builds of members: each that runs code in a job of its own, the others together."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ...model.history.tag import Tag
from ...model.problem import Failure, Problem
from ...model.workspace.version_source import FromTag
from ...model.workspace.workspace import Member, Workspace
from ...ops import process, uv
from ...ops.git.repository import Repository
from ...ops.git.writing import create_tags
from ...ops.python import python_for
from ...ops.tree import Tree
from ..checkout import own_source
from ..distribution import collect
from ..job import indexes_of, job
from ..steps import expect, tell
from .backends import Downloads


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is built from: a commit, its checkout that is ours alone, and tags that it will have."""

    tree: Tree
    clone: Repository
    workspace: Workspace
    tags: tuple[Tag, ...]
    out: Path

    @property
    def root(self) -> Path:
        """Return the workspace's root in the checkout that is ours alone."""
        return self.clone.path / self.tree.prefix

    @property
    def epoch(self) -> dict[str, str]:
        """Return the variable that has the commit's time stand for the time of the build."""
        seconds = int(self.clone.day_of("HEAD").timestamp())
        return {"SOURCE_DATE_EPOCH": str(seconds)}


def build_all(task: Task, members: Sequence[Member]) -> list[Problem]:
    """Build members into the task's folder; return what went wrong, by member."""
    packed = [member for member in members if not member.build.runs_code]
    alone = [member for member in members if member.build.runs_code]
    problems = list(_pack(task, packed)) if packed else []
    downloads = Downloads(alone)
    expect(len(alone))
    with indexes_of(task.workspace) as indexes, ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda member: _build_alone(task, member, downloads, indexes), alone)
        return problems + [problem for problem in results if problem]


def _build_alone(
    task: Task, member: Member, downloads: Downloads, indexes: Mapping[str, str]
) -> Problem | None:
    """Build a member whose build runs code, with nothing of ours or another's beside it."""
    tell(str(member.name))
    with job(downloads.of(member)) as own:
        needs_history = isinstance(member.source, FromTag)
        source = own_source(task.tree, own.folder / "source", with_history=needs_history)
        create_tags(source, task.tags)
        out = own.folder / "dist"
        environment = {**own.environment, **indexes, **task.epoch}
        problem = _built(source.path / task.tree.prefix, member, out, environment)
        collect(out, [member.name], task.out)
    return problem


def _pack(task: Task, members: Sequence[Member]) -> Iterator[Problem]:
    """Build members that uv packs by itself: at once where that goes, else one by one.

    None of their code runs: they share a checkout, and uv's own cache.
    """
    root, out = task.root, task.out
    with job() as own:
        environment = {**own.environment, **task.epoch, "UV_CACHE_DIR": uv.cache_folder()}
        below = [member for member in members if member.path != "."]
        if len(below) > 1 and _together(task, below, own.folder / "dist", environment):
            members = [member for member in members if member.path == "."]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda m: _built(root, m, out, environment), members))
    yield from (problem for problem in results if problem)


def _together(
    task: Task, members: Sequence[Member], out: Path, environment: Mapping[str, str]
) -> bool:
    """Build members by one call of uv, which builds all that there is; tell whether that went.

    Members that are not wanted are out of the way meanwhile: their builds may run code.
    """
    others = [m for m in task.workspace.members.values() if m not in members]
    paths = [PurePosixPath(member.path) for member in members]
    if any(_is_in_the_way(other, paths) for other in others):
        return False
    for other in others:
        if other.path != ".":
            shutil.rmtree(task.root / other.path)
    try:
        python = python_for(str(task.workspace.requires_python))
        uv.build(task.root, None, out, environment, python)
    except Failure:
        return False  # which of them is at fault shows when they are built one by one
    else:
        collect(out, [member.name for member in members], task.out)
        return True
    finally:
        task.clone.git("checkout", "--quiet", "--force", "HEAD", umask=process.FOR_EVERYBODY)


def _is_in_the_way(other: Member, paths: Sequence[PurePosixPath]) -> bool:
    """Tell whether a member cannot be left out: it is the root, or lies in or around another."""
    if other.path == ".":
        return other.installable and other.build.runs_code
    path = PurePosixPath(other.path)
    return any(path.is_relative_to(each) or each.is_relative_to(path) for each in paths)


def _built(root: Path, member: Member, out: Path, environment: Mapping[str, str]) -> Problem | None:
    try:
        uv.build(root, member.name, out, environment, python_for(member.requires_python))
    except Failure as failure:
        hint = f"to see this alone: `uv build --package {member.name}`"
        message = f"{member.name} does not build: {failure.problems[0].message}"
        return Problem("build-failed", message, hint, member.name)
    return None
