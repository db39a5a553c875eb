"""Verify that members install from git: from a mirror, at the public URL, as a consumer would.

One function for the gate before a release, the check after it, and any URL.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from packaging.utils import NormalizedName

from ..gather import joined
from ..model.graph import closure
from ..model.workspace import Member, Workspace
from ..ops import git, pip, process, uv
from ..ops.git import Repository
from .environments import Result, attempt, judge

INSTALLERS = ("uv", "pip")
ROUTE = "direct"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A member to install, the ref that a consumer would name, and where that must lead."""

    member: Member
    ref: str
    commit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What all installations of one check have in common."""

    url: str
    prefix: str
    workspaces: Mapping[str, Workspace]
    folder: Path
    environment: Mapping[str, str]
    python: str

    def requirement(self, member: Member, ref: str) -> str:
        """Return the line that a consumer writes to install a member at a ref."""
        path = joined(self.prefix, member.path) if member.path != "." else self.prefix
        subdirectory = f"#subdirectory={path}" if path else ""
        return f"{member.name} @ git+{self.url}@{ref}{subdirectory}"


def verify_git_install(  # noqa: PLR0913 - each is a choice of the caller's, and named
    mirror: Repository,
    url: str,
    targets: Sequence[Target],
    *,
    prefix: str,
    workspaces: Mapping[str, Workspace],
    folder: Path,
    python: str,
    installers: Sequence[str] = INSTALLERS,
    direct: bool = False,
) -> tuple[Result, ...]:
    """Install every target from a mirror, under its public URL, with every installer.

    uv gets an environment for each member; pip one for each commit, with its whole
    closure as direct URLs. `folder` is for this check alone: its caches start empty,
    since a commit found in a cache would prove nothing. With `direct`, the installers
    fetch from the URL themselves, with the credentials of whoever runs this.
    """
    home = folder / "home"
    verification = Verification(
        url=url,
        prefix=prefix,
        workspaces=workspaces,
        folder=folder,
        environment=_environment(home, url, None if direct else mirror.path),
        python=python,
    )
    moved = _misled(mirror, targets)
    sound = [target for target in targets if target.member.name not in moved]
    jobs: list[Callable[[], Sequence[Result]]] = []
    if "pip" in installers:
        for commit in sorted({target.commit for target in sound}):
            group = [target for target in sound if target.commit == commit]
            jobs.append(_job(_with_pip, verification, group))
    if "uv" in installers:
        jobs += [_job(_with_uv, verification, [target]) for target in sound]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = [result for batch in pool.map(lambda job: job(), jobs) for result in batch]
    results += [
        _result(verification, target, installer, problem=moved[target.member.name])
        for target in targets
        for installer in installers
        if target.member.name in moved
    ]
    return tuple(sorted(results, key=lambda result: (result.member, result.installer)))


def _environment(home: Path, url: str, mirror: Path | None) -> dict[str, str]:
    """Return the installers' environment: git as they run it finds the URL at the mirror."""
    caches = {
        "UV_NO_GITHUB_FAST_PATH": "1",
        "UV_CACHE_DIR": str(home / "uv-cache"),
        "PIP_CACHE_DIR": str(home / "pip-cache"),
    }
    if mirror is None:
        return process.own_environment() | git.quiet() | caches
    # pip hands git the URL with its escapes undone, uv as it is written.
    spellings = sorted({url, unquote(url)})
    redirects = [(f"url.{mirror.as_uri()}.insteadOf", spelling) for spelling in spellings]
    return process.scrubbed(home) | git.with_settings({}, *redirects) | caches


def _misled(mirror: Repository, targets: Sequence[Target]) -> dict[NormalizedName, str]:
    """Find the refs that lead elsewhere than they must: moved tags, branches of the same name."""
    tags, branches = mirror.tags_and_branches("HEAD")
    at = {tag.name: tag.commit for tag in tags}
    found = {}
    for target in targets:
        if target.ref in branches and target.ref in at:
            found[target.member.name] = (
                f"a branch is named {target.ref}, as the tag is: it wins in every git URL"
            )
        elif at.get(target.ref, target.commit) != target.commit:
            found[target.member.name] = (
                f"the tag {target.ref} is at {at[target.ref][:12]}, not at {target.commit[:12]}"
            )
    return found


def _job(
    work: Callable[[Verification, Sequence[Target]], Sequence[Result]],
    verification: Verification,
    targets: Sequence[Target],
) -> Callable[[], Sequence[Result]]:
    return lambda: work(verification, targets)


def _with_uv(verification: Verification, targets: Sequence[Target]) -> Sequence[Result]:
    (target,) = targets
    requirement = verification.requirement(target.member, target.ref)
    env = verification.folder / "uv" / target.member.name

    def install(python: Path) -> None:
        uv.install(python, [requirement], verification.environment)
        uv.check(python, verification.environment)

    return _results(verification, targets, "uv", env, install)


def _with_pip(verification: Verification, targets: Sequence[Target]) -> Sequence[Result]:
    """Install the closure of members of one commit at once, each sibling by its own URL."""
    workspace = verification.workspaces[targets[0].commit]
    refs = {target.member.name: target.ref for target in targets}
    names = {name for t in targets for name in closure(workspace.graph, t.member.name)}
    requirements = [
        verification.requirement(workspace.members[name], refs.get(name, targets[0].commit))
        for name in sorted(names)
    ]
    env = verification.folder / "pip" / targets[0].commit

    def install(python: Path) -> None:
        pip.install(python, requirements, verification.environment)
        pip.check(python, verification.environment)

    return _results(verification, targets, "pip", env, install)


def _results(
    verification: Verification,
    targets: Sequence[Target],
    installer: str,
    env: Path,
    install: Callable[[Path], None],
) -> Sequence[Result]:
    workspace = verification.workspaces[targets[0].commit]
    names = [target.member.name for target in targets]
    trial = attempt(env, verification.environment, verification.python, workspace, names, install)
    return [
        replace(
            _result(verification, target, installer),
            siblings=trial.siblings(target.member, workspace),
            problem=trial.problem or judge(target.member, workspace, trial.evidence, target.commit),
            seconds=trial.seconds,
        )
        for target in targets
    ]


def _result(
    verification: Verification, target: Target, installer: str, problem: str = ""
) -> Result:
    return Result(
        member=target.member.name,
        route=ROUTE,
        installer=installer,
        requirement=verification.requirement(target.member, target.ref),
        commit=target.commit,
        problem=problem,
    )
