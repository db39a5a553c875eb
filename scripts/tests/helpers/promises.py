"""What a release promises, whatever happens to it, as checks of a world."""

import hashlib
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from packaging.version import Version

from .repository import Repo
from .world import FILES, MEMBERS, Update, World, tags_of

NOBODY = "0" * 40


@dataclass
class Witness:
    """Remembers what a world had each time that it looked, and says what is broken."""

    world: World
    files: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def broken(self) -> list[str]:
        """Return every promise that is broken by now, in words."""
        checks: tuple[Callable[[], Iterator[str]], ...] = (
            self._files,
            self._tags,
            self._journal,
            self._people,
            self._checkouts,
        )
        return [words for check in checks for words in check()]

    def unfinished(self) -> list[str]:
        """Return what an undisturbed release would have done, and is not done."""
        return [*self._members(), *self._release_tags(), *self._states()]

    def _files(self) -> Iterator[str]:
        """Find what was uploaded twice, and what was replaced."""
        with self.world.gate.lock:  # an orphan may be in the middle of an upload
            taken, now = self.world.gate.taken.copy(), _hashes(self.world.folder / FILES)
        for name, times in taken.items():
            if times > 1:
                yield f"{name} was stored {times} times"
        for name in self.world.gate.sent_again:
            yield f"{name} was sent again"
        for name in self.world.gate.sent_early:
            if name.startswith("zq_top"):
                yield f"{name} was sent before what it requires was listed"
        for name, sha256 in self.files.items():
            if now.get(name) != sha256:
                yield f"{name} was replaced"
        self.files = now

    def _tags(self) -> Iterator[str]:
        """Find tags that did not stay where they were, and new ones that promise too much."""
        now = self.world.tags()
        for name, target in self.tags.items():
            if now.get(name) != target:
                yield f"the tag {name} was moved or deleted"
        for name in now.keys() - self.tags.keys():
            yield from _tag_problems(self.world, name)
        for name, target in self.world.foreign.items():
            if tags_of(self.world.remote).get(name) != target:
                yield f"the tag {name} of somebody else was moved or deleted"
        self.tags = now

    def _journal(self) -> Iterator[str]:
        """Find pushes that were to do harm, whether they could or not."""
        for update in self.world.journal():
            yield from _update_problems(self.world, update)

    def _people(self) -> Iterator[str]:
        """Find commits of people that the branch has lost."""
        there = self.world.remote.git("rev-list", "main").splitlines()
        for commit in self.world.changes:
            if commit not in there:
                yield f"the commit {commit} of somebody is lost"

    def _checkouts(self) -> Iterator[str]:
        """Find checkouts that are not as their people left them, or behind."""
        there = self.world.remote.git("rev-list", "main").splitlines()
        at_remote = tags_of(self.world.remote)
        for checkout in self.world.checkouts:
            name = checkout.path.name
            if changed := checkout.git("status", "--porcelain"):
                yield f"the {name} is not clean: {changed.strip()}"
            if checkout.git("symbolic-ref", "HEAD") != "refs/heads/main":
                yield f"the {name} is on another branch"
            if checkout.head() not in there:
                yield f"the {name} has left the remote's branch"
            if tags_of(checkout).items() - at_remote.items():
                yield f"the {name} has a tag that the remote has not"

    def _members(self) -> Iterator[str]:
        """Find members that are not released as they are on the branch."""
        world, tags = self.world, self.world.tags()
        for name in MEMBERS:
            tag = f"{name}/v{world.version(name)}"
            if tag not in tags:
                yield f"there is no tag {tag}"
            elif world.remote.git("diff", "--name-only", tag, "main", "--", f"packages/{name}/src"):
                yield f"{name} has changes that are not in {tag}"
            if not _is_whole(tag, world.gate.files()):
                yield f"{tag} is not whole on the index"

    def _release_tags(self) -> Iterator[str]:
        """Find commits that members were released from, and no whole release."""
        remote, tags = self.world.remote, self.world.tags()
        whole = {remote.head(name) for name in tags if name.startswith("release/")}
        for name in tags:
            if remote.head(name) not in whole:
                yield f"the commit of {name} has no release tag"

    def _states(self) -> Iterator[str]:
        for name, state in self.world.states().items():
            if state != "released":
                yield f"the status of {name} is: {state}"


def _update_problems(world: World, update: Update) -> Iterator[str]:
    """Say what is wrong with what a push asked of the remote."""
    if update.ref == "refs/heads/main":
        if NOBODY in {update.old, update.new} or not _is_behind(world.remote, update):
            yield f"the branch was rewritten from {update.old} to {update.new}"
    elif update.ref.startswith("refs/tags/"):
        name = update.ref.removeprefix("refs/tags/")
        if update.old != NOBODY:
            yield f"a push was to move or delete the tag {name}"
        elif name.startswith("zq-") and not _is_whole(name, update.files):
            yield f"the tag {name} came before its files"
    else:
        yield f"a push was to change {update.ref}"


def _is_behind(remote: Repo, update: Update) -> bool:
    return update.old in remote.git("rev-list", update.new).splitlines()


def _is_whole(tag: str, files: list[str] | tuple[str, ...]) -> bool:
    """Tell whether a version has a wheel and an sdist among files."""
    return set(_distributions(tag)) <= set(files)


def _distributions(tag: str) -> tuple[str, str]:
    name, _, version = tag.partition("/v")
    start = f"{name.replace('-', '_')}-{version}"
    return f"{start}-py3-none-any.whl", f"{start}.tar.gz"


def _tag_problems(world: World, tag: str) -> Iterator[str]:
    """Say what a member's tag promises and does not keep."""
    if not tag.startswith("zq-"):
        return
    name, _, version = tag.partition("/v")
    if world.version(name, tag) != Version(version):
        yield f"the manifest at {tag} says {world.version(name, tag)}"
    folder = f"packages/{name}/src"
    listed = world.remote.git("ls-tree", "-r", "--name-only", tag, "--", folder).splitlines()
    modules = {PurePosixPath(path).name for path in listed}
    for distribution in _distributions(tag):
        path = world.folder / FILES / distribution
        if not path.exists() or _modules(path) != modules:
            yield f"{distribution} is not what {tag} has"


def _modules(distribution: Path) -> set[str]:
    """Return the names of the modules in a distribution."""
    if distribution.suffix == ".whl":
        with zipfile.ZipFile(distribution) as wheel:
            names = wheel.namelist()
    else:
        with tarfile.open(distribution) as sdist:
            names = sdist.getnames()
    return {PurePosixPath(name).name for name in names if name.endswith(".py")}


def _hashes(folder: Path) -> dict[str, str]:
    files = folder.iterdir()
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
