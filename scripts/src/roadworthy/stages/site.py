"""Where a release takes place: at the real remote and index, or on a scratch copy of both.

A rehearsal and a release run the same code on the same kind of scratch clone; this
module makes the only difference between them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..model.problem import Failure, Problem
from ..model.workspace.settings import Settings
from ..model.workspace.workspace import Index
from ..ops.git import making
from ..ops.git import remote as git_remote
from ..ops.git import settings as git_settings
from ..ops.git.repository import Repository
from ..ops.scratch import scratch_folder
from ..ops.tree import Tree

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

    `tree` is the commit that it starts from, in a scratch clone. `destination` is the index
    that a real release uploads to; in a rehearsal, `index` is another, filled from `stock`.
    `home` is the URL of the user's remote, and `at_remote` has its refs, in a rehearsal.
    """

    folder: Path
    tree: Tree
    branch: str
    remote: str
    url: str
    index: Index | None
    destination: Index | None = None
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    stock: Path | None = None
    home: str = ""
    at_remote: Mapping[str, str] | None = None

    @property
    def scratch(self) -> Repository:
        """Return the scratch clone, in which the release is made."""
        return self.tree.repository

    @property
    def is_real(self) -> bool:
        """Tell whether what is done here outlives the run."""
        return self.folder not in Path(self.remote).parents


@contextmanager
def real_site(here: Tree, settings: Settings, index: Index | None, branch: str) -> Iterator[Site]:
    """Clone the remote's release branch; the user's checkout is not touched."""
    checkout = here.repository
    remote = remote_url(checkout, settings)
    if remote is None:
        hint = f"add one: `git remote add {settings.remote} URL`"
        raise Failure(Problem("remote-missing", f"there is no remote `{settings.remote}`", hint))
    reached_by, pushed_to = git_remote.reached_by(checkout, settings.remote)
    with scratch_folder() as folder:
        environment = git_settings.ours((*checkout.settings, *pushed_to))
        options = ("--no-checkout", f"--branch={branch}", *_known_objects(checkout))
        scratch = making.clone(reached_by, folder / "clone", *options, environment=environment)
        yield Site(
            folder=folder,
            tree=Tree.of(scratch, prefix=here.prefix),
            branch=branch,
            remote=reached_by,
            url=public_url(checkout, settings),
            index=index,
            destination=index,
            home=home_of(checkout, settings),
        )


@contextmanager
def preview_site(here: Tree, settings: Settings, index: Index | None = None) -> Iterator[Site]:
    """Make a scratch remote of the commit at HEAD; the index, if any, is only read."""
    branch = planned_branch(here.repository, settings)
    url = public_url(here.repository, settings)
    there = refs_at_remote(here.repository, settings)
    with scratch_folder() as folder:
        remote = making.borrow(here.repository, folder / "remote.git", branch, there).path
        options = ("--no-checkout", "--shared", f"--branch={branch}")
        scratch = making.clone(str(remote), folder / "clone", *options)
        named = Repository(path=scratch.path, environment={**scratch.environment, **NOBODY})
        yield Site(
            folder=folder,
            tree=replace(here, repository=named),
            branch=branch,
            remote=str(remote),
            url=url,
            index=index,
            destination=index,
            home=home_of(here.repository, settings),
            at_remote=there,
        )


@contextmanager
def rehearsal_site(here: Tree, settings: Settings, destination: Index | None) -> Iterator[Site]:
    """Make a scratch remote of the commit at HEAD, and an index on loopback."""
    with preview_site(here, settings) as site:
        if destination is None:
            yield site
            return
        from ..ops import loopback  # noqa: PLC0415 - a server that most commands do without

        stock = site.folder / STOCK
        stock.mkdir()
        with loopback.index(stock) as index:
            yield replace(
                site,
                index=index,
                destination=destination,
                credentials=ANY_CREDENTIALS,
                stock=stock,
            )


def _known_objects(checkout: Repository) -> tuple[str, ...]:
    """Return the options by which a clone takes what is here already.

    What a remote on this machine has is not linked file by file: it is here already.
    A partial clone is no help: git would think that it has all of what it knows of.
    """
    if checkout.promisor:
        return ()
    objects = checkout.git("rev-parse", "--path-format=absolute", "--git-common-dir")
    return ("--no-local", "--reference-if-able", objects.removesuffix("\n"))


def public_url(checkout: Repository, settings: Settings) -> str:
    """Return the URL that consumers will use; one that cannot be reached, where none is known.

    Where it could be one of two, the one counts that git can read.
    """
    possible = _public_urls(checkout, settings)
    if len(possible) == 1:
        return possible[0]
    return next((url for url in possible if checkout.refs_at(url) is not None), possible[0])


def url_doubt(checkout: Repository, settings: Settings) -> list[Problem]:
    """Say that the URL for consumers could be another one, and that nobody could be asked."""
    first, *others = _public_urls(checkout, settings)
    if not others or checkout.refs_at(public_url(checkout, settings)) is not None:
        return []
    message = f"the server did not answer, so {first} may be wrong: it could be {others[0]}"
    hint = "set `repository` in [tool.release] to the URL that consumers use"
    return [Problem("url-unasked", message, hint)]


def _public_urls(checkout: Repository, settings: Settings) -> list[str]:
    """Return what the URL for consumers may be."""
    remote = settings.repository or git_remote.written_url(checkout, settings.remote)
    return git_remote.public_urls(remote) if remote else [UNREACHABLE]


def home_of(checkout: Repository, settings: Settings) -> str:
    """Return the URL of the remote itself: a fork has the settings of what it was forked from."""
    remote = remote_url(checkout, settings)
    return git_remote.public_url(remote) if remote else ""


def remote_url(checkout: Repository, settings: Settings) -> str | None:
    """Return the URL of the remote; a path is made absolute."""
    return git_remote.url_of(checkout, settings.remote)


def refs_at_remote(checkout: Repository, settings: Settings) -> Mapping[str, str] | None:
    """Return the branches and tags of the remote; None where there is none, or no answer."""
    try:
        url = remote_url(checkout, settings)
    except Failure:
        return None
    return checkout.refs_at(settings.remote) if url else None


def silence(checkout: Repository, settings: Settings) -> list[Problem]:
    """Say that there is a remote, and that it does not answer."""
    try:
        url = remote_url(checkout, settings)
    except Failure as failure:
        return list(failure.problems)
    if not url or checkout.refs_at(settings.remote) is not None:
        return []
    message = f"the remote `{settings.remote}` does not answer: the tags are those of this clone"
    return [Problem("remote-silent", message, f"look at `git ls-remote {settings.remote}`")]


def planned_branch(checkout: Repository, settings: Settings) -> str:
    """Return the release branch that is checked out, else the first of all."""
    branch = current_branch(checkout)
    return branch if branch in settings.branch else settings.branch[0]


def current_branch(checkout: Repository) -> str | None:
    """Return the branch that is checked out; None for a detached HEAD."""
    return checkout.asks("symbolic-ref", "--quiet", "--short", "HEAD")
