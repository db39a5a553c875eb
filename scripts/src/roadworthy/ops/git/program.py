"""What git itself has to be: there, new enough, and told who commits."""

from ...model.problem import Failure, Problem
from .. import process
from .repository import Repository

MINIMUM = (2, 32)  # it can be told to read no settings of a user: GIT_CONFIG_GLOBAL


def version() -> str:
    """Return git's version; raise `Failure` where there is none, or too old a one."""
    found = process.run(("git", "--version")).split()[2]
    if tuple(map(int, found.split(".")[:2])) < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise Failure(
            Problem("git-too-old", f"git {found} is too old", f"install {wanted} or newer")
        )
    return found


def require_identity(checkout: Repository) -> None:
    """Raise `Failure` where git does not know who commits."""
    if checkout.asks("var", "GIT_COMMITTER_IDENT") is None:
        hint = 'run `git config user.name "NAME"` and `git config user.email MAIL`'
        raise Failure(Problem("git-identity", "git does not know who you are", hint))
