"""The pantry command, as a person types it."""

from pathlib import Path

import pytest
from pantry_cli import main


@pytest.fixture
def pancakes(tmp_path: Path) -> Path:
    """Return a recipe for four."""
    recipe = tmp_path / "pancakes.txt"
    recipe.write_text("200 g, flour\n2, eggs\n", "utf-8")
    return recipe


def test_it_prints_the_recipe_for_all_who_come(
    pancakes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(pancakes), "6"]) == 0
    assert capsys.readouterr().out == "Serves 6\n\n300 g, flour\n3, eggs\n"


def test_a_missing_recipe_is_an_error_with_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none.txt"), "6"]) == 1
    assert "none.txt" in capsys.readouterr().err


def test_nobody_is_not_a_number_of_people(pancakes: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        main([str(pancakes), "0"])
    assert stop.value.code == 2
