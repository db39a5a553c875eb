"""Verify that members install from git: from a mirror, at the public URL, as a consumer would.

One function for the gate before a release, the check after it, and any URL.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from packaging.utils import NormalizedName

from ...model.consumer.consumer import Revision
from ...model.result import Result
from ...model.workspace.workspace import Member
from ...ops import pip, uv
from ...ops.git import making
from ...ops.git import settings as git_settings
from ..job import PIP_CACHE, UV_CACHE, Job, indexes_of, job, shared_cache
from ..steps import expect, tell
from .environments import Trial, attempt
from .evidence import Promise, judge
from .mirror import Mirror
from .routes import WAYS, Consumer, Way
from .scope import Scope, Target, groups, misled, runs_code

# One more than there are cores: installers also wait, for git and for files.
WORKERS = (os.cpu_count() or 1) + 1
# uv asks GitHub itself for a commit, past git and its mirror.
FULL_FETCH = {"UV_NO_GITHUB_FAST_PATH": "1"}
ONE_REVISION = (
    "uv takes all members from one commit: name one revision that has them all, "
    "such as a release tag (`nox -s snippet -- MEMBER...` finds it)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Check:
    """What all installations of one check have in common."""

    mirror: Mirror
    scope: Scope
    folder: Path
    cache: Mapping[str, str]
    indexes: Mapping[str, str]
    python: str


def verify_git_install(
    mirror: Mirror, targets: Sequence[Target], *, scope: Scope, folder: Path, python: str
) -> tuple[Result, ...]:
    """Install every target from a mirror, under its public URL, by each route of a scope.

    All caches are of this check alone: a commit found in a cache would prove nothing.
    Lock files are kept in `folder`.
    """
    moved = misled(mirror.repository, targets)
    sound = [target for target in targets if target.member.name not in moved]
    jobs = [(way, group) for way in WAYS for group in groups(way, sound, scope)]
    # What takes longest starts first: pip's one environment beside uv's many.
    expect(len(jobs))
    jobs.sort(key=lambda each: (each[0].installer, -len(each[1])))
    with (
        job() as shared,
        indexes_of(targets[0].workspace if scope.is_own and targets else None) as indexes,
        ThreadPoolExecutor(WORKERS) as pool,
    ):
        check = _Check(
            mirror=mirror,
            scope=scope,
            folder=folder,
            cache=shared_cache(shared),
            indexes=indexes,
            python=python,
        )
        batches = pool.map(lambda each: _install(check, *each), jobs)
        results = [result for batch in batches for result in batch]
    results += [
        _result(check, way, target, Trial(evidence={}, problem="", seconds=0), problem)
        for target in targets
        for way in WAYS
        if (problem := moved.get(target.member.name)) and scope.has(way, target)
    ]
    return tuple(sorted(results, key=lambda r: (r.member, r.route, r.installer)))


@contextmanager
def _job_of(check: _Check, way: Way, targets: Sequence[Target]) -> Iterator[Job]:
    """Make the job of an installation: git as it is run there finds the URL at a mirror.

    Where code of the workspace runs, the job has a mirror and caches of its own; else uv
    takes all that it has fetched for others.
    """
    with job() as own:
        if check.scope.direct:
            yield _with_everything(own, check.mirror.repository.environment)
        elif way.installer == "uv" and not any(map(runs_code, targets)):
            redirects = _redirects(check.mirror.url, check.mirror.path)
            yield own.given({**check.cache, **check.indexes, **redirects})
        else:
            # By a URL, so that git copies all and shares nothing.
            mirror = making.mirror(check.mirror.path.as_uri(), own.folder / "mirror.git")
            yield own.given({**check.indexes, **_redirects(check.mirror.url, mirror.path)})


def _redirects(url: str, mirror: Path) -> dict[str, str]:
    # pip hands git the URL with its escapes undone, uv as it is written.
    spellings = sorted({url, unquote(url)})
    settings = [(f"url.{mirror.as_uri()}.insteadOf", spelling) for spelling in spellings]
    return {**git_settings.with_settings({}, *settings), **FULL_FETCH}


def _with_everything(own: Job, credentials: Mapping[str, str]) -> Job:
    """Give an installer all that we have: it fetches by itself, to prove that it can."""
    caches = {name: own.environment[name] for name in (UV_CACHE, PIP_CACHE)}
    everything = git_settings.for_installers(credentials)
    return replace(own, environment={**everything, **FULL_FETCH, **caches})


def _install(check: _Check, way: Way, targets: Sequence[Target]) -> Sequence[Result]:
    workspace = targets[0].workspace
    more = f" and {len(targets) - 1} more" if len(targets) > 1 else ""
    tell(f"{targets[0].member.name}{more} · {way.route}/{way.installer}")
    with _job_of(check, way, targets) as own:
        consumer = _consumer(check, way, targets, own)

        def install() -> Path:
            python = way.install(consumer)
            checked = uv.check if way.installer == "uv" else pip.check
            checked(python, consumer.environment)
            return python

        trial = attempt(
            install,
            workspace,
            sorted({name for target in targets for name in _proven(target)}),
            own.imports,
            run_commands=check.scope.run_commands,
        )
    promise = _promise(check, targets)
    hint = "" if len({target.commit for target in targets}) == 1 else f"\n{ONE_REVISION}"
    failed = trial.problem and trial.problem + (hint if way.installer == "uv" else "")
    return [
        _result(check, way, target, trial, failed or _judged(target, trial, promise))
        for target in targets
    ]


def _consumer(check: _Check, way: Way, targets: Sequence[Target], own: Job) -> Consumer:
    revisions: dict[str, Revision] = {}
    everything: dict[str, Member] = {}
    for target in targets:
        for member in _closure(target):
            everything.setdefault(member.name, member)
            revisions.setdefault(member.name, check.mirror.revision(target.ref))
    revisions |= {target.member.name: _tried(check, target) for target in targets}
    name = targets[0].member.name if len(targets) == 1 else f"{targets[0].member.name}-and-more"
    return Consumer(
        members=[target.member for target in targets],
        everything=[everything[name] for name in sorted(everything)],
        revisions=revisions,
        folder=own.folder / "consumer",
        kept=folder_of(check.folder, way.route, way.installer, targets[0].commit) / name,
        environment=own.environment,
        python=check.python,
    )


def _tried(check: _Check, target: Target) -> Revision:
    """Return the revision of a target, with the extras that it is proven with."""
    return replace(check.mirror.revision(target.ref), is_tried=True)


def folder_of(folder: Path, route: str, installer: str, commit: str) -> Path:
    """Return where a check keeps the lock files of a commit's consumers, each in its folder."""
    return folder / route / installer / commit[:12]


