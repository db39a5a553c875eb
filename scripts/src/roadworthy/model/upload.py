"""Uploads: distributions, and what an index makes us do with each."""

from dataclasses import dataclass
from enum import StrEnum

from .distribution import Distribution
from .problem import Problem


class Action(StrEnum):
    """What is to be done with a distribution."""

    UPLOAD = "upload"
    SKIP = "skip"
    CONFLICT = "conflict"


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A distribution, and what an index makes us do with it."""

    distribution: Distribution
    action: Action
    problem: Problem | None = None
