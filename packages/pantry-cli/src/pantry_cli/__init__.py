"""The pantry command: print a recipe for as many people as come."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pantry_quantity import Quantity
from pantry_recipe import Recipe

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        recipe = Recipe.parse(options.recipe.read_text("utf-8"), servings=options.serves)
    except (OSError, ValueError) as error:
        print(f"pantry: cannot read {options.recipe}: {error}", file=sys.stderr)
        return 1
    print(f"Serves {Quantity.parse(str(options.people))}\n")
    print(recipe.for_servings(options.people))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pantry", description=__doc__)
    parser.add_argument("recipe", type=Path, help="a file, `QUANTITY, INGREDIENT` a line")
    parser.add_argument("people", type=_positive, help="how many people come")
    parser.add_argument(
        "--serves", type=_positive, default=4, help="how many the recipe is for (4)"
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        message = f"{text} is not 1 or more"
        raise argparse.ArgumentTypeError(message)
    return number
