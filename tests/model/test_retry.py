"""What is tried again, and how soon."""

from itertools import repeat

import pytest

from scripts.model.retry import PAUSES, is_passing, pauses


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_what_may_be_over_in_a_moment(status: int) -> None:
    assert is_passing(f"error: Failed\n  cause: Server returned status code {status} Busy.")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418])
def test_what_the_index_has_decided(status: int) -> None:
    assert not is_passing(f"cause: Server returned status code {status}. It says: 503 of 1000")


def test_what_says_no_status() -> None:
    assert not is_passing("error: the file is not there")


def test_the_pauses_grow_spread_and_end() -> None:
    assert list(pauses(repeat(0.5))) == list(PAUSES)
    assert list(pauses(repeat(0.0))) == [pause / 2 for pause in PAUSES]
    assert sum(pauses(repeat(1.0))) < 30
