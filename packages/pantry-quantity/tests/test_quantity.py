"""Quantities are read, scaled and written without losing a crumb."""

from fractions import Fraction

import pytest
from pantry_quantity import Quantity


@pytest.mark.parametrize("text", ["200 g", "1/2 tsp", "3", "2 heaped tbsp"])
def test_a_quantity_is_written_as_it_was_read(text: str) -> None:
    assert str(Quantity.parse(text)) == text


def test_scaling_keeps_thirds_exact() -> None:
    assert str(Quantity.parse("1 cup").scaled(Fraction(4, 3))) == "1 1/3 cup"


def test_nothing_is_written_as_zero() -> None:
    assert str(Quantity.parse("3 eggs").scaled(Fraction(0))) == "0 eggs"


def test_an_amount_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="some"):
        Quantity.parse("some salt")
