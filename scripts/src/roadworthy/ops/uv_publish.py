"""The door to `uv publish`: it gets the credentials of one upload, and nothing else of ours.

https://docs.astral.sh/uv/reference/cli/#uv-publish
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from ..model.index.login import PASSWORD, TOKEN, TOKEN_USER, USERNAME, Login
from ..model.index.retry import read_refusal, without_log
from ..model.problem import Failure, Problem
from ..model.url import without_credentials
from ..model.workspace.workspace import Index
from . import keyring, netrc_file, process
from .known_indexes import entry_of
from .uv import executable
from .uv_settings import settings

SECONDS = 1800
# uv says which status an index answered; how long it asks to wait is in its log alone.
HEADERS_LOGGED = "uv_publish=trace"
NO_ATTESTATIONS = "UV_PUBLISH_NO_ATTESTATIONS"

# What an uploader may see. Everything else is kept from it: other variables of uv's would
# change where it uploads to, and what it passes over.
ALLOWED = frozenset(
    {
        *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP"),
        *("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_DATA_HOME"),
        *("SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
        *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"),
        *("UV_INSECURE_HOST", "UV_CACHE_DIR", "UV_NO_CACHE", "UV_CREDENTIALS_DIR"),
        *("UV_HTTP_TIMEOUT", "UV_HTTP_CONNECT_TIMEOUT", "UV_UPLOAD_HTTP_TIMEOUT"),
        "UV_HTTP_RETRIES",
    }
)
# Settings of a `uv.toml` that say how to reach a server, and none that says what to do there.
REACH = ("allow-insecure-host", "native-tls", "system-certs", "http-proxy", "https-proxy")
# What uv can say who we are by: GitHub sets the first, GitLab one for each audience, which
# for PyPI is PYPI_ID_TOKEN. One audience signs, and is no index.
TRUSTED_PUBLISHERS = ("ACTIONS_ID_TOKEN_REQUEST_URL", "_ID_TOKEN")
FORGE = ("GITHUB_ACTIONS", "GITLAB_CI", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
SIGNING_TOKEN = "SIGSTORE_ID_TOKEN"  # noqa: S105 - a name


class UploadFailure(Failure):
    """An upload was refused, or did not arrive."""

    def __init__(self, failure: process.CommandFailure) -> None:
        """Keep what the index said, and show people what uv said of it."""
        super().__init__(failure.said(without_log(failure.output)))
        self.refusal = read_refusal(failure.output, datetime.now(UTC))


def given_to(index: Index) -> dict[str, str]:
    """Return our variables, as an upload takes its credentials from them.

    Those that are written in the URL win.
    """
    own, parts = process.own_environment(), urlsplit(index.publish_url)
    if not parts.username and not parts.password:
        return own
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not password and own.get(USERNAME) == user:
        password = own.get(PASSWORD, "")
    return process.without(own, TOKEN) | {USERNAME: user, PASSWORD: password}


def login_of(index: Index, given: Mapping[str, str]) -> Login | None:
    """Return the user and the password that an upload goes with; None where there are none.

    `given` are the variables that have them. Where there is a user alone, a keyring or a
    netrc file may have the password.
    """
    url = without_credentials(index.publish_url)
    user, password = _login_given(given)
    if user and not password and keyring.is_used():
        password = keyring.password(url, user) or ""
    if not password and (user or not has_identity(given)):
        found = netrc_file.login_for(url)
        if found and user in {"", found[0]}:
            return found
    return (user, password) if user or password else None


def _login_given(given: Mapping[str, str]) -> Login:
    if given.get(TOKEN):
        return TOKEN_USER, given[TOKEN]
    return given.get(USERNAME, ""), given.get(PASSWORD, "")


def token_problems(index: Index, given: Mapping[str, str]) -> Iterator[Problem]:
    """Find the user that stands for a token without one; a keyring is not asked yet."""
    if (
        _login_given(given) == (TOKEN_USER, "")
        and not keyring.is_used()
        and not _has_password(index, given)
    ):
        message = f"the user to upload to {index.name} is {TOKEN_USER}, and there is no token"
        yield Problem(
            "credentials-incomplete",
            message,
            f"set {TOKEN} to it, and unset {USERNAME} and {PASSWORD}",
        )


def keyring_problems(index: Index, given: Mapping[str, str]) -> Iterator[Problem]:
    """Ask the keyring, where uv was told to, for a password that nothing else has.

    The user is not shown: some indexes take a token for one, and no password.
    """
    user, password = _login_given(given)
    if not user or password or not keyring.is_used() or _has_password(index, given):
        return
    entry = entry_of(index)
    if entry is None or not entry.login.endswith(":"):
        message = f"the keyring has no password for the user to upload to {index.name}"
        yield Problem(
            "keyring-empty", message, f"`keyring set {without_credentials(index.publish_url)} USER`"
        )


def _has_password(index: Index, given: Mapping[str, str]) -> bool:
    login = login_of(index, given)
    return login is not None and bool(login[1])


def can_publish(index: Index, given: Mapping[str, str]) -> bool:
    """Tell whether there is anything to upload with: a user, a token, a CI's identity.

    A keyring is asked for the password of a user: alone it has nothing to give.
    """
    is_known = any(_login_given(given)) or has_identity(given)
    return is_known or netrc_file.login_for(without_credentials(index.publish_url)) is not None


def has_identity(given: Mapping[str, str]) -> bool:
    """Tell whether this is a job of a CI that lets uv publish without a token."""
    return any(name.endswith(TRUSTED_PUBLISHERS) for name in _identity(given))


def _identity(given: Mapping[str, str]) -> dict[str, str]:
    """Return what proves to an index which job of a CI this is."""
    return {
        name: value
        for name, value in given.items()
        if value and name != SIGNING_TOKEN and name.endswith((*TRUSTED_PUBLISHERS, *FORGE))
    }


def publish(files: Sequence[Path], index: Index, given: Mapping[str, str]) -> None:
    """Upload distributions, and the attestations that lie beside them.

    Trusted publishing is only tried where a CI offers it and nothing else is given: uv
    asks for half a minute elsewhere.
    Raises `UploadFailure` where the index does not take them.
    """
    login = login_of(index, given)
    is_trusted = login is None and has_identity(given)
    trusted = "automatic" if is_trusted else "never"
    options = ("--publish-url", without_credentials(index.publish_url), "--no-progress")
    signed = [] if given.get(NO_ATTESTATIONS) == "true" else _attestations(files)
    paths = [escape(str(path.absolute())) for path in (*files, *signed)]
    environment = _environment(login) | (_identity(given) if is_trusted else {})
    with _configuration() as file:
        command = (executable(), "publish", *options, "--trusted-publishing", trusted, *paths)
        configured = {**environment, "UV_CONFIG_FILE": str(file)}
        try:
            process.run(command, cwd=file.parent, environment=configured, seconds=SECONDS)
        except process.CommandFailure as failure:
            raise UploadFailure(failure) from None


def _attestations(files: Sequence[Path]) -> list[Path]:
    return sorted(
        beside
        for file in files
        for beside in file.parent.glob(f"{escape(file.name)}.*.attestation")
    )


def _environment(login: Login | None) -> dict[str, str]:
    """Return what uv sees; it finds neither a keyring nor a netrc file, which were asked."""
    kept = {name: value for name, value in os.environ.items() if name in ALLOWED}
    variables = dict(zip((USERNAME, PASSWORD), login, strict=True)) if login else {}
    return {**kept, **variables, "NETRC": os.devnull, "RUST_LOG": HEADERS_LOGGED}


@contextmanager
def _configuration() -> Iterator[Path]:
    """Write a `uv.toml` that only says how to reach a server, in a folder of its own.

    What else uv would find, in the workspace or in HOME, may name another index to compare
    with, and files that are there would not be sent.
    """
    import tomlkit  # noqa: PLC0415 - 20 ms, and only an upload needs it

    with TemporaryDirectory(prefix="release-") as folder:
        file = Path(folder).resolve() / "uv.toml"
        kept = {name: value for name, value in settings().items() if name in REACH}
        file.write_text(tomlkit.dumps(kept), "utf-8")
        yield file
