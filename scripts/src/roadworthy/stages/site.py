"""Where a release takes place: at the real remote and index, or on a scratch copy of both.

A rehearsal and a release run the same code on the same kind of scratch clone; this
module makes the only difference between them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..gather import workspace_at
from ..model.problem import Failure, Problem
from ..model.workspace.settings import Settings
from ..model.workspace.workspace import Index
from ..ops import git, git_settings
from ..ops.git import Repository
from ..ops.scratch import scratch_folder

NOBODY = {
    "GIT_AUTHOR_NAME": "Rehearsal",
    "GIT_AUTHOR_EMAIL": "rehearsal@localhost",
    "GIT_COMMITTER_NAME": "Rehearsal",
    "GIT_COMMITTER_EMAIL": "rehearsal@localhost",
}
STOCK = "index"
UNREACHABLE = "https://repository.invalid/workspace.git"
# The index of a rehearsal takes any credentials; uv wants some all the same.
ANY_CREDENTIALS = {"UV_PUBLISH_USERNAME": "rehearsal", "UV_PUBLISH_PASSWORD": "rehearsal"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The targets of a release, and a folder for all that is made on the way.

    `destination` is the index that a real release uploads to; in a rehearsal, `index` is another.
    """

    folder: Path
    scratch: Repository
    prefix: str
    branch: str
    remote: str
    url: str
    index: Index | None
    destination: Index | None = None
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    stock: Path | None = None

    @property
    def is_rehearsal(self) -> bool:
        """Tell whether nothing here outlives the run."""
        return self.folder in Path(self.remote).parents


@contextmanager
def real_site(
    checkout: Repository, prefix: str, settings: Settings, index: Index | None, branch: str
) -> Iterator[Site]:
    """Clone the remote's release branch; the user's checkout is not touched."""
    remote = remote_url(checkout, settings)
    if remote is None:
        hint = f"add one: `git remote add {settings.remote} URL`"
        raise Failure(Problem(f"there is no remote `{settings.remote}`", hint))
    reached_by, pushed_to = checkout.reached_by(settings.remote)
    with scratch_folder() as folder:
        environment = git_settings.ours((*checkout.settings, *pushed_to))
        options = (f"--branch={branch}", *_known_objects(checkout))
        scratch = git.clone(reached_by, folder / "clone", *options, environment=environment)
        yield Site(
            folder=folder,
            scratch=scratch,
            prefix=prefix,
            branch=branch,
            remote=reached_by,
            url=settings.repository or git.public_url(remote),
            index=index,
            destination=index,
        )


@contextmanager
def rehearsal_site(
    checkout: Repository, prefix: str, settings: Settings, destination: Index | None
) -> Iterator[Site]:
    """Make a scratch remote of the commit at HEAD, and an index on loopback."""
    branch, url = settings.branch[0], public_url(checkout, settings)
    wanted = destination is not None
    with scratch_folder() as folder, _optional_index(folder, with_index=wanted) as index:
        remote = git.borrow(checkout, folder / "remote.git", branch).path
        scratch = git.clone(str(remote), folder / "clone", "--shared", f"--branch={branch}")
        yield Site(
            folder=folder,
            scratch=Repository(path=scratch.path, environment={**scratch.environment, **NOBODY}),
            prefix=prefix,
            branch=branch,
            remote=str(remote),
            url=url,
            index=index,
            destination=destination,
            credentials=ANY_CREDENTIALS,
            stock=folder / STOCK if index else None,
        )


def _known_objects(checkout: Repository) -> tuple[str, ...]:
    """Return the options by which a clone takes what is here already.

    A partial clone is no help: git would think that it has all of what it knows of.
    """
    if checkout.promisor:
        return ()
    objects = checkout.git("rev-parse", "--path-format=absolute", "--git-common-dir")
    return ("--reference-if-able", objects.removesuffix("\n"))


def public_url(checkout: Repository, settings: Settings) -> str:
    """Return the URL that consumers will use; one that cannot be reached, where none is known."""
    remote = settings.repository or remote_url(checkout, settings)
    return git.public_url(remote) if remote else UNREACHABLE


def remote_url(checkout: Repository, settings: Settings) -> str | None:
    """Return the URL of the remote; a path is made absolute."""
    return checkout.url_of(settings.remote)


def current_branch(checkout: Repository) -> str | None:
    """Return the branch that is checked out; None for a detached HEAD."""
    return checkout.asks("symbolic-ref", "--quiet", "--short", "HEAD")


def settings_of(checkout: Repository, prefix: str) -> Settings:
    """Read the release settings as they are committed."""
    return workspace_at(checkout, str(checkout.commit_of("HEAD")), prefix).settings


@contextmanager
def _optional_index(folder: Path, *, with_index: bool) -> Iterator[Index | None]:
    if not with_index:
        yield None
        return
    from ..ops import loopback  # noqa: PLC0415 - a server that most commands do without

    files = folder / STOCK
    files.mkdir()
    with loopback.index(files) as index:
        yield index
