"""A folder of its own for work that runs others' code: a build, an installation, an import.

It does not lie in a folder of ours, and nothing of ours or of another job lies in it. Its
environment has no secret; its HOME, its temporary folder and its caches are its own. All
of it is gone afterwards: who wants something of it copies that out.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ..model.workspace.workspace import Workspace
from ..ops import process, reader
from ..ops.scratch import own_folder

UV_CACHE, PIP_CACHE = "UV_CACHE_DIR", "PIP_CACHE_DIR"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """The folder, and the environments for what is done in it.

    `environment` is for builds and installers, `imports` for members that are tried: that
    one names no cache, no repository and no index.
    """

    folder: Path
    environment: Mapping[str, str]
    imports: Mapping[str, str]

    def given(self, variables: Mapping[str, str]) -> "Job":
        """Return the job with more variables for builds and installers."""
        return replace(self, environment={**self.environment, **variables})


@contextmanager
def job(downloads: Path | None = None) -> Iterator[Job]:
    """Make a folder and environments for one piece of work.

    `downloads` is a cache of uv that the job gets a copy of.
    """
    with own_folder() as folder:
        cache = folder / "uv-cache"
        if downloads and downloads.is_dir():
            shutil.copytree(downloads, cache, symlinks=True)
        caches = {UV_CACHE: str(cache), PIP_CACHE: str(folder / "pip-cache")}
        yield Job(
            folder=folder,
            environment={**process.scrubbed(folder / "home"), **caches},
            imports=process.scrubbed(folder / "home-of-imports"),
        )


@contextmanager
def indexes_of(workspace: Workspace | None) -> Iterator[dict[str, str]]:
    """Give the variables by which installers reach indexes that want credentials, without them."""
    indexes, mapped = (workspace.indexes, workspace.mapped) if workspace else ((), {})
    with reader.serving(indexes, mapped) as variables:
        yield variables


def shared_cache(own: Job) -> dict[str, str]:
    """Return the variables by which jobs that build nothing use the cache of another job.

    Files are copied from it: what is imported cannot write into it.
    """
    return {UV_CACHE: own.environment[UV_CACHE], "UV_LINK_MODE": "copy"}
