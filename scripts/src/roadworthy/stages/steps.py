"""The steps of a command: named, timed, and told to whoever watches."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

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
class _Doing:
    """What the step that is under way does, piece by piece: one command runs at a time."""

    listeners: list[Callable[[str], None]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    expected: int = 0
    begun: int = 0


_doing = _Doing()


@contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Tell somebody what a step does, as it is done."""
    _doing.listeners.append(listener)
    try:
        yield
    finally:
        _doing.listeners.remove(listener)


def expect(pieces: int) -> None:
    """Say that the step under way has so many more pieces."""
    with _doing.lock:
        _doing.expected += pieces


def tell(piece: str) -> None:
    """Tell which piece begins, and how many there are: from any thread."""
    with _doing.lock:
        _doing.begun += 1
        words = f"{piece} · {_doing.begun} of {max(_doing.begun, _doing.expected)}"
    for listener in _doing.listeners:
        listener(words)


@dataclass(slots=True)
class Steps:
    """Keeps the steps that were taken, and tells when each starts and ends."""

    started: Callable[[str], None] = _nobody
    ended: Callable[[Step], None] = _nobody
    taken: list[Step] = field(default_factory=list)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Take a step."""
        _doing.expected = _doing.begun = 0
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
