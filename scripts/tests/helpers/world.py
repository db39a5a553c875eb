"""A small world for releases: a bare remote, two checkouts of it, an index, and people.

It keeps what people did, so that it can be told later what became of that.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from roadworthy.ops import loopback

from .broken_off import RELEASE, Running, are_alive, wait_for
from .cli import Done, run
from .gate import Gate
from .programs import shell_program
from .repository import Repo
from .workspaces import index_table, lock, make_workspace, member

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MEMBERS = ("zq-base", "zq-top")
CHECKOUTS = ("first checkout", "second checkout")
FILES = "index-files"
JOURNAL = "asked-of-the-remote"
# Told before a ref is updated: which, from what, to what, and what the index has by then.
HOOK = f"""\
echo "$1 $2 $3" $(ls ../{FILES}) >> ../{JOURNAL}
"""


@dataclass(frozen=True, slots=True)
class Update:
    """What somebody asked of the remote, and what the index had at that moment."""

    ref: str
    old: str
    new: str
    files: tuple[str, ...]


@dataclass
class World:
    """Two people's checkouts of one remote, and the index that they release to.

    `changes` are the commits that people pushed; `foreign` the tags at the remote that
    no release made, with what each points at.
    """

    folder: Path
    url: str
    gate: Gate
    changes: list[str] = field(default_factory=list)
    foreign: dict[str, str] = field(default_factory=dict)
    orphans: list[int] = field(default_factory=list)

    @property
    def remote(self) -> Repo:
        """Return the bare remote."""
        return Repo(self.folder / "remote.git")

    @property
    def checkouts(self) -> tuple[Repo, ...]:
        """Return the checkouts, each as on a machine of its own."""
        return tuple(Repo(self.folder / name) for name in CHECKOUTS)

    @property
    def is_calm(self) -> bool:
        """Tell whether nothing stands in the way of a release.

        Lost answers and a page that lags do not, as long as they do not come together.
        """
        gate = self.gate
        blind = gate.unlisted or (gate.lag and gate.losses)
        return gate.accepts is None and not blind and not are_alive(self.orphans)

    def journal(self) -> list[Update]:
        """Return all that was ever asked of the remote by a push."""
        file = self.folder / JOURNAL
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        words = (line.split(" ") for line in lines)
        return [Update(ref, old, new, tuple(files)) for ref, old, new, *files in words]

    def tags(self) -> dict[str, str]:
        """Return the tags that releases made, with the object that each points at."""
        tags = tags_of(self.remote)
        return {name: target for name, target in tags.items() if name not in self.foreign}

    def version(self, name: str, revision: str = "main") -> Version:
        """Return the version in a member's manifest at the remote."""
        text = self.remote.git("show", f"{revision}:packages/{name}/pyproject.toml")
        lines = (line.partition(" = ") for line in text.splitlines())
        return Version(next(value for key, _, value in lines if key == "version").strip('"'))

    def next_tag(self, name: str) -> str:
        """Return the tag that a member's next release, if no larger than a patch, will have."""
        version = self.version(name)
        tag = f"{name}/v{version}"
        return f"{name}/v{raised(version)}" if tag in tags_of(self.remote) else tag

    def change(self, where: int, name: str, kind: str = "fix") -> None:
        """Change a member as people do: pull, commit, push."""
        number = len(self.changes)
        path = f"packages/{name}/src/{name.replace('-', '_')}/change_{number}.py"
        self._push(where, f"{kind}: change {number}", {path: ""})

    def raise_version(self, where: int, name: str, version: Version) -> None:
        """Write a version into a member's manifest, lock, and push."""
        checkout = self._pulled(where)
        path = f"packages/{name}/pyproject.toml"
        old = f'version = "{self.version(name)}"'
        text = (checkout.path / path).read_text("utf-8").replace(old, f'version = "{version}"')
        (checkout.path / path).write_text(text, "utf-8")
        lock(checkout)
        self._push(where, f"chore: {name} goes on at {version}", {})

    def take_tag(self, name: str, commit: str) -> None:
        """Make a tag at the remote that is a release's to make."""
        self.remote.git("tag", "--annotate", "--message", "mine", name, commit)
        self.foreign[name] = self.remote.git("rev-parse", f"refs/tags/{name}")

    def take_release_tag(self) -> None:
        """Make the release tag that the newest member tag promises, as another branch might."""
        shape = "--format=%(contents:trailers:key=Released-With,valueonly)"
        refs = [f"refs/tags/{name}" for name in MEMBERS]
        told = self.remote.git("for-each-ref", "--sort=-creatordate", shape, *refs).split()
        if told and told[0] not in tags_of(self.remote):
            self.take_tag(told[0], self.commit_beside())

    def give_tag_back(self, name: str) -> None:
        """Delete such a tag again, wherever it came to be."""
        del self.foreign[name]
        for repo in (self.remote, *self.checkouts):
            if name in tags_of(repo):
                repo.git("tag", "--delete", name)

    def commit_beside(self) -> str:
        """Return a commit at the remote that is on no branch."""
        return self.remote.git("commit-tree", "main^{tree}", "-p", "main~1", "-m", "beside")

    def start(self, where: int) -> Running:
        """Start a release from one of the checkouts, in a process that can be stopped."""
        return Running(self.checkouts[where].path, self._temporary())

    def release(self, where: int) -> Done:
        """Release from one of the checkouts, to its end."""
        return run(self.checkouts[where].path, *RELEASE, TMPDIR=str(self._temporary()))

    def states(self) -> dict[str, str]:
        """Return the state of each member as `status` has it."""
        told = run(self.checkouts[0].path, "status", "--json").json["members"]
        return {each["name"]: each["state"] for each in told}

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.gate.heal()
        wait_for(self.orphans)

    def _temporary(self) -> Path:
        """Return the folder of a release that begins now, and note what the index has."""
        self.gate.settled = frozenset(self.gate.files() if self.is_calm else ())
        folder = self.folder / "temporary"
        folder.mkdir(exist_ok=True)
        return folder

    def _pulled(self, where: int) -> Repo:
        checkout = self.checkouts[where]
        checkout.git("pull", "--quiet", "--ff-only")
        return checkout

    def _push(self, where: int, message: str, files: dict[str, str]) -> None:
        checkout = self.checkouts[where] if not files else self._pulled(where)
        commit = checkout.commit(message, files)
        checkout.git("push", "--quiet")
        self.changes.append(commit)


