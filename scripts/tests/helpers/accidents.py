"""What happens to a release in a world: it is broken off, or somebody comes in between."""

from collections.abc import Callable
from signal import Signals

from packaging.version import Version

from .cli import Done
from .gate import Moment
from .here import KILL
from .world import World, raised


def broken_off_after(world: World, where: int, step: str, how: Signals) -> Done:
    """Release, and stop it as soon as it says that a step is done."""
    running = world.start(where)
    done = running.finish(lambda named: running.stop(how) if named == step else None)
    world.orphans += running.orphans
    return done


def broken_off_in_upload(
    world: World, where: int, moment: Moment, number: int, how: Signals
) -> Done:
    """Release, and stop it while the index has an upload in its hands.

    Of a machine that goes down the index hears no more; of any other end it does.
    """
    running = world.start(where)

    def at(now: Moment, count: int, _: str) -> bool:
        if (now, count) != (moment, number):
            return True
        running.stop(how)
        return how is not KILL

    world.gate.watch(at)
    done = running.finish()
    world.gate.watch()
    world.orphans += running.orphans
    return done


def take_next_tag(world: World, name: str, *, is_behind: bool) -> None:
    """Make the tag of a member's next release: beside the branch, or at an old commit of it.

    Where the old commit has that very version, its tag would be no stranger's.
    """
    tag, start = world.next_tag(name), world.remote.git("rev-list", "--max-parents=0", "main")
    is_strange = tag != f"{name}/v{world.version(name, start)}"
    world.take_tag(tag, start if is_behind and is_strange else world.commit_beside())


def tag_taken_meanwhile(world: World, where: int) -> Done:
    """Release, while somebody makes the tag of the member that is uploaded first."""

    def at(now: Moment, count: int, filename: str) -> bool:
        if (now, count) == (Moment.STORED, 1):
            world.take_tag(_tag_of(filename), world.commit_beside())
        return True

    world.gate.watch(at)
    done = world.release(where)
    world.gate.watch()
    return done


def meanwhile(world: World, where: int, step: str, happens: Callable[[], None]) -> Done:
    """Release, while something happens as soon as a step is done."""
    return world.start(where).finish(lambda named: happens() if named == step else None)


def both_at_once(world: World) -> list[Done]:
    """Release from both checkouts at the same time."""
    runnings = [world.start(where) for where in range(len(world.checkouts))]
    return [running.finish() for running in runnings]


def give_way(world: World, where: int, *, by_version: bool) -> None:
    """Do as a hint says where tags were taken: give them back, or go on above them."""
    for tag in list(world.foreign):
        name, is_of_member, version = tag.partition("/v")
        if not is_of_member:
            continue  # a release tag of another branch: there are more names
        if not by_version:
            world.give_tag_back(tag)
        elif world.version(name) <= Version(version):
            world.raise_version(where, name, raised(Version(version)))


def _tag_of(filename: str) -> str:
    """Return the tag of the release that a distribution belongs to."""
    name, version = filename.removesuffix("-py3-none-any.whl").removesuffix(".tar.gz").split("-")
    return f"{name.replace('_', '-')}/v{version}"
