"""What a consumer does with the members: it imports them, and knows nothing of git."""

from importlib.metadata import distribution
from json import loads

from pantry_recipe import Recipe

PANCAKES = "250 g, flour\n3, eggs\n1/2 l, milk"


def main() -> None:
    """Print a recipe, and the commit that the code for it came from."""
    print(Recipe.parse(PANCAKES, servings=4).for_servings(6))
    told = loads(distribution("pantry-recipe").read_text("direct_url.json") or "{}")
    print(f"pantry-recipe at {told['vcs_info']['commit_id']}")


if __name__ == "__main__":
    main()
