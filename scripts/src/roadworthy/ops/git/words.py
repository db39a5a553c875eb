"""What git prints, read by its NUL characters: no name and no message can contain one."""

import re
from collections.abc import Iterator

from ...model.history.change import Commit

# A commit, its parents and its message; what it touches follows, by `--name-status -z`.
COMMITS = "--format=%x00%H%x00%P%x00%B%x00"
_STATUS = re.compile(r"[A-Z]\d*")
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def read_commits(printed: str, prefix: str) -> Iterator[Commit]:
    """Read commits, with the files that they touch below a folder.

    Words are taken in the order in which git prints them, and a message as one word:
    whatever it says, it is taken neither for another commit nor for a file. What is
    neither is passed over, such as what GnuPG says of a signature.
    """
    words = iter(printed.split("\0"))
    commit: tuple[str, str, str] | None = None
    changes: list[tuple[str, ...]] = []
    for word in words:
        bare = word.strip("\n")
        if _STATUS.fullmatch(bare):
            changes.append(_change(bare, words))
        elif _HASH.fullmatch(bare):
            if commit:
                yield _commit(*commit, changes, prefix)
            commit, changes = (bare, next(words), next(words)), []
    if commit:
        yield _commit(*commit, changes, prefix)


def read_records(printed: str, width: int) -> Iterator[tuple[str, ...]]:
    """Read records of `width` words, each word with a NUL behind it, each record with a line end.

    Only a first word can begin with that line end: it has to be one that never does by itself.
    """
    words = printed.split("\0")[:-1]
    for first, *others in zip(*(words[start::width] for start in range(width)), strict=False):
        yield (first.removeprefix("\n"), *others)


def literally(path: str) -> str:
    """Return a path from the root as git takes it to the letter, without wildcards.

    https://git-scm.com/docs/gitglossary#Documentation/gitglossary.txt-pathspec
    """
    return f":(top,literal){path}"


def readable(text: str) -> str:
    """Return a text with a mark in place of bytes that are not UTF-8: it is for people."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _change(status: str, words: Iterator[str]) -> tuple[str, ...]:
    """Take the path of a change, or the old and the new one of a file that moved."""
    if status.startswith(("R", "C")):
        old, new = next(words), next(words)
        return (old, new) if status.startswith("R") else (new,)
    return (next(words),)


def _commit(
    commit: str, parents: str, message: str, changes: list[tuple[str, ...]], prefix: str
) -> Commit:
    below = f"{prefix}/" if prefix else ""
    paths = [path for change in changes for path in change if path.startswith(below)]
    moved = [c for c in changes if len(c) == 2 and all(path.startswith(below) for path in c)]
    return Commit(
        hash=commit,
        parents=tuple(parents.split()),
        message=readable(message).strip(),
        files=tuple(path.removeprefix(below) for path in paths),
        moves={new.removeprefix(below): old.removeprefix(below) for old, new in moved},
    )
