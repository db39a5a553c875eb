"""Remotes: by which URLs git reads and writes them, and what may be said of these."""

from pathlib import Path
from urllib.parse import urlsplit

from ...model.problem import UsageFailure, stop_on
from ...model.transport import transport_problem
from .repository import Repository
from .settings import Setting


def url_of(repository: Repository, remote: str) -> str | None:
    """Return the URL of a remote, as settings rewrite it; a path is made absolute.

    Raises `UsageFailure` for one that no release uses.
    """
    url = repository.recalls("remote", "get-url", "--", remote)
    if url is None:
        return None
    require_transport(url, f"the URL of the remote `{remote}`")
    return _absolute(repository, url)


def written_url(repository: Repository, remote: str) -> str | None:
    """Return the URL of a remote for others: as it is written, before settings rewrite it.

    What `insteadOf` makes of it holds for this user alone. A short form that only their
    settings know is no URL for others: then it is what they make of it.
    """
    reached = url_of(repository, remote)
    names = (f"remote.{remote}.url", f"remote.{remote.lower()}.url")
    written = next((value for name, value in repository.settings if name in names), reached)
    if reached is None or written is None or transport_problem(written, "it"):
        return reached
    host, colon, path = written.partition(":")
    is_plain = written.startswith("/") or "://" in written or ("@" in host and colon and path)
    return _absolute(repository, written) if is_plain else reached


def reached_by(repository: Repository, remote: str) -> tuple[str, tuple[Setting, ...]]:
    """Return the URL that git reads a remote by, and settings for where it pushes to.

    They are as they stand in the settings: `insteadOf` and `pushInsteadOf` are for that.
    """
    url = str(url_of(repository, remote))
    settings = repository.settings
    written = next((value for name, value in settings if name == f"remote.{remote}.url"), url)
    pushed = [value for name, value in settings if name == f"remote.{remote}.pushurl"]
    for each in pushed:
        require_transport(each, f"the push URL of the remote `{remote}`")
    push_urls = (("remote.origin.pushurl", _absolute(repository, each)) for each in pushed)
    return url if _absolute(repository, written) == url else written, tuple(push_urls)


def require_transport(url: str, what: str) -> None:
    """Raise `UsageFailure` for a URL that would run a program, or be read as an option."""
    problem = transport_problem(url, what)
    stop_on([problem] if problem else [], UsageFailure)


def public_urls(remote: str) -> list[str]:
    """Return what a remote's URL may be for others, as a requirement can name it.

    `host:path` is a path from the home of whoever logs in, which most forges take for one from
    the root. As a URL the two differ: https://git-scm.com/docs/git-clone#_git_urls
    """
    first = public_url(remote)
    host, colon, path = remote.partition(":")
    is_short = "://" not in remote and bool(colon) and "/" not in host
    if not is_short or path.startswith(("/", "~")):
        return [first]
    return [first, f"ssh://{host}/~/{path}"]


def public_url(remote: str) -> str:
    """Return a remote's URL as a requirement can name it: a scheme, and no credentials."""
    if "://" not in remote:
        host, colon, path = remote.partition(":")
        if colon and "/" not in host:
            return f"ssh://{host}/{path.lstrip('/')}"
        return Path(remote).resolve().as_uri()
    parts = urlsplit(remote)
    user = f"{parts.username}@" if parts.scheme == "ssh" and parts.username else ""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=user + host).geturl()


def _absolute(repository: Repository, url: str) -> str:
    """Make a path absolute; git starts it at the top of the checkout."""
    if "://" in url or ":" in url.partition("/")[0]:
        return url
    top = repository.recalls("rev-parse", "--show-toplevel")
    return str((Path(top or repository.path) / url).resolve())
