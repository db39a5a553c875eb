"""Run the tests of a member in an environment of their own, against what is installed there."""

import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName

from ...model.problem import Failure
from ...model.result import Result
from ...model.workspace.setting_values import Proof
from ...model.workspace.workspace import MANIFEST, Member
from ...ops import process, uv
from ...ops.tree import Tree
from ..checkout import own_source
from ..job import Job, job
from ..steps import tell
from ..testing.suites import GROUP, TESTS
from ..testing.tested import FINE, NOTHING_COLLECTED

# Where the requirements of tests stand, by custom; the first that is there is taken.
GROUPS, PYTEST = (GROUP, "tests", "testing", "dev"), "pytest"
WORDS_KEPT = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """Tests to run: those of a member at a commit, with what is installed for them.

    `proves` is the planned member that fails where they do. `sources` are siblings that are
    taken as they are at commits: of each, where it lies there.
    """

    proof: Proof
    proves: NormalizedName
    member: Member
    tree: Tree
    requirements: Sequence[str]
    options: Sequence[str] = ()
    sources: Sequence[tuple[Member, Tree]] = ()
    own: Sequence[str] = ()

    @property
    def label(self) -> str:
        """Return what is tried, in a word or two."""
        who = f" by {self.member.name}" if self.member.name != self.proves else ""
        return f"{self.proves}{who} · prove-{self.proof}"


def tried(python: str, cache: Mapping[str, str], trial: Trial) -> Result:
    """Run the tests of a trial; say what came of it for the member that it proves."""
    tell(trial.label)
    with job() as own:
        try:
            problem, note = _tested(python, own.given(cache), trial)
        except Failure as failure:
            problem, note = failure.problems[0].message, ""
    if problem and trial.member.name != trial.proves:
        problem = f"the tests of {trial.member.name}, as released, fail with it: {problem}"
        problem += f"\nit breaks who requires it: `--bump {trial.proves}=major` says so"
    return Result(
        member=trial.proves,
        route=f"prove-{trial.proof}",
        installer="uv",
        requirement=", ".join(Path(each).name for each in trial.requirements) or trial.proves,
        commit=trial.tree.commit,
        problem=problem,
        note=note,
        tried=not note,
    )


def _tested(python: str, own: Job, trial: Trial) -> tuple[str, str]:
    """Run the tests in an environment of their own; return what is wrong, or what is missing."""
    source = own_source(trial.tree, own.folder / "source", with_history=False)
    folder = source.path / trial.tree.path(trial.member.path)
    if not (folder / TESTS).is_dir():
        return "", f"{trial.member.name} has no folder `{TESTS}`: prove-{trial.proof} tried nothing"
    installed = uv.make_environment(own.folder / "env", own.environment, python)
    folders = [_laid_out(own, place, *each) for place, each in enumerate(trial.sources)]
    # Siblings come from where they are named here, not from the workspace around them.
    options = ("--no-sources", *trial.options)
    uv.install(installed, [*options, *trial.requirements, *map(str, folders)], own.environment)
    for manifest, group in _groups(folder, source.path / trial.tree.prefix):
        uv.install(installed, ["--group", f"{manifest}:{group}"], own.environment)
    if not uv.has(installed, PYTEST):
        return (
            "",
            f"{trial.member.name} has no group with {PYTEST}: prove-{trial.proof} tried nothing",
        )
    for top in trial.own:  # else the source would be imported, not what was installed
        for place in (folder / "src" / top, folder / top):
            _remove(place)
    command = (str(installed), "-m", "pytest", "-q", "-p", "no:cacheprovider", TESTS)
    code, output = process.watched(command, folder, own.imports, is_shown=False)
    lines = [line for line in output.splitlines() if line.strip()][-WORDS_KEPT:]
    if code == NOTHING_COLLECTED:
        return "", f"{trial.member.name} has no tests: prove-{trial.proof} tried nothing"
    if code == FINE:
        return "", ""
    return "\n".join(["its tests fail", *lines]), ""


def _groups(folder: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """Return the group that tests need: the member's own, else that of the whole workspace."""
    for manifest in (folder / MANIFEST, root / MANIFEST):
        groups = tomllib.loads(manifest.read_text("utf-8")).get("dependency-groups", {})
        for name in GROUPS:
            if name in groups:
                yield manifest, name
                return


def _laid_out(own: Job, place: int, member: Member, tree: Tree) -> Path:
    """Check out a member as it is at a commit, to be installed from there."""
    source = own_source(tree, own.folder / f"sibling-{place}", with_history=False)
    return source.path / tree.path(member.path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
