"""A release by the commands that do a part of it each, and install nothing.

It leaves what `release` leaves, in a quarter of the time: for tests of what comes after it,
and of what no installation has a say in.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from .cli import run

PREPARE, PUBLISH, TAG = ("prepare", "--execute"), ("publish", "--execute"), ("tag", "--execute")
CLOSE = (*TAG, "--close", "--verified")


def release_in_jobs(
    workspace: Path,
    *intent: str,
    by_git_alone: bool = False,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Prepare, publish, tag and close; what is intended is known once it is prepared."""
    for job in ((*PREPARE, *intent), PUBLISH, TAG, CLOSE):
        if job != PUBLISH or not by_git_alone:
            done = run(workspace, *job, **environment)
            assert done.code == 0, (job, done.stderr)
