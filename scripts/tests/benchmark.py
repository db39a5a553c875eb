"""Measure the tooling on a generated workspace: seconds, the bare cost of the same, memory.

`python -m tests.benchmark [--members 50] [--only NAME ...]`, from the folder of the tooling.
The bare cost is that of the programs which do the work, run without the tooling. No
figure is a failure here; a measured command that fails is one, with exit code 1.
`ratio` is to the bare cost, which has a line of its own above; memory is peak memory.
"""

import io
import os
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypedDict
from unittest import mock

from packaging.utils import NormalizedName
from rich.console import Console
from rich.table import Table

from .helpers.generate import generate

if TYPE_CHECKING:
    from roadworthy.model.plan.facts import Facts

TOOLING = "roadworthy"
ROOT = Path(__file__).resolve().parents[2]
INDEX = "bench"
CORES = os.cpu_count() or 1
KIB = 1024
# ru_maxrss is in KiB, and in bytes on macOS.
PER_MIB = KIB * KIB if sys.platform == "darwin" else KIB
LAST_WORDS = 2000
# The index on loopback takes any; uv wants some all the same.
CREDENTIALS = {"UV_PUBLISH_USERNAME": "bench", "UV_PUBLISH_PASSWORD": "bench"}


class Options(TypedDict, total=False):
    """How a workspace is generated."""

    commits: int
    tagged: bool
    index: str


# A piece of work is run in a process of its own and says how many seconds count.
Work = Callable[[Path], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a piece of work took."""

    seconds: float = 0.0
    own_mib: float = 0.0
    children_mib: float = 0.0
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A line of the table: the work, the bare cost to compare it with, and where."""

    name: str
    title: str
    work: Work
    bare: str = ""
    workspace: str = "plain"
    times: int = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, print the table and return the exit code."""
    parser = ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--members", type=int, default=50, help="of the workspace (50)")
    names = list(dict.fromkeys(case.name for case in CASES))
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=", ".join(names))
    options = parser.parse_args(arguments)
    chosen = [case for case in CASES if case.name in (options.only or names)]
    costs = _measure_all(chosen, options.members)
    Console().print(_table(chosen, costs, options.members))
    for title, cost in costs.items():
        if cost.problem:
            Console(stderr=True).print(f"{title}: {cost.problem}", markup=False, highlight=False)
    return 1 if any(cost.problem for cost in costs.values()) else 0


def _measure_all(cases: Sequence[Case], members: int) -> dict[str, Cost]:
    """Measure one after the other, so that none takes another's cores."""
    progress = Console(stderr=True)
    costs = {}
    with TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        for case in cases:
            progress.print(f"{case.name}: {case.title} ...", markup=False, highlight=False)
            workspace = _workspace(folder, case.workspace, members)
            tries = [_measure(case.work, workspace) for _ in range(case.times)]
            costs[case.title] = min(tries, key=lambda cost: (not cost.problem, cost.seconds))
    return costs


def _workspace(folder: Path, kind: str, members: int) -> Path:
    """Return the workspace of a kind; make it the first time."""
    path = folder / kind
    return path if path.exists() else generate(path, members, **WORKSPACES[kind])


def _measure(work: Work, workspace: Path) -> Cost:
    """Run a piece of work in a new process, so that its peak memory is its own."""
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_cost_of, work, workspace).result()


def _cost_of(work: Work, workspace: Path) -> Cost:
    seconds, problem = 0.0, ""
    try:
        seconds = work(workspace)
    except subprocess.CalledProcessError as error:
        said = f"{error.stdout or ''}{error.stderr or ''}"[-LAST_WORDS:]
        problem = f"{' '.join(map(str, error.cmd))} ended with {error.returncode}\n{said}"
    except Exception as error:  # noqa: BLE001 - whatever fails is told, and the rest measured
        problem = f"{type(error).__name__}: {error}"
    return Cost(
        seconds=seconds,
        own_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PER_MIB,
        children_mib=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / PER_MIB,
        problem=problem,
    )


