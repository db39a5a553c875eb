"""When a refused upload is worth another try, and how long to wait for it."""

import re
from collections.abc import Iterator

# How long to wait before each further try, in seconds; then it is given up.
PAUSES = (1.0, 2.0, 4.0, 8.0)
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = range(500, 600)
# "Server returned status code 503 Service Unavailable", as uv says it.
_STATUS = re.compile(r"status code:? (\d{3})\b")


def is_passing(words: str) -> bool:
    """Tell whether what an uploader said may be over in a moment.

    Too many requests, and what goes wrong at the server; never what the index has
    decided (400, 401, 403, 409): https://www.rfc-editor.org/rfc/rfc9110#section-15
    """
    statuses = {int(status) for status in _STATUS.findall(words)}
    return any(status == TOO_MANY_REQUESTS or status in SERVER_ERRORS for status in statuses)


def pauses(chance: Iterator[float]) -> Iterator[float]:
    """Return the seconds to wait before each try, half to one and a half of the plan's.

    `chance` gives numbers from 0 to 1, so that of many who were refused not all come
    back at once.
    """
    for pause in PAUSES:
        yield pause * (0.5 + next(chance))
