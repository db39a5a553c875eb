"""What builds need from an index, downloaded once, so that each build gets a copy of its own.

Only wheels are taken, and none of their code runs here. What cannot be had like that is
left to the build itself.
"""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ...model.problem import Failure
from ...model.workspace.workspace import Member
from ...ops import process, uv
from ...ops.python import python_for

FOLDER = "build-requirements"


class Downloads:
    """The downloads for the builds of some members, in the user's own cache of uv."""

    def __init__(self, members: Iterable[Member]) -> None:
        """Download what the builds of the members that run code require."""
        wanted = {_key(member): member for member in members if member.build.runs_code}
        self._folder = Path(uv.cache_folder()) / FOLDER if wanted else Path()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda member: fill(self.of(member), [member]), wanted.values()))

    def of(self, member: Member) -> Path:
        """Return the cache that has what a member's build requires, or some of it."""
        return self._folder / _key(member)


def fill(cache: Path, members: Iterable[Member]) -> None:
    """Download what the builds of members require into a cache, as far as there are wheels."""
    wanted = {member.build.requires: member.requires_python for member in members}
    for requires, range_ in wanted.items():
        if not requires:
            continue
        with TemporaryDirectory(prefix="release-") as name, suppress(Failure):
            environment = process.scrubbed(Path(name, "home"))
            environment["UV_CACHE_DIR"] = str(cache)
            uv.download(requires, Path(name, "unused"), environment, python_for(range_))


def _key(member: Member) -> str:
    return hashlib.sha256("\n".join(sorted(member.build.requires)).encode()).hexdigest()[:16]
