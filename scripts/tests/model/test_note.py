"""The name of a note is one that every file system takes."""

import pytest

from roadworthy.model.history.note import note_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Reads units in one pass, and more", "reads-units-in-one-pass-and.fix.md"),
        ("Con", "change-con.fix.md"),
        ("COM1!", "change-com1.fix.md"),
        ("Console", "console.fix.md"),
        ("…", "change.fix.md"),
        ("Taken", "taken-2.fix.md"),
    ],
)
def test_a_note_is_named_by_the_first_words_of_its_text(text: str, name: str) -> None:
    assert note_name(text, "fix", {"taken.fix.md"}) == name
