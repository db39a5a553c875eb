"""When a refused upload is worth another try, and how long to wait for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# How long to wait before each further try, in seconds; then it is given up.
PAUSES = (1.0, 2.0, 4.0, 8.0)
# What an index may ask for and be waited for; past that, people come back themselves.
LONGEST_SECONDS = 60.0
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = range(500, 600)
# "Server returned status code 503 Service Unavailable", as uv says it.
_STATUS = re.compile(r"status code:? (\d{3})\b")
# `"retry-after": "120"`, as uv's log shows the header.
_RETRY_AFTER = re.compile(r'"retry-after": "([^"]+)"')
# What uv's log adds to what it says.
_LOGGED = ("DEBUG ", "TRACE ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """What an uploader said of an upload that was refused."""

    status: int | None
    retry_after: float | None = None

    @property
    def is_passing(self) -> bool:
        """Tell whether it may be over in a moment.

        Too many requests, and what goes wrong at the server; never what the index has
        decided (400, 401, 403, 409): https://www.rfc-editor.org/rfc/rfc9110#section-15
        """
        busy = self.status == TOO_MANY_REQUESTS or self.status in SERVER_ERRORS
        return busy and (self.retry_after or 0) <= LONGEST_SECONDS

    def pause(self, planned: float) -> float:
        """Return the seconds to wait: those of the plan, or what the index asks for."""
        return max(planned, self.retry_after or 0)


def read_refusal(words: str, now: datetime) -> Refusal:
    """Read what uv said, and its log of the answer's headers, if there is one.

    `Retry-After` is a number of seconds or a date:
    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    statuses = [int(status) for status in _STATUS.findall(words)]
    wanted = [_seconds(text, now) for text in _RETRY_AFTER.findall(words)]
    return Refusal(status=statuses[-1] if statuses else None, retry_after=max(wanted, default=None))


def without_log(words: str) -> str:
    """Return what an uploader said to people."""
    return "\n".join(line for line in words.splitlines() if not line.startswith(_LOGGED))


def pauses(chance: Iterator[float]) -> Iterator[float]:
    """Return the seconds to wait before each try, half to one and a half of the plan's.

    `chance` gives numbers from 0 to 1, so that of many who were refused not all come
    back at once.
    """
    for pause in PAUSES:
        yield pause * (0.5 + next(chance))


def _seconds(text: str, now: datetime) -> float:
    if text.isdecimal():
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - most uploads do without

    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((zoned - now).total_seconds(), 0.0)