def _command(workspace: Path, *, arguments: Sequence[str]) -> float:
    """Time a command of the tooling as people run it; what it tells of its steps is shown."""
    program = (sys.executable, "-m", TOOLING, "--workspace", str(workspace), *arguments)
    run = partial(subprocess.run, program, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return _timed(run)


def _plan_in_process(workspace: Path) -> float:
    """Time a plan without the start of an interpreter and its imports."""
    import_module(f"{TOOLING}.__main__")
    return _timed(lambda: _plan(workspace))


def _plan_git_calls(workspace: Path) -> float:
    """Time the very git calls that a plan makes, without anything in between."""
    from roadworthy.ops import process, running  # noqa: PLC0415

    calls: list[tuple[Sequence[str], Mapping[str, Any]]] = []

    def recorded(command: Sequence[str], **options: Any) -> running.Ended:  # noqa: ANN401
        calls.append((command, options))
        return running.run_to_end(command, **options)

    with mock.patch.object(process, "run_to_end", recorded):
        _plan(workspace)
    git_calls = [(command, options) for command, options in calls if command[0] == "git"]

    def replay() -> None:
        for command, options in git_calls:
            running.run_to_end(command, **options)

    return _timed(replay)


def _plan(workspace: Path) -> None:
    # Imported here: no other measurement is to have the tooling in its memory.
    from roadworthy.__main__ import main as tooling  # noqa: PLC0415

    arguments = ["--workspace", str(workspace), "plan", "--json", "--index", ""]
    with redirect_stdout(io.StringIO()) as said:
        code = tooling(arguments)
    if code:
        raise subprocess.CalledProcessError(code, arguments, said.getvalue())


def _uv_build(workspace: Path) -> float:
    """Time what builds all members, and looks at nothing."""
    with _scratch() as folder:
        command = (_uv(), "build", "--quiet", "--all-packages", "--python", sys.executable)
        return _timed(lambda: _run((*command, "--out-dir", str(folder)), cwd=workspace))


def _publish(workspace: Path) -> float:
    """Time the uploads to an index on loopback, in waves, each read back."""
    from roadworthy.model.plan.intent import Intent  # noqa: PLC0415
    from roadworthy.ops import loopback  # noqa: PLC0415
    from roadworthy.ops.tree import open_workspace  # noqa: PLC0415
    from roadworthy.stages.distribution import in_folder  # noqa: PLC0415
    from roadworthy.stages.publish.publish import compare, publish  # noqa: PLC0415
    from roadworthy.stages.site import preview_site  # noqa: PLC0415
    from roadworthy.stages.work import Terms, at_commit, planned  # noqa: PLC0415

    tree, settings = open_workspace(workspace), _facts(workspace).workspace.settings
    with (
        _scratch() as folder,
        loopback.index(_made(folder / "stock")) as index,
        preview_site(tree, settings, index) as site,
    ):
        work = planned(replace(site, credentials=CREDENTIALS), Intent(), Terms())
        work = at_commit(work, work.commit)
        (batch,) = work.batches
        built = tuple(in_folder(_built(workspace, folder / "dist"), batch.names))
        work = replace(work, batches=(replace(batch, built=built),))

        def upload() -> None:
            failed = publish(compare(work)).failed
            if failed:
                raise RuntimeError(next(iter(failed.values())).message)

        return _timed(upload)


def _uv_publish(workspace: Path) -> float:
    """Time one `uv publish` of everything, which reads nothing back."""
    from roadworthy.ops import loopback  # noqa: PLC0415

    with _scratch() as folder, loopback.index(_made(folder / "stock")) as index:
        files = sorted(_built(workspace, folder / "dist").glob("*-*"))
        command = [_uv(), "publish", "--quiet", "--trusted-publishing", "never"]
        command += ["--publish-url", index.publish_url, *map(str, files)]
        environment = os.environ | CREDENTIALS
        return _timed(lambda: _run(command, environment=environment))


def _uv_installs(workspace: Path) -> float:
    """Time an environment and an installation from git for each member, on all cores."""
    commit = _run(("git", "rev-parse", "HEAD"), cwd=workspace).strip()
    with _scratch() as folder, ThreadPoolExecutor(CORES) as pool:
        environment = _clean(folder)

        def install(name: str) -> None:
            env, at = folder / name, f"{workspace.as_uri()}@{commit}"
            url = f"{name} @ git+{at}#subdirectory=packages/{name}"
            make = (_uv(), "venv", "--quiet", "--no-project", "--python", sys.executable, str(env))
            _run(make, environment=environment)
            add = (_uv(), "pip", "install", "--quiet", "--python", str(env), url)
            _run(add, environment=environment)

        names = [path.name for path in sorted((workspace / "packages").iterdir())]
        return _timed(lambda: list(pool.map(install, names)))


def _each(names: Sequence[str], install: Callable[[str], None]) -> None:
    for name in names:
        install(name)


def _naively(workspace: Path, *, installer: str) -> float:
    """Time what a script of one's own does: member after member, a new environment each."""
    from roadworthy.model.consumer.consumer import Revision, requirements  # noqa: PLC0415

    found = _facts(workspace).workspace
    commit = _run(("git", "rev-parse", "HEAD"), cwd=workspace).strip()
    revision = Revision(url=workspace.as_uri(), name=commit)

    def install(name: str, folder: Path) -> None:
        python = folder / name / "bin" / "python"
        make = (_uv(), "venv", "--quiet", "--no-project", "--python", sys.executable)
        _run((*make, str(folder / name)), environment=environment)
        members = [found.members[each] for each in sorted(found.needed(NormalizedName(name)))]
        everything = requirements(members, dict.fromkeys([m.name for m in members], revision))
        urls = {
            "uv": [revision.requirement(found.members[NormalizedName(name)])],
            "pip": everything.splitlines(),
        }[installer]
        command = {
            "uv": (_uv(), "pip", "install", "--quiet", "--python", str(python)),
            "pip": (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"),
        }[installer]
        _run((*command, *urls), environment=environment)

    with _scratch() as folder:
        environment = _clean(folder)
        names = [path.name for path in sorted((workspace / "packages").iterdir())]
        return _timed(partial(_each, names, partial(install, folder=folder)))


def _facts(workspace: Path) -> "Facts":
    from roadworthy.gather.facts import gather  # noqa: PLC0415
    from roadworthy.ops.tree import open_workspace  # noqa: PLC0415

    return gather(open_workspace(workspace))


def _built(workspace: Path, folder: Path) -> Path:
    """Build all members, without counting the time."""
    command = (_uv(), "build", "--quiet", "--all-packages", "--python", sys.executable)
    _run((*command, "--out-dir", str(folder)), cwd=workspace)
    return folder


def _clean(folder: Path) -> dict[str, str]:
    """Return an environment for installers whose caches are empty, as in a verification."""
    from roadworthy.ops import process  # noqa: PLC0415

    caches = {"UV_CACHE_DIR": str(folder / "uv-cache"), "PIP_CACHE_DIR": str(folder / "pip-cache")}
    return process.scrubbed(_made(folder / "home")) | caches


def _run(
    command: Sequence[str], *, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _uv() -> str:
    return os.environ.get("UV", "uv")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _scratch() -> Iterator[Path]:
    with TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def _table(cases: Sequence[Case], costs: Mapping[str, Cost], members: int) -> Table:
    cores = f"{CORES} core{'s' if CORES > 1 else ''}"
    table = Table(title=f"{members} members, {cores}, Python {sys.version.split()[0]}")
    table.add_column("what", overflow="fold")
    for heading in ("seconds", "ratio", "child MiB", "own MiB"):
        table.add_column(heading, justify="right")
    for case in cases:
        table.add_row(*_row(case, costs))
    return table


def _row(case: Case, costs: Mapping[str, Cost]) -> Iterator[str]:
    cost, bare = costs[case.title], costs.get(case.bare)
    yield case.title
    if cost.problem:
        yield "failed"
        return
    yield f"{cost.seconds:.2f}"
    yield f"{cost.seconds / bare.seconds:.2f}" if bare and bare.seconds else ""
    yield f"{cost.children_mib:.0f}"
    yield f"{cost.own_mib:.0f}"


def _tooling(*arguments: str) -> Work:
    return partial(_command, arguments=arguments)


WORKSPACES: Mapping[str, Options] = {
    "plain": {},
    "history": {"commits": 3, "tagged": True},
    "index": {"index": INDEX},
    "long": {"commits": 20},  # of each member: 1,000 for 50
}
PLAN = ("plan", "--json", "--index", "")
CASES = (
    Case(name="plan", title="git calls of a plan", work=_plan_git_calls, times=5),
    Case(
        name="plan",
        title="plan, in process",
        work=_plan_in_process,
        bare="git calls of a plan",
        times=5,
    ),
    Case(name="plan", title="plan", work=_tooling(*PLAN), bare="git calls of a plan", times=5),
    Case(
        name="plan",
        title="git calls, three commits a member",
        work=_plan_git_calls,
        workspace="history",
        times=5,
    ),
    Case(
        name="plan",
        title="plan, three commits a member",
        work=_tooling(*PLAN),
        bare="git calls, three commits a member",
        workspace="history",
        times=5,
    ),
    Case(name="build", title="uv build --all-packages", work=_uv_build, times=3),
    Case(
        name="build", title="build", work=_tooling("build"), bare="uv build --all-packages", times=3
    ),
    Case(name="publish", title="uv publish, all at once", work=_uv_publish),
    Case(
        name="publish",
        title="publish, in waves, read back",
        work=_publish,
        bare="uv publish, all at once",
    ),
    Case(name="verify-uv", title="uv venv, uv pip install", work=_uv_installs),
    Case(
        name="verify-uv",
        title="verify-git-install, uv",
        work=_tooling("verify-git-install", "--installer", "uv"),
        bare="uv venv, uv pip install",
    ),
    Case(
        name="verify-long",
        title="uv venv, uv pip install, long history",
        work=_uv_installs,
        workspace="long",
    ),
    Case(
        name="verify-long",
        title="verify-git-install, uv, long history",
        work=_tooling("verify-git-install", "--installer", "uv"),
        bare="uv venv, uv pip install, long history",
        workspace="long",
    ),
    Case(name="naive-uv", title="uv, one by one", work=partial(_naively, installer="uv")),
    Case(
        name="naive-uv",
        title="verify-git-install, uv, beside it",
        work=_tooling("verify-git-install", "--installer", "uv"),
        bare="uv, one by one",
    ),
    Case(name="verify-pip", title="pip, one by one", work=partial(_naively, installer="pip")),
    Case(
        name="verify-pip",
        title="verify-git-install, pip",
        work=_tooling("verify-git-install", "--installer", "pip"),
        bare="pip, one by one",
    ),
    Case(name="release", title="release, git alone", work=_tooling("release", "--index", "")),
    Case(
        name="release-index",
        title="release, with an index",
        work=_tooling("release", "--index", INDEX),
        workspace="index",
    ),
)


if __name__ == "__main__":
    sys.exit(main())
