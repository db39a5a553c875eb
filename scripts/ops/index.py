"""The door to a package index: read what it has, and never guess.

The Simple Repository API, HTML and JSON:
https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

import requests
from packaging.utils import NormalizedName
from packaging.version import Version
from pypi_simple import ACCEPT_JSON_PREFERRED, DistributionPackage, ProjectPage
from pypi_simple.errors import UnsupportedContentTypeError, UnsupportedRepoVersionError
from requests.utils import get_netrc_auth

from ..model.catalogue import is_private_talk
from ..model.facts import Page
from ..model.filename import version_of
from ..model.problem import Failure, Problem
from ..model.workspace import Index
from . import keyring

SECONDS = 20.0
AT_ONCE = 8
HTTP_NOT_FOUND = 404


def read_pages(index: Index, names: Iterable[str]) -> dict[NormalizedName, Page]:
    """Read what an index has of each member, side by side."""
    wanted = [NormalizedName(name) for name in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(lambda name: read_page(index, name), wanted), strict=True))


def read_page(index: Index, name: NormalizedName) -> Page:
    """Read what an index has of one member; an answer that is not one is `unknown`."""
    if credentials(index) and not is_private_talk(index.url):
        return Page(unknown="it is not https, and the credentials would be sent in the open")
    try:
        response = _ask(index, name)
        if response.status_code == HTTP_NOT_FOUND:
            return Page()
        doubt = _doubt(response, index)
        page = ProjectPage.from_response(response, name)
    except (UnsupportedContentTypeError, UnsupportedRepoVersionError, ValueError) as error:
        return Page(unknown=f"its answer cannot be read ({type(error).__name__})")
    except requests.RequestException as error:
        return Page(unknown=f"no answer ({type(error).__name__})")
    if not doubt and not page.packages and "<form" in response.text.lower():
        doubt = "it answers with a page to log in"
    if doubt:
        is_refused = response.status_code in {401, 403}
        way_out = f"set {' and '.join(index.variables)} to read it" if is_refused else ""
        return Page(unknown=doubt, way_out=way_out)
    begun = _begun(page)
    asked = _date(response) if begun else None
    return Page(files=_files(index, page), begun=begun, asked=asked)


def _ask(index: Index, name: NormalizedName) -> requests.Response:
    return requests.get(
        f"{index.url.rstrip('/')}/{name}/",
        headers={"Accept": ACCEPT_JSON_PREFERRED, "Cache-Control": "no-cache"},
        auth=credentials(index),
        timeout=seconds(),
    )


def _doubt(response: requests.Response, index: Index) -> str:
    answered = urlsplit(response.url).netloc.rpartition("@")[2]
    if answered != urlsplit(index.shown).netloc:
        return f"it sends us to {answered}"
    if response.ok:
        return ""
    keyless = _is_for_keyring(*_told(index)) and credentials(index) is None
    why = ", and the keyring gives no password for it" if keyless else ""
    return f"it answers {response.status_code} {response.reason}{why}"


def _files(index: Index, page: ProjectPage) -> dict[Version, dict[str, str]]:
    files: dict[Version, dict[str, str]] = {}
    for package in page.packages:
        version = version_of(package.filename)
        if version is not None:
            files.setdefault(version, {})[package.filename] = _sha256(index, package)
    return files


def _sha256(index: Index, package: DistributionPackage) -> str:
    """Return the hash that the index lists; where it lists none, that of the bytes."""
    listed = package.digests.get("sha256")
    return listed or hashlib.sha256(_bytes(index, package.url)).hexdigest()


def _begun(page: ProjectPage) -> dict[Version, datetime]:
    """Return when the first file of each version was uploaded, where the index says so.

    https://packaging.python.org/en/latest/specifications/simple-repository-api/#additional-fields-for-the-simple-api-for-package-indexes
    """
    begun: dict[Version, datetime] = {}
    for package in page.packages:
        version, when = version_of(package.filename), package.upload_time
        if version is not None and when is not None:
            begun[version] = min(begun.get(version, when), when)
    return begun


def _date(response: requests.Response) -> datetime | None:
    """Return the index's own time; a clock of ours decides nothing."""
    try:
        return parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        return None


def seconds() -> float:
    """Return how long an answer may take: uv's own variable for it, else our default."""
    told = os.environ.get("UV_HTTP_TIMEOUT", "")
    return float(told) if told.isdecimal() and int(told) else SECONDS


def _bytes(index: Index, url: str) -> bytes:
    """Fetch a file; credentials are for the index alone, wherever it may have its files."""
    is_its_own = urlsplit(url).netloc == urlsplit(index.shown).netloc
    auth = credentials(index) if is_its_own else None
    response = requests.get(url, auth=auth, timeout=seconds())
    response.raise_for_status()
    return response.content


def credentials(index: Index) -> tuple[str, str] | None:
    """Return the credentials that uv, too, would read this index with, if there are any."""
    username, password = _told(index)
    if _is_for_keyring(username, password):
        found = keyring.password(index.shown, str(username))
        return None if found is None else (str(username), found)
    if username is None and password is None:
        return get_netrc_auth(index.shown)
    return username or "", password or ""


def _told(index: Index) -> tuple[str | None, str | None]:
    """Return the user and the password as they are set; the URL's own win, as with uv.

    A user in the URL alone gets the password of the variables only if they name him, too.
    """
    parts = urlsplit(index.url)
    username, password = (os.environ.get(name) for name in index.variables)
    if parts.password is not None:
        return unquote(parts.username or ""), unquote(parts.password)
    own = unquote(parts.username or "")
    return (own, None) if own and own != username else (username, password)


def _is_for_keyring(username: str | None, password: str | None) -> bool:
    return bool(username) and password is None and keyring.is_used()


def asked_to_upload(index: Index, sent: tuple[str, str]) -> str:
    """Post an upload that has no file; return the status, or why there is none."""
    try:
        return str(
            requests.post(
                index.publish_url,
                data={":action": "file_upload", "protocol_version": "1"},
                auth=sent,
                timeout=seconds(),
                allow_redirects=False,
            ).status_code
        )
    except requests.RequestException as error:
        return type(error).__name__


def reading_environment(index: Index) -> dict[str, str]:
    """Return the variables that let uv read this index where no keyring and no netrc is."""
    found = credentials(index)
    return dict(zip(index.variables, found, strict=True)) if found else {}


def download(index: Index, filename: str, name: NormalizedName) -> bytes:
    """Fetch the bytes that an index has of a distribution.

    Raises `Failure` where it does not give them.
    """
    try:
        page = ProjectPage.from_response(_ask(index, name), name)
        return next(_bytes(index, p.url) for p in page.packages if p.filename == filename)
    except (requests.RequestException, StopIteration) as error:
        message = f"the index {index.name} does not give {filename} ({type(error).__name__})"
        raise Failure(Problem(message, "try again later", name)) from None
