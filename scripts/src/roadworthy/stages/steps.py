"""The steps of a command: named, timed, and told to whoever watches."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..model.problem import NothingToRelease


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step that was taken."""

    name: str
    ok: bool
    seconds: float


def _nobody(_: object) -> None:
    """Watch nothing."""


@dataclass(slots=True)
class Steps:
    """Keeps the steps that were taken, and tells when each starts and ends."""

    started: Callable[[str], None] = _nobody
    ended: Callable[[Step], None] = _nobody
    taken: list[Step] = field(default_factory=list)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Take a step."""
        self.started(name)
        start = time.perf_counter()
        ok = False
        try:
            yield
            ok = True
        except NothingToRelease:
            ok = True
            raise
        finally:
            step = Step(name=name, ok=ok, seconds=round(time.perf_counter() - start, 2))
            self.taken.append(step)
            self.ended(step)
