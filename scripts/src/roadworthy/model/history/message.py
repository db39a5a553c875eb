"""What a commit's message tells of changes: its own header, and those of commits that it carries.

https://www.conventionalcommits.org/en/v1.0.0/

A request that was squashed carries the messages of its commits, in the form of the forge, or
of `git merge --squash`. What somebody quotes from others counts for nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from ..version import Level

ChangelogEntry = tuple[Level, str]

# The `!` stands behind the scope; many put it before.
HEADER = re.compile(
    r"(?P<type>\w+)(?P<early>!)?(\((?P<scope>[^)]*)\))?(?P<breaking>!)?: +(?P<text>.+)"
)
# What a forge lists of the commits that it squashes into one.
_LISTED = re.compile(r"[*-] +((?:feat|feature|fix|perf|refactor|revert)!?(?:\([^)]*\))?!?: +.+)")
# Azure DevOps puts this before the title of a request, Bitbucket in its place.
# https://learn.microsoft.com/azure/devops/repos/git/complete-pull-requests
_MERGED = re.compile(r"Merged PR \d+: +")
_MERGED_IN = re.compile(r"Merged in \S+ \(pull request #\d+\)|Merge pull request #\d+ from \S+")
# https://git-scm.com/docs/git-merge#Documentation/git-merge.txt---squash
_SQUASHED, _INDENT = "Squashed commit of the following:", "    "
_BREAKING = re.compile(r"BREAKING[ -]CHANGES?:(?: +(?P<text>.+))?\s*")
_FOOTER = re.compile(r"[A-Za-z-]+(: | #)|BREAKING CHANGES?:")
_ITEM = re.compile(r"[*-] +")
# An upgrade by a bot: what it lists are the changes of somebody else.
_OF_DEPENDENCIES = re.compile(r"deps|dependencies|deps-dev")
_BUMP = re.compile(r"(?:\w+(?:\([^)]*\))?!?: +)?bump\b", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
# Each with what ends it.
_QUOTED = {"<details>": "</details>", "<blockquote>": "</blockquote>"}


def entries_of(
    subject: str, body: Iterable[str], ignored: Collection[str] = ()
) -> tuple[ChangelogEntry, ...]:
    """Return what a message tells, in words for people who use the member.

    That is the subject, or the subjects of the commits that it carries, and each breaking
    change that a footer names. Anything unmarked is a patch; a type that is ignored, and
    breaks nothing, has no level.
    """
    subject, lines = _unwrapped(subject, body)
    listed = () if _is_upgrade(subject) else _listed(lines, subject)
    own = () if listed and not HEADER.fullmatch(subject) else (_entry(subject, ignored),)
    broken = ((Level.MAJOR, text) for text in _breaking(lines))
    return (*own, *listed, *broken)


def is_understood(subject: str, body: Iterable[str]) -> bool:
    """Tell whether a message has a header that says its type, or carries commits that do."""
    subject, lines = _unwrapped(subject, body)
    return bool(HEADER.fullmatch(subject) or _listed(lines, subject) or [*_breaking(lines)])


def carries_others(subject: str, body: Iterable[str]) -> bool:
    """Tell whether a message lists commits of its own, such as those of a squashed request."""
    subject, lines = _unwrapped(subject, body)
    return bool(_listed(lines, subject))


def _unwrapped(subject: str, body: Iterable[str]) -> tuple[str, list[str]]:
    """Take off what a forge or git puts around a message; leave out what is quoted."""
    subject = _MERGED.sub("", subject)
    lines = list(_own_words(body))
    if subject == _SQUASHED:
        return _of_squash(subject, lines)
    if _MERGED_IN.fullmatch(subject):
        subject = next((line for line in lines if HEADER.fullmatch(line)), subject)
    return subject, lines


def _own_words(lines: Iterable[str]) -> Iterator[str]:
    """Leave out what is quoted: fences, block quotes, and what a forge folds away."""
    end = ""
    for line in lines:
        word = line.strip()
        if end:
            is_over = end in word if end.startswith("<") else word.strip(end[0]) == ""
            end = "" if is_over and len(word) >= len(end) else end
        elif fence := _FENCE.match(line):
            end = fence["fence"]
        elif tag := next((tag for tag in _QUOTED if word.startswith(tag)), None):
            end = "" if _QUOTED[tag] in word else _QUOTED[tag]
        elif not word.startswith(">"):
            yield line


def _of_squash(subject: str, lines: Iterable[str]) -> tuple[str, list[str]]:
    """Return what `git merge --squash` wrote as a forge would: a list of the commits' subjects.

    Each message is indented, behind a head of `commit`, `Author` and `Date`; so are its footers.
    """
    found: list[str] = []
    is_subject = False
    for line in lines:
        if line.startswith("commit "):
            is_subject = True
        elif line.startswith(_INDENT):
            text = line.removeprefix(_INDENT)
            found.append(f"* {text}" if is_subject else text)
            is_subject = is_subject and not text.strip()
        elif not line.strip():
            found.append("")
    first = next((text for text in found if text.strip("* ")), subject)
    return first.removeprefix("* "), found


def _listed(lines: Iterable[str], subject: str) -> tuple[ChangelogEntry, ...]:
    """Return the commits that a message lists; the one that is the subject again is left out."""
    headers = [found[1] for line in lines if (found := _LISTED.match(line))]
    return tuple(_entry(header) for header in headers if header != subject)


def _is_upgrade(subject: str) -> bool:
    parsed = HEADER.fullmatch(subject)
    scope = parsed["scope"] if parsed else None
    return bool(_BUMP.match(subject) or (scope and _OF_DEPENDENCIES.fullmatch(scope)))


def _entry(header: str, ignored: Collection[str] = ()) -> ChangelogEntry:
    parsed = HEADER.fullmatch(header)
    if parsed is None:
        return Level.PATCH, header
    if parsed["breaking"] or parsed["early"]:
        return Level.MAJOR, parsed["text"]
    if parsed["type"].lower() in ignored:
        return Level.NONE, parsed["text"]
    is_feature = parsed["type"].lower() in {"feat", "feature"}
    return Level.MINOR if is_feature else Level.PATCH, parsed["text"]


def _breaking(lines: list[str]) -> Iterator[str]:
    """Find the footers that name a breaking change, each with the lines that it runs over.

    The text may begin on the next line, and be a list: each item is a change.
    """
    words: list[str] | None = None
    for line in lines:
        text = line.strip()
        is_item = bool(words is not None and _ITEM.match(text))
        if words and (not text or _FOOTER.match(line) or is_item):
            yield " ".join(words)
            words = [] if is_item else None
        if found := _BREAKING.fullmatch(line):
            words = [found["text"]] if found["text"] else []
        elif words is not None and text and not _FOOTER.match(line):
            words.append(_ITEM.sub("", text, count=1) if is_item else text)
        elif words is not None and text:
            words = None
    if words:
        yield " ".join(words)
