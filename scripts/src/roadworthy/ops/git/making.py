"""Repositories of our own: cloned, mirrored, borrowed from the user's, or new.

Git obeys our settings in them, and of the user's only who they are and how they reach a remote.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from .. import process
from . import settings
from .remote import public_url, reached_by, require_transport
from .repository import NETWORK_SECONDS, TAGS, Repository
from .words import readable

# Where what a partial clone lacks is put, away from branches and tags.
PROMISED = "promised"


def clone(
    url: str, path: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Repository:
    """Clone a repository for our own use; the environment may hold the credentials for it.

    Credentials in the URL itself go the same way: never into arguments or files.
    """
    require_transport(url, "the URL")
    handed = dict(settings.ours() if environment is None else environment)
    named = url
    if urlsplit(url).password or (url.startswith("http") and urlsplit(url).username):
        named = public_url(url)
        handed = settings.with_settings(handed, (f"url.{url}.insteadOf", named))
    process.run(
        ("git", "clone", "--quiet", *options, "--", named, str(path)),
        environment=handed,
        seconds=NETWORK_SECONDS,
        hint=f"check that git can read it: `git ls-remote {named}`; a private one needs "
        "credentials: a key for SSH, else a token in a credential helper or ~/.netrc",
    )
    return Repository(path=path, environment=handed)


def snapshot(source: Repository, commit: str, path: Path) -> Repository:
    """Make a repository that has one commit of another, its files, and nothing else."""
    environment = settings.ours()
    process.run(("git", "init", "--quiet", "--", str(path)), environment=environment)
    made = Repository(path=path, environment=environment)
    common = source.git("rev-parse", "--path-format=absolute", "--git-common-dir")
    options = ("--quiet", "--depth=1", "--no-tags", "--")
    made.git("fetch", *options, Path(common.removesuffix("\n")).as_uri(), commit)
    return made


def mirror(url: str, path: Path, environment: Mapping[str, str] | None = None) -> Repository:
    """Make a mirror that installers can clone from as they would from a forge."""
    repository = clone(url, path, "--mirror", environment=environment)
    _serve(repository)
    return repository


def borrow(
    checkout: Repository, path: Path, branch: str, at_remote: Mapping[str, str] | None = None
) -> Repository:
    """Make a bare repository that has the user's commits, and HEAD on a branch of its own.

    Of tags it has those of the remote, where these are known and here.

    Nothing is copied: it reads the objects where they lie. Git's own clone would have
    a process obey the settings of the user's repository, and could refuse a HEAD that
    is on no branch.
    """
    options = ("--path-format=absolute", "--show-object-format", "--git-path", "objects")
    printed = checkout.git("rev-parse", *options).removesuffix("\n")
    object_format, _, objects = printed.partition("\n")
    made = init(
        path,
        settings.ours(),
        f"--initial-branch={branch}",
        f"--object-format={object_format}",
    )
    _complete(made, checkout)
    alternates = path / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_bytes(os.fsencode(objects) + b"\n")
    spaces = ("refs/heads", "refs/tags", "refs/remotes")
    listed = checkout.git("for-each-ref", "--format=%(refname) %(objectname)", *spaces)
    refs = dict(line.split(" ") for line in listed.splitlines() if _is_utf8(line))
    if at_remote is not None:
        refs = {ref: target for ref, target in refs.items() if not ref.startswith(TAGS)}
        refs |= _tags_here(checkout, at_remote)
    refs[f"refs/heads/{branch}"] = str(checkout.commit_of("HEAD"))
    lines = (f"create {ref} {target}\n" for ref, target in refs.items())
    made.git("update-ref", "--stdin", stdin="".join(lines))
    _serve(made)
    return made


def init(path: Path, environment: Mapping[str, str], *options: str) -> Repository:
    """Make an empty bare repository of ours."""
    process.run(
        ("git", "init", "--quiet", "--bare", *options, "--", str(path)), environment=environment
    )
    return Repository(path=path, environment=environment)


def _complete(made: Repository, checkout: Repository) -> None:
    """Fetch all that a partial clone leaves at its remote: https://git-scm.com/docs/partial-clone.

    It is fetched before the objects of the clone are borrowed: git would think them whole.
    """
    remote = checkout.promisor
    if not remote:
        return
    url, _ = reached_by(checkout, remote)
    environment = settings.ours(checkout.settings)
    refs = [f"+refs/{space}/*:refs/{PROMISED}/{space}/*" for space in ("heads", "tags")]
    reader = Repository(path=made.path, environment=environment)
    hint = "this partial clone lacks objects; `git fetch --refetch` completes it"
    reader.git("fetch", "--quiet", "--no-tags", "--", url, *refs, hint=hint)


def _tags_here(checkout: Repository, at_remote: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a remote whose objects are here, too."""
    tags = {
        ref: target
        for ref, target in at_remote.items()
        if ref.startswith(TAGS) and not ref.endswith("^{}")
    }
    here = checkout.objects(list(dict.fromkeys(tags.values())))
    return {ref: target for ref, target in tags.items() if target in here}


def _serve(repository: Repository) -> None:
    """Let installers fetch any commit, as forges do.

    https://git-scm.com/docs/git-config#Documentation/git-config.txt-uploadpackallowFilter
    """
    with (repository.path / "config").open("a", encoding="utf-8") as file:
        file.write("[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n")


def _is_utf8(text: str) -> bool:
    return readable(text) == text
