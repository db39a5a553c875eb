"""Harm that no release may ever do, done on purpose: what must be noticed, and in which words."""

import os
import shutil
from pathlib import Path

import requests
from packaging.version import Version

from roadworthy.ops import uv

from .repository import Repo
from .world import FILES, MEMBERS, World, Worlds

TAG = "zq-base/v0.1.0"
WHEEL = "zq_base-0.1.0-py3-none-any.whl"
NEXT = "zq-base/v0.1.1"


def released_by_hand(worlds: Worlds) -> Path:
    """Return what a world is after a first release, which is made once, without one."""
    made = worlds.folder / "released by hand"
    if not made.exists():
        with worlds.opened() as world:
            uv.build(world.checkouts[0].path, None, world.folder / FILES, dict(os.environ))
            tag(world.checkouts[0], *(f"{name}/v0.1.0" for name in MEMBERS), "release/2026.01.01")
            shutil.copytree(world.folder, made, symlinks=True)
    return made


def tag(checkout: Repo, *names: str) -> None:
    """Make tags at HEAD, and push them."""
    for name in names:
        checkout.git("tag", "--annotate", "--message", "released", name)
    checkout.git("push", "--quiet", "origin", *(f"refs/tags/{name}" for name in names))


def stores_a_file_twice(world: World) -> None:
    """Upload, to an index that has forgotten the first one."""
    for _ in range(2):
        file = world.folder / FILES / "zq_base-0.2.0.tar.gz"
        file.unlink(missing_ok=True)
        assert _upload(world.url, file.name) == requests.codes.ok


def sends_a_file_again(world: World) -> None:
    """Upload what is there, to an index that does not take it."""
    world.gate.settled = frozenset(world.gate.files())
    assert _upload(world.url, WHEEL) == requests.codes.conflict


def sends_a_dependent_early(world: World) -> None:
    """Upload a member before the index lists what it requires."""
    world.gate.lag = 1
    for name in ("zq_base-0.2.0.tar.gz", "zq_top-0.2.0.tar.gz"):
        assert _upload(world.url, name) == requests.codes.ok


def replaces_a_file(world: World) -> None:
    """Write other bytes over what is published."""
    (world.folder / FILES / WHEEL).write_bytes(b"other")


def moves_a_tag(world: World) -> None:
    """Move a tag at the remote."""
    world.remote.git("tag", "--force", TAG, "main~1")


def deletes_a_tag(world: World) -> None:
    """Delete a tag at the remote."""
    world.remote.git("tag", "--delete", TAG)


def moves_a_tag_and_back(world: World) -> None:
    """Push a tag by force, twice, so that it ends where it was."""
    checkout = world.checkouts[0]
    was = checkout.git("rev-parse", TAG)
    checkout.git("push", "--quiet", "--force", "origin", f"HEAD~1:refs/tags/{TAG}")
    checkout.git("push", "--quiet", "--force", "origin", f"{was}:refs/tags/{TAG}")


def moves_somebody_elses_tag(world: World) -> None:
    """Move a tag that no release made."""
    world.take_tag(NEXT, "main")
    world.remote.git("tag", "--force", NEXT, "main~1")


def tags_before_it_publishes(world: World) -> None:
    """Tag a version, and publish it a moment later."""
    world.raise_version(0, "zq-base", Version("0.1.1"))
    tag(world.checkouts[0], NEXT)
    uv.build(world.checkouts[0].path, "zq-base", world.folder / FILES, dict(os.environ))


def tags_another_version(world: World) -> None:
    """Tag a commit whose manifest has not that version."""
    _publish_again(world)
    tag(world.checkouts[0], NEXT)


def publishes_another_commit(world: World) -> None:
    """Tag a commit, where what is published was built from an older one."""
    _publish_again(world)
    world.change(0, "zq-base")
    world.raise_version(0, "zq-base", Version("0.1.1"))
    tag(world.checkouts[0], NEXT)


def loses_a_commit(world: World) -> None:
    """Push over what somebody pushed."""
    world.change(0, "zq-base")
    world.checkouts[0].git("push", "--quiet", "--force", "origin", "HEAD~1:main")
    world.checkouts[0].git("reset", "--quiet", "--hard", "HEAD~1")


def leaves_a_file(world: World) -> None:
    """Leave something in a checkout."""
    (world.checkouts[1].path / "left-over").touch()


def leaves_a_commit(world: World) -> None:
    """Leave a commit in a checkout that the remote has not."""
    world.checkouts[1].commit("chore: mine")


def leaves_a_tag(world: World) -> None:
    """Leave a tag in a checkout that the remote has not."""
    world.checkouts[1].git("tag", NEXT)


def changes_the_branch(world: World) -> None:
    """Leave a checkout on another branch."""
    world.checkouts[1].git("checkout", "--quiet", "-b", "other")


def pushes_a_branch(world: World) -> None:
    """Push a branch that nobody asked for."""
    world.checkouts[0].git("push", "--quiet", "origin", "HEAD:refs/heads/other")


HARMS = {
    stores_a_file_twice: "zq_base-0.2.0.tar.gz was stored 2 times",
    sends_a_file_again: f"{WHEEL} was sent again",
    sends_a_dependent_early: "zq_top-0.2.0.tar.gz was sent before what it requires was listed",
    replaces_a_file: f"{WHEEL} was replaced",
    moves_a_tag: f"the tag {TAG} was moved or deleted",
    deletes_a_tag: f"the tag {TAG} was moved or deleted",
    moves_a_tag_and_back: f"a push was to move or delete the tag {TAG}",
    moves_somebody_elses_tag: f"the tag {NEXT} of somebody else was moved or deleted",
    tags_before_it_publishes: f"the tag {NEXT} came before its files",
    tags_another_version: f"the manifest at {NEXT} says 0.1.0",
    publishes_another_commit: f"zq_base-0.1.1.tar.gz is not what {NEXT} has",
    loses_a_commit: "of somebody is lost",
    leaves_a_file: "the second checkout is not clean: ?? left-over",
    leaves_a_commit: "the second checkout has left the remote's branch",
    leaves_a_tag: "the second checkout has a tag that the remote has not",
    changes_the_branch: "the second checkout is on another branch",
    pushes_a_branch: "a push was to change refs/heads/other",
}


def _publish_again(world: World) -> None:
    """Publish the first release once more, as if it were the next one."""
    for path in list(Path(world.folder / FILES).glob("zq_base-0.1.0*")):
        shutil.copy(path, path.with_name(path.name.replace("0.1.0", "0.1.1")))


def _upload(url: str, name: str) -> int:
    told = {":action": "file_upload", "protocol_version": "1"}
    return requests.post(
        url, data=told, files={"content": (name, b"content")}, timeout=10
    ).status_code
