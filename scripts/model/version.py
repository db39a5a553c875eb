"""How versions move: PEP 440 versions, raised by a level.

https://packaging.python.org/en/latest/specifications/version-specifiers/
"""

from enum import IntEnum

from packaging.version import Version


class Level(IntEnum):
    """How much a release changes for those who use the member."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        """Return the word that people write."""
        return self.name.lower()


def raised(version: Version, level: Level) -> Version:
    """Return the next version of that level.

    Before 1.0 a breaking change moves the minor and all else the patch, so that
    the range `>=0.3.1,<0.4` means what `>=3.1,<4` means later on.
    A pre-release moves to the next one: only a person makes it final.
    """
    if level is Level.NONE:
        return version
    if version.pre is not None:
        pre = (version.pre[0], version.pre[1] + 1)
        return version.__replace__(pre=pre, post=None, dev=None, local=None)
    if version.dev is not None:
        return version.__replace__(dev=version.dev + 1, local=None)
    major, minor, micro = version.major, version.minor, version.micro
    if major == 0:
        level = Level(level - 1) or Level.PATCH
    match level:
        case Level.MAJOR:
            release = (major + 1, 0, 0)
        case Level.MINOR:
            release = (major, minor + 1, 0)
        case _:
            release = (major, minor, micro + 1)
    return _from_release(version.epoch, release)


def next_breaking(version: Version) -> Version:
    """Return the first version that may break those who use this one, in short form."""
    release = (version.major + 1,) if version.major else (0, version.minor + 1)
    return _from_release(version.epoch, release)


def level_between(before: Version, after: Version) -> Level:
    """Return the level of the step from one version to a higher one."""
    if after <= before:
        return Level.NONE
    if after.epoch != before.epoch or after.major != before.major:
        return Level.MAJOR
    return Level.MINOR if after.minor != before.minor else Level.PATCH


def _from_release(epoch: int, release: tuple[int, ...]) -> Version:
    prefix = f"{epoch}!" if epoch else ""
    return Version(prefix + ".".join(map(str, release)))
