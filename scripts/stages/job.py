"""A folder of its own for work that runs others' code: a build, an installation, an import.

It does not lie in a folder of ours, and nothing of ours or of another job lies in it. Its
environment has no secret; its HOME, its temporary folder and its caches are its own. All
of it is gone afterwards: who wants something of it copies that out.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..ops import process
from .site import scratch_folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """The folder, and the environment in which everything in it runs."""

    folder: Path
    environment: Mapping[str, str]


@contextmanager
def job(downloads: Path | None = None) -> Iterator[Job]:
    """Make a folder and an environment for one piece of work.

    `downloads` is a cache of uv that the job gets a copy of.
    """
    with scratch_folder() as folder:
        cache = folder / "uv-cache"
        if downloads and downloads.is_dir():
            shutil.copytree(downloads, cache, symlinks=True)
        environment = {
            **process.scrubbed(folder / "home"),
            "UV_CACHE_DIR": str(cache),
            "PIP_CACHE_DIR": str(folder / "pip-cache"),
        }
        yield Job(folder=folder, environment=environment)
