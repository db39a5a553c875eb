"""Checks of the words that a plan goes by: what nobody understands is said, not guessed at."""

from collections.abc import Collection, Iterator

from ..problem import Problem
from ..text import short
from ..version import Level
from .draft import Draft


def word_warnings(drafts: Collection[Draft]) -> Iterator[Problem]:
    """Say which messages have no type, and what they were taken for; and which notes are empty."""
    found = {draft: _not_understood(draft) for draft in drafts if draft.is_due}
    unclear = {draft: subjects for draft, subjects in found.items() if subjects}
    if unclear:
        subjects = list(dict.fromkeys(subject for each in unclear.values() for subject in each))
        count, (name, *others) = len(subjects), [draft.member.name for draft in unclear]
        more = f" and {len(others)} more" if others else ""
        message = (
            f"{count} commit{'s' * (count > 1)} of {name}{more} "
            f"{'say' if count > 1 else 'says'} no type, and count{'s' * (count == 1)} as "
            f"fix{'es' * (count > 1)}: `{short(subjects[0])}`{' first' * (count > 1)}"
        )
        hint = f"where that is too little: `--bump {name}=minor`, or a change note"
        yield Problem("commits-not-understood", message, hint)
    for draft in drafts:
        for note in draft.notes:
            if note.is_empty:
                message = f"{note.path} has no text: the changelog tells the words of its name"
                yield Problem("note-empty", message, "write what people will notice")


def _not_understood(draft: Draft) -> list[str]:
    """Return the subjects of commits that decide how far a member moves, and say no type."""
    decides = draft.cause.level in {Level.PATCH, Level.MINOR}
    if draft.notes or draft.is_fixed or draft.cause.version or not decides:
        return []
    return [commit.subject for commit in draft.past.unsettled if not commit.is_understood]
