"""How versions move: PEP 440 versions, raised by a level, through pre-releases to final ones.

https://packaging.python.org/en/latest/specifications/version-specifiers/
"""

from dataclasses import dataclass
from enum import IntEnum

from packaging.version import InvalidVersion, Version

FINAL = ""
DEVELOPMENT = "dev"
PRE_RELEASES = ("a", "b", "rc", DEVELOPMENT)


LONGEST = 200  # a file cannot be named by more, and Python refuses numbers of 4,300 digits


class Level(IntEnum):
    """How much a release changes for those who use the member."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        """Return the word that people write."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """All that the next version follows from.

    `manifest` is what is written, `prior` the highest version released and `final` the
    highest that is no pre-release. `phase` is what people ask for: `FINAL`, one of
    `PRE_RELEASES`, or None to go on as before. With `settled`, a release commit wrote
    the manifest's version, and it is meant as it stands. `feature` is what a feature moves
    before 1.0.
    """

    manifest: Version | None
    prior: Version | None
    final: Version | None
    level: Level = Level.NONE
    phase: str | None = None
    settled: bool = False
    feature: Level = Level.PATCH

    @property
    def ahead(self) -> Version | None:
        """Return the manifest's version where it is above all that was released.

        One in development, such as 1.3.0.dev0, stands for what it develops towards,
        unless such versions are themselves what is released.
        """
        if not self.manifest or (self.prior and self.manifest <= self.prior):
            return None
        developed = self.settled or self.phase == DEVELOPMENT
        if developed or (self.prior and self.prior.is_devrelease):
            return self.manifest
        return self.manifest.__replace__(dev=None)

    @property
    def next(self) -> Version:
        """Return the version of the next release; levels count from the last final one."""
        base, phase = self._base, self._phase
        if self.ahead and (phase_of(self.ahead), base_of(self.ahead)) == (phase, base):
            return self.ahead
        if phase == FINAL:
            return base
        if self.prior and (phase_of(self.prior), base_of(self.prior)) == (phase, base):
            return _counted_up(self.prior)
        return first_pre_release(base, phase)

    @property
    def _phase(self) -> str:
        """Return what is asked for; else a series of pre-releases goes on."""
        if self.phase is not None:
            return self.phase
        return phase_of(self.ahead or self.prior or Version("0"))

    @property
    def _base(self) -> Version:
        """Return the final version that is released, or that pre-releases lead to."""
        bases = [base_of(self.ahead)] if self.ahead else []
        bases += [base_of(self.prior)] if self.prior and self.prior.is_prerelease else []
        bases += [raised(self.final, self.level, self.feature)] if self.final else []
        return max(bases)


def read_version(text: object) -> Version | None:
    """Read a version; None for what is none, or is longer than any name can be."""
    try:
        return Version(text) if isinstance(text, str) and len(text) <= LONGEST else None
    except InvalidVersion:
        return None


def phase_of(version: Version) -> str:
    """Return the phase of a version: one of `PRE_RELEASES`, or `FINAL`."""
    if version.is_devrelease:
        return DEVELOPMENT
    return version.pre[0] if version.pre else FINAL


def base_of(version: Version) -> Version:
    """Return the final version that a version is, or leads to."""
    post = None if version.pre else version.post
    return version.__replace__(pre=None, post=post, dev=None, local=None)


def first_pre_release(base: Version, phase: str) -> Version:
    """Return the first pre-release of a phase that leads to a version."""
    if phase == DEVELOPMENT:
        return base.__replace__(dev=1)
    return base.__replace__(pre=(phase, 1))


def raised(version: Version, level: Level, feature: Level = Level.PATCH) -> Version:
    """Return the next final version of that level.

    Before 1.0 a breaking change moves the minor and all else the patch, so that
    the range `>=0.3.1,<0.4` means what `>=3.1,<4` means later on. `feature` says what a
    feature moves then, for who wants it otherwise.
    """
    if level is Level.NONE:
        return version
    major, minor, micro = version.major, version.minor, version.micro
    if major == 0:
        level = feature if level is Level.MINOR else Level(level - 1) or Level.PATCH
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


def level_of_step(before: Version, after: Version) -> Level:
    """Return the level that leads as far as a step, whoever chose it: breaking, or less.

    Before 1.0 a step of the minor breaks.
    """
    if base_of(after) >= next_breaking(before):
        return Level.MAJOR
    between = level_between(before, after)
    return min(between, Level.MINOR) if before.major else min(between, Level.PATCH)


def level_between(before: Version, after: Version) -> Level:
    """Return the level of the step from one version to a higher one."""
    if after <= before:
        return Level.NONE
    if after.epoch != before.epoch or after.major != before.major:
        return Level.MAJOR
    return Level.MINOR if after.minor != before.minor else Level.PATCH


def _counted_up(version: Version) -> Version:
    if version.dev is not None:
        return version.__replace__(dev=version.dev + 1, local=None)
    assert version.pre is not None  # noqa: S101 - pre-releases alone are counted
    return version.__replace__(pre=(version.pre[0], version.pre[1] + 1), post=None, local=None)


def _from_release(epoch: int, release: tuple[int, ...]) -> Version:
    prefix = f"{epoch}!" if epoch else ""
    return Version(prefix + ".".join(map(str, release)))
