"""What came of a release."""

from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import NormalizedName

from ..model.plan.plan import Plan
from ..model.problem import Problem
from .distribution import Distribution
from .publish.uploads import Upload
from .verify.environments import Result


@dataclass(slots=True)
class Outcome:
    """What a release did, as far as it came."""

    plan: Plan
    commit: str = ""
    distributions: tuple[Distribution, ...] = ()
    uploads: tuple[Upload, ...] = ()
    results: list[Result] = field(default_factory=list)
    locks: tuple[Path, ...] = ()
    published: tuple[NormalizedName, ...] = ()
    tags: list[str] = field(default_factory=list)
    failed: dict[NormalizedName, Problem] = field(default_factory=dict)

    @property
    def nothing_due(self) -> bool:
        """Tell whether there was anything to release or to finish."""
        return not self.plan.releases and not self.plan.closing
