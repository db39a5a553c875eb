"""A recipe feeds as many as come."""

import pytest
from pantry_recipe import Recipe

PANCAKES = """\
200 g, flour
2, eggs
1/2 l, milk
"""


def test_a_recipe_is_written_as_it_was_read() -> None:
    assert str(Recipe.parse(PANCAKES, servings=4)) == PANCAKES.strip()


def test_every_ingredient_is_scaled() -> None:
    pancakes = Recipe.parse(PANCAKES, servings=4)
    assert str(pancakes.for_servings(6)) == "300 g, flour\n3, eggs\n3/4 l, milk"


def test_a_line_without_an_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="pinch"):
        Recipe.parse("pinch, salt", servings=1)