def _closure(target: Target) -> Iterable[Member]:
    workspace = target.workspace
    return [workspace.members[name] for name in sorted(workspace.needed(target.member.name))]


def _proven(target: Target) -> Iterable[NormalizedName]:
    """Return what has to work: the member, and all of an umbrella's."""
    members = _closure(target) if target.member.path == "." else [target.member]
    return [member.name for member in members]


def _promise(check: _Check, targets: Sequence[Target]) -> Promise:
    pairs = ((m.name, target.commit) for target in targets for m in _closure(target))
    origins: dict[str, str] = dict(pairs)
    origins |= {target.member.name: target.commit for target in targets}
    workspace = targets[0].workspace
    revision = check.mirror.revision(targets[0].ref)
    return Promise(
        origin=targets[0].commit,
        origins=origins,
        url=check.mirror.url,
        subdirectories={m.name: revision.subdirectory(m) for m in workspace.members.values()},
        contents=targets[0].contents,
    )


def _judged(target: Target, trial: Trial, promise: Promise) -> str:
    workspace = target.workspace
    members = [workspace.members[name] for name in _proven(target)]
    members.sort(key=lambda member: member is not target.member)
    problems = (judge(member, workspace, trial.evidence, promise) for member in members)
    return next((problem for problem in problems if problem), "")


def _result(check: _Check, way: Way, target: Target, trial: Trial, problem: str) -> Result:
    name = target.member.name
    chosen = f"{name} --route {way.route} --installer {way.installer}"
    return Result(
        member=name,
        route=way.route,
        installer=way.installer,
        requirement=_tried(check, target).requirement(target.member),
        commit=target.commit,
        siblings=trial.siblings(target.member, target.workspace),
        problem=problem,
        seconds=trial.seconds,
        needs=len(target.workspace.needed(name)) - 1,
        again=f"{check.scope.again} {chosen}",
        note=target.member.proof.words,
    )
