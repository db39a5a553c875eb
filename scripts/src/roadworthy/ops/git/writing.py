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
WHO = ("AUTHOR", "COMMITTER")
# All that it makes becomes one file: each object in a file of its own takes longer.
FAST_IMPORT = ("-c", "fastimport.unpackLimit=1", "fast-import", "--quiet")
# What a push says that was refused, and what else git says of it.
FROM_REMOTE, WORDS_KEPT = "remote:", 25


def create_tags(repository: Repository, tags: Iterable[Tag]) -> None:
    """Make light tags in a repository of our own: what a release will have."""
    lines = (f"update refs/tags/{tag.name} {tag.commit}\n" for tag in tags)
    repository.git("update-ref", "--stdin", stdin="".join(lines))


def commit(
    repository: Repository,
    branch: str,
    base: str,
    files: Mapping[str, tuple[str, str] | None],
    message: str,
) -> str:
    """Add a commit to a branch; return it. `files` maps paths to modes and texts, None removes one.

    It needs neither an index nor a working tree: thousands of files would have to be written
    for it, and removed. https://git-scm.com/docs/git-fast-import#_commit
    """
    author, committer = (repository.git("var", f"GIT_{who}_IDENT") for who in WHO)
    head = f"commit refs/heads/{branch}\nmark :1\nauthor {author}committer {committer}"
    changes = (_change(path, file) for path, file in files.items())
    stream = (head, _data(message), f"from {base}\n", *changes, "\nget-mark :1\n")
    made = repository.git(*FAST_IMPORT, stdin="".join(stream)).strip()
    if _signs(repository, "commit"):
        options = ("-S", "-p", base, "-F", "-", f"{made}^{{tree}}")
        made = repository.git("commit-tree", *options, stdin=message).strip()
        repository.git("update-ref", f"refs/heads/{branch}", made)
    return made


def annotate_tags(repository: Repository, messages: Mapping[Tag, str]) -> None:
    """Make annotated tags: all in one go, or one by one where they are to be signed.

    They must not exist yet: https://git-scm.com/docs/git-fast-import#_tag
    """
    if _signs(repository, "tag"):
        for tag, message in messages.items():
            options = ("--annotate", "--cleanup=verbatim", "--file=-")
            repository.git("tag", *options, tag.name, tag.commit, stdin=message)
        return
    tagger = repository.git("var", "GIT_COMMITTER_IDENT")
    stream = (
        f"tag {tag.name}\nfrom {tag.commit}\ntagger {tagger}{_data(readable(message))}"
        for tag, message in messages.items()
    )
    repository.git(*FAST_IMPORT, stdin="".join(stream))


def push(repository: Repository, *refspecs: str, hint: str = "") -> None:
    """Push refs to the origin in one atomic, plain push: what exists is never moved."""
    try:
        repository.git("push", "--atomic", *PLAIN_PUSH, "--", "origin", *refspecs, hint=hint)
    except process.CommandFailure as failure:
        failure.problems = (_refused(failure, hint),)
        raise


def _signs(repository: Repository, what: str) -> bool:
    return repository.asks("config", "--type=bool", f"{what}.gpgSign") == "true"


def _change(path: str, file: tuple[str, str] | None) -> str:
    """Write the change of one file; a path is quoted where its characters would be taken wrong."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    quoted = f'"{escaped}"'
    return f"D {quoted}\n" if file is None else f"M {file[0]} inline {quoted}\n{_data(file[1])}"


def _data(text: str) -> str:
    return f"data {len(text.encode('utf-8', 'surrogateescape'))}\n{text}\n"


def _refused(failure: process.CommandFailure, hint: str) -> Problem:
    """Say why a push was refused, with all that the remote said of it, its hooks included."""
    lines = [line.rstrip() for line in failure.output.strip().splitlines()]
    last = len(lines) - WORDS_KEPT
    kept = (w for number, w in enumerate(lines) if number >= last or w.startswith(FROM_REMOTE))
    return Problem("push-refused", "\n".join([failure.ended, *kept]), hint)
