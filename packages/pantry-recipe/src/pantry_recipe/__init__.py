"""Recipes as plain text: one ingredient a line, `QUANTITY, INGREDIENT`."""

from dataclasses import dataclass
from fractions import Fraction

from pantry_quantity import Quantity

__all__ = ["Ingredient", "Recipe"]


@dataclass(frozen=True, slots=True)
class Ingredient:
    """So much of something."""

    quantity: Quantity
    name: str

    def __str__(self) -> str:
        """Write the ingredient as a recipe has it."""
        return f"{self.quantity}, {self.name}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes into a dish for a number of servings."""

    servings: int
    ingredients: tuple[Ingredient, ...]

    @classmethod
    def parse(cls, text: str, *, servings: int) -> "Recipe":
        """Read one ingredient a line; raise `ValueError` for one it cannot read."""
        lines = (line.partition(",") for line in text.splitlines() if line.strip())
        ingredients = tuple(
            Ingredient(Quantity.parse(quantity), name.strip()) for quantity, _, name in lines
        )
        return cls(servings, ingredients)

    def for_servings(self, servings: int) -> "Recipe":
        """Scale every ingredient from this recipe's servings to `servings`."""
        factor = Fraction(servings, self.servings)
        ingredients = tuple(
            Ingredient(ingredient.quantity.scaled(factor), ingredient.name)
            for ingredient in self.ingredients
        )
        return Recipe(servings, ingredients)

    def __str__(self) -> str:
        """Write one ingredient a line."""
        return "\n".join(str(ingredient) for ingredient in self.ingredients)