def tags_of(repo: Repo) -> dict[str, str]:
    """Return the tags of a repository, with the object that each points at."""
    shape = "--format=%(refname:strip=2) %(objectname)"
    lines = repo.git("for-each-ref", shape, "refs/tags").splitlines()
    words = (line.partition(" ") for line in lines)
    return {name: target for name, _, target in words}


def raised(version: Version) -> Version:
    """Return the next patch after a version."""
    major, minor, patch = version.release
    return Version(f"{major}.{minor}.{patch + 1}")


@dataclass
class Worlds:
    """Makes worlds, one after another, at one address."""

    folder: Path
    url: str = ""
    here: World | None = None
    made: int = 0

    @contextmanager
    def opened(self, pattern: Path | None = None) -> Iterator[World]:
        """Give a world, in which nothing was released yet unless a pattern is given."""
        self.made += 1
        folder = self.folder / f"world {self.made}"
        shutil.copytree(pattern or self._pattern(), folder, symlinks=True)
        self.here = world = World(folder, self.url, Gate(folder / FILES))
        try:
            yield world
        finally:
            wait_for(world.orphans)
            shutil.rmtree(folder, ignore_errors=True)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> "Iterable[bytes]":
        """Let the index of the world that is open answer."""
        assert self.here is not None
        return self.here.gate(environ, start)

    def _pattern(self) -> Path:
        """Make what every world starts as, once: copying it is ten times as fast."""
        folder = self.folder / "pattern"
        if folder.exists():
            return folder
        members = member("zq-base") | member("zq-top", "zq-base>=0.1.0,<0.2")
        first = make_workspace(folder / CHECKOUTS[0], members, index_table("shelf", self.url))
        remote = first.with_remote(folder / "remote.git")
        second = Repo(folder / CHECKOUTS[1])
        first.git("clone", "--quiet", "--template=", str(remote.path), str(second.path))
        for checkout in (first, second):  # found from wherever all of it is copied to
            checkout.git("remote", "set-url", "origin", "../remote.git")
        shell_program(remote.path / "hooks" / "update", HOOK)
        return folder


@contextmanager
def worlds(folder: Path) -> Iterator[Worlds]:
    """Serve the index of one world after another from one port of loopback."""
    made = Worlds(folder)
    with loopback.serve(made) as url:
        made.url = url
        yield made
