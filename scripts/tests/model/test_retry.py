"""What is tried again, and how soon."""

from datetime import UTC, datetime
from itertools import repeat

import pytest

from roadworthy.model.index.retry import PAUSES, Refusal, pauses, read_refusal, without_log

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOGGED = 'TRACE Response headers for http://x/: Response {{ headers: {{"retry-after": "{}"}} }}\n'


def refusal(status: int, retry_after: str = "") -> Refusal:
    """Read what uv says of a status, with its log where the answer has the header."""
    log = LOGGED.format(retry_after) if retry_after else ""
    said = f"error: Failed\n  cause: Server returned status code {status}. It says: 503 of 1000"
    return read_refusal(log + said, NOW)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_what_may_be_over_in_a_moment(status: int) -> None:
    assert refusal(status).is_passing


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418])
def test_what_the_index_has_decided(status: int) -> None:
    assert not refusal(status).is_passing


def test_what_says_no_status() -> None:
    assert read_refusal("error: the file is not there", NOW) == Refusal(status=None)
    assert not Refusal(status=None).is_passing


def test_the_index_says_how_long_it_is_to_be_left_alone() -> None:
    assert refusal(429, "7") == Refusal(status=429, retry_after=7)
    in_half_a_minute = refusal(503, "Tue, 24 Nov 2026 12:00:30 GMT")
    assert in_half_a_minute == Refusal(status=503, retry_after=30)
    assert refusal(429, "Tue, 24 Nov 2020 12:00:00 GMT").retry_after == 0
    assert refusal(429, "when I like").retry_after == 0
    assert [refusal(429, "7").pause(planned) for planned in (1.0, 8.0)] == [7.0, 8.0]


def test_an_index_that_asks_for_an_hour_is_left_to_people() -> None:
    assert refusal(429, "60").is_passing
    assert not refusal(429, "3600").is_passing


def test_the_log_is_not_for_people() -> None:
    said = "error: Failed\n  cause: Server returned status code 429."
    assert without_log(LOGGED.format("7") + "DEBUG Using HTTP\n" + said) == said


def test_the_pauses_grow_spread_and_end() -> None:
    assert list(pauses(repeat(0.5))) == list(PAUSES)
    assert list(pauses(repeat(0.0))) == [pause / 2 for pause in PAUSES]
    assert sum(pauses(repeat(1.0))) < 30
