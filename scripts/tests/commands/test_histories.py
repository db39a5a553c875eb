"""Whatever a history is made of, the plan says what the files say, and a release does that.

What is true is found in another way: by comparing the files of two commits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from packaging.utils import canonicalize_name
from packaging.version import Version

from roadworthy.gather.facts import gather
from roadworthy.model.plan.intent import Intent
from roadworthy.model.plan.plan import Plan, make_plan
from roadworthy.ops.tree import open_workspace
from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

if TYPE_CHECKING:
    from collections.abc import Callable

MEMBERS = ("zq-app", "zq-base", "zq-middle")
SHAPES = ("{name}/v0.1.0", "{name}-v0.1.0", "{name}==0.1.0")
TYPES = ("fix", "feat", "feat!", "docs", "chore")
IGNORED = re.compile(r"CHANGELOG\.md$|^packages/[^/]+/(changes|tests)/")
STEPS = (
    *("commit", "commit", "side", "merge", "squash", "ours", "revert", "again"),
    *("release", "switch"),
)
LINE = "0.1.x"
OFFER = re.compile(r"`--version ([a-z-]+)=([0-9.]+)`")
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class World:
    """A repository and what was done in it; `number` makes each change another."""

    repo: Repo
    number: int = 0
    branch: str = "main"
    seen: set[str] = field(default_factory=set)

    def take(self, step: str, name: str, kind: str) -> None:
        """Take a step, where the history has come so far that it can be taken."""
        taken: Mapping[str, Callable[[str, str], None]] = {
            "commit": self.commit,
            "side": self.side,
            "merge": lambda *_: self.merge("--no-ff", "--no-edit"),
            "ours": lambda *_: self.merge("--no-ff", "--no-edit", "--strategy=ours"),
            "squash": self.squash,
            "revert": lambda *_: self.revert(),
            "again": self.put_back,
            "release": lambda *_: self.release(),
            "switch": lambda *_: self.switch(),
        }
        taken[step](name, kind)

    def commit(self, name: str, kind: str) -> None:
        """Change a member."""
        self.number += 1
        path = f"packages/{name}/src/{name.replace('-', '_')}/more{self.number}.py"
        self.repo.commit(f"{kind}: change {self.number}", {path: f"x = {self.number}\n"})

    def side(self, name: str, kind: str) -> None:
        """Commit on a side branch, which comes from where the branch is."""
        self.repo.git("switch", "--quiet", "--force-create", "side")
        self.commit(name, kind)
        self.repo.git("switch", "--quiet", self.branch)

    def switch(self) -> None:
        """Go to the maintenance branch, which begins where it is first asked for, or back."""
        self.branch = "main" if self.branch == LINE else LINE
        new = not self.repo.git("branch", "--list", self.branch)
        self.repo.git("switch", "--quiet", *(["--create"] if new else []), self.branch)

    def merge(self, *options: str) -> None:
        """Merge the side branch."""
        if self.has_side:
            self.repo.git("merge", "--quiet", *options, "side")

    def squash(self, _: str, kind: str) -> None:
        """Take what the side branch has, in a commit of its own."""
        if self.has_side:
            self.repo.git("merge", "--quiet", "--squash", "side")
            self.repo.commit(f"{kind}: a request (#{self.number})")

    def revert(self) -> None:
        """Take the newest commit back, where it is an ordinary one."""
        subject = self.repo.git("show", "--no-patch", "--format=%s")
        if ": change" in subject:
            self.repo.git("revert", "--no-edit", "HEAD")

    def put_back(self, name: str, kind: str) -> None:
        """Bring a member's files back to what they were at its newest tag, by hand."""
        commit = self.priors()[name][1]
        folder = f"packages/{name}/src"
        self.repo.git("rm", "-r", "--quiet", "--", folder)
        self.repo.git("checkout", "--quiet", commit, "--", folder)
        self.repo.commit(f"{kind}: put {name} back")

    def release(self) -> None:
        """Release what is due, and hold the plan to what came of it."""
        self.repo.git("push", "--quiet", "origin", self.branch)
        fixed = self.free()
        plan, before = self.plan(fixed), self.tags()
        assert plan.problems == ()
        # No release here is verified, so the tag of the whole release stays due.
        unfinished = self.repo.git("log", "--grep=^release: ", "--format=%h")
        planned = {release.planned_tag: release for release in plan.releases}
        for step in ("prepare", "tag"):
            done = run(self.repo.path, step, "--execute", *_options(fixed))
            assert done.code == (0 if planned or unfinished else 3), done.stderr
        assert self.tags() - before == planned.keys()
        assert not planned.keys() & self.seen
        for tag, release in planned.items():
            manifest = self.repo.git("show", f"{tag}:packages/{release.name}/pyproject.toml")
            assert f'version = "{release.planned_version}"' in manifest
        self.seen |= planned.keys()
        assert self.plan().releases == ()

    @property
    def has_side(self) -> bool:
        """Tell whether there is a side branch that the branch does not have yet."""
        found = self.repo.git("branch", "--list", "side", "--no-merged", "HEAD")
        return bool(found)

    def tags(self) -> set[str]:
        """Return the names of all tags."""
        return set(self.repo.git("tag").split())

    def plan(self, fixed: Mapping[str, str] = NOTHING) -> Plan:
        """Plan from HEAD."""
        versions = {canonicalize_name(name): Version(text) for name, text in fixed.items()}
        return make_plan(gather(open_workspace(self.repo.path)), Intent(versions=versions))

    def free(self) -> dict[str, str]:
        """Return the versions that the plan offers for those that another branch has."""
        found: dict[str, str] = {}
        while problems := self.plan(found).problems:
            assert {problem.code for problem in problems} == {"tag-elsewhere"}
            offered = dict(OFFER.findall(" ".join(problem.hint for problem in problems)))
            assert offered.items() - found.items()
            found |= offered
        return found

    def priors(self) -> dict[str, tuple[Version, str]]:
        """Return the highest version of each member that is tagged behind HEAD, and its tag."""
        found: dict[str, tuple[Version, str]] = {}
        for tag in self.repo.git("tag", "--merged", "HEAD").split():
            name = next(each for each in MEMBERS if tag.startswith(each))
            version = Version(re.sub(r"^[/=v-]+", "", tag.removeprefix(name)))
            found[name] = max(found.get(name, (version, tag)), (version, tag))
        return found

    def files(self, commit: str, name: str) -> dict[str, str]:
        """Return what a member is made of at a commit, without its version."""
        listed = self.repo.git("ls-tree", "-r", "--format=%(path) %(objectname)", commit)
        pairs = (line.split(" ") for line in listed.splitlines())
        found = {path: blob for path, blob in pairs if path.startswith(f"packages/{name}/")}
        manifest = f"packages/{name}/pyproject.toml"
        text = self.repo.git("show", f"{commit}:{manifest}")
        found[manifest] = re.sub(r'(?m)^version = ".*"$', "", text)
        return {path: each for path, each in found.items() if not IGNORED.search(path)}

    def assert_true(self) -> None:
        """Assert that the plan calls exactly those members changed whose files are others."""
        plan, priors = self.plan(), self.priors()
        told = {each.name for each in plan.unchanged if each.changed}
        follow = {each.name for each in plan.releases if _follows(each.reasons)}
        told |= {each.name for each in plan.releases} - follow
        true = {n for n in MEMBERS if self.files(priors[n][1], n) != self.files("HEAD", n)}
        assert told == true - follow


