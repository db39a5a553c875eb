"""Writing to a repository: tags, and pushes of what is named and nothing more."""

from collections.abc import Iterable, Mapping

from ...model.history.tag import Tag
from ...model.problem import Problem
from .. import process
from .repository import Repository
from .words import readable

# Without the user's hooks, and without what a user's settings would add.
PLAIN_PUSH = (
    "--quiet",
    "--no-verify",
    "--no-signed",
    "--no-follow-tags",
    "--recurse-submodules=no",
)
# What a push says that was refused, and what else git says of it.
FROM_REMOTE, WORDS_KEPT = "remote:", 25


def create_tags(repository: Repository, tags: Iterable[Tag]) -> None:
    """Make light tags in a repository of our own: what a release will have."""
    lines = (f"update refs/tags/{tag.name} {tag.commit}\n" for tag in tags)
    repository.git("update-ref", "--stdin", stdin="".join(lines))


def annotate_tags(repository: Repository, messages: Mapping[Tag, str]) -> None:
    """Make annotated tags: all in one go, or one by one where they are to be signed.

    They must not exist yet: https://git-scm.com/docs/git-fast-import#_tag
    """
    if repository.asks("config", "--type=bool", "tag.gpgSign") == "true":
        for tag, message in messages.items():
            options = ("--annotate", "--cleanup=verbatim", "--file=-")
            repository.git("tag", *options, tag.name, tag.commit, stdin=message)
        return
    tagger = repository.git("var", "GIT_COMMITTER_IDENT")
    stream = (
        f"tag {tag.name}\nfrom {tag.commit}\ntagger {tagger}"
        f"data {len(message.encode())}\n{message}\n"
        for tag, message in ((tag, readable(message)) for tag, message in messages.items())
    )
    repository.git("fast-import", "--quiet", stdin="".join(stream))


def push(repository: Repository, *refspecs: str, hint: str = "") -> None:
    """Push refs to the origin in one atomic, plain push: what exists is never moved."""
    try:
        repository.git("push", "--atomic", *PLAIN_PUSH, "--", "origin", *refspecs, hint=hint)
    except process.CommandFailure as failure:
        failure.problems = (_refused(failure, hint),)
        raise


def _refused(failure: process.CommandFailure, hint: str) -> Problem:
    """Say why a push was refused, with all that the remote said of it, its hooks included."""
    lines = [line.rstrip() for line in failure.output.strip().splitlines()]
    last = len(lines) - WORDS_KEPT
    kept = (w for number, w in enumerate(lines) if number >= last or w.startswith(FROM_REMOTE))
    return Problem("push-refused", "\n".join([failure.ended, *kept]), hint)