def _options(fixed: Mapping[str, str]) -> list[str]:
    return [part for name, text in fixed.items() for part in ("--version", f"{name}={text}")]


def _follows(reasons: tuple[str, ...]) -> bool:
    """Tell whether a member is released for the sake of a sibling alone."""
    return all("outside of its range" in reason for reason in reasons)


steps = some.tuples(some.sampled_from(STEPS), some.sampled_from(MEMBERS), some.sampled_from(TYPES))


def walked(shape: str, taken: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        repo = make_workspace(Path(folder) / "workspace", trio())
        text = (repo.path / "pyproject.toml").read_text("utf-8")
        form = shape.replace("0.1.0", "{version}")
        line = f'\n[tool.release]\nbranch = ["main", "{LINE}"]\ntag-format = "{form}"\n'
        repo.commit("chore: settings", {"pyproject.toml": text + line})
        repo.with_remote(Path(folder) / "remote.git")
        repo.tag(*(shape.format(name=name) for name in MEMBERS))
        world = World(repo, seen=set(repo.git("tag").split()))
        for step in taken:
            world.take(*step)
            world.assert_true()
        world.release()


@pytest.mark.parametrize(
    "shape",
    [SHAPES[0], *(pytest.param(shape, marks=pytest.mark.exhaustive) for shape in SHAPES[1:])],
)
def test_a_history_with_everything_in_it_is_planned_by_its_files(shape: str) -> None:
    walked(
        shape,
        [
            ("commit", "zq-base", "docs"),
            ("side", "zq-base", "feat"),
            ("ours", "zq-base", "fix"),
            ("release", "zq-base", "fix"),
            ("side", "zq-middle", "feat!"),
            ("squash", "zq-middle", "fix"),
            ("commit", "zq-app", "fix"),
            ("revert", "zq-app", "fix"),
            ("again", "zq-base", "chore"),
        ],
    )


@pytest.mark.exhaustive
def test_a_maintenance_branch_in_a_history_never_has_a_version_of_main() -> None:
    walked(
        SHAPES[0],
        [
            ("switch", "zq-base", "fix"),
            ("switch", "zq-base", "fix"),
            ("commit", "zq-base", "feat"),
            ("release", "zq-base", "fix"),
            ("switch", "zq-base", "fix"),
            ("commit", "zq-base", "fix"),
            ("side", "zq-app", "feat!"),
            ("release", "zq-base", "fix"),
            ("switch", "zq-base", "fix"),
            ("merge", "zq-base", "fix"),
        ],
    )


@pytest.mark.exhaustive
@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(shape=some.sampled_from(SHAPES), taken=some.lists(steps, min_size=3, max_size=8))
def test_any_history_is_planned_by_its_files(shape: str, taken: list[tuple[str, str, str]]) -> None:
    walked(shape, taken)
