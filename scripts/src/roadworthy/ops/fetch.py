"""The door to HTTP: one answer, whole, in time, and from where it was asked.

`requests` bounds each read alone; here all of it is bound, in time and in size.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from ..model.index.catalogue import is_private_talk

SILENT_SECONDS = 20.0
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5
CHUNK = 1 << 16
MIB = 1 << 20

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests

    from ..model.index.login import Login

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long an answer may take in all, and how large it may be, packed or unpacked."""

    seconds: float
    size: int


PAGE = Bounds(60.0, 64 * MIB)
FILE = Bounds(600.0, 2048 * MIB)


class NoAnswer(Exception):  # noqa: N818 - what is said of an index, not of us
    """There is no whole answer."""

    def __init__(self, *, why: str) -> None:
        """Keep why, in words that follow the name of the index."""
        super().__init__(why)


class Elsewhere(NoAnswer):
    """The answer is a redirect to another place."""

    def __init__(self, url: str) -> None:
        """Say to which server."""
        parts = urlsplit(url)
        server = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        super().__init__(why=f"it redirects to {ascii(server)[1:-1]}")
        self.url = url


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What comes with an answer, and the URL that gave it after all redirects.

    `is_counted` tells whether its length was announced, and so was compared.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    is_counted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked for. `login` is for the origin of `own` alone, and goes nowhere else.

    With `leaves` a redirect to another place is followed. No login from a netrc file is
    added: `requests` would add one for any host.
    """

    own: str
    url: str
    login: Login | None = field(default=None, repr=False)
    leaves: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None


def fetch(request: Request, bounds: Bounds, take: Callable[[bytes], object]) -> Head:
    """Ask for something, and give its content to `take`, piece by piece.

    Raises `NoAnswer` where it does not come whole, within bounds and from an allowed place.
    """
    from requests import RequestException  # noqa: PLC0415 - most commands do without
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    until = time.monotonic() + bounds.seconds
    try:
        return within(bounds.seconds, lambda: _followed(request, bounds, until, take))
    except (RequestException, HTTPError, ValueError) as error:
        raise NoAnswer(why=_why(error, bounds)) from None


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """Do something that may hang, in a thread that is left to itself after some seconds.

    Nothing else bounds the resolution of names, headers that come one byte a second, or
    the reading of HTML that was made to be slow.
    Raises `NoAnswer` where it takes longer.
    """
    done: Future[Found] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError:
        raise NoAnswer(why=f"no whole answer in {seconds:g} s") from None


def silent_seconds(bounds: Bounds) -> float:
    """Return how long an answer may be silent: uv's own variable for it, else our default."""
    variable = os.environ.get("UV_HTTP_TIMEOUT", "")
    wanted = float(variable) if variable.isdecimal() and int(variable) else SILENT_SECONDS
    return min(wanted, bounds.seconds)


def is_same_origin(url: str, other: str) -> bool:
    """Tell whether two URLs lead to one server: scheme, host and port.

    One that changes from HTTP to HTTPS, on their usual ports, stays.
    """
    return _origin(url) == _origin(other) or (
        (_origin(url)[0], _origin(other)[0]) == ("https", "http")
        and _origin(url)[1] == _origin(other)[1]
        and (_origin(url)[2], _origin(other)[2]) == (443, 80)
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


def _followed(
    request: Request, bounds: Bounds, until: float, take: Callable[[bytes], object]
) -> Head:
    url = request.url
    for _ in range(MOST_REDIRECTS + 1):
        with _sent(request, url, bounds) as response:
            if response.status_code not in REDIRECTS:
                _take(response, bounds, until, take)
                return _head(url, response)
            url = _target(request, url, response)
    raise NoAnswer(why=f"it redirects more than {MOST_REDIRECTS} times")


def _sent(request: Request, url: str, bounds: Bounds) -> requests.Response:
    import requests  # noqa: PLC0415 - see `fetch`

    return requests.request(
        "GET" if request.form is None else "POST",
        url,
        data=request.form,
        headers=request.headers,
        auth=(is_same_origin(url, request.own) and request.login) or _nobody,
        timeout=silent_seconds(bounds),
        allow_redirects=False,
        stream=True,
    )


def _nobody(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Log nobody in; without a login of its own, `requests` looks for one in netrc files."""
    return prepared


def _target(request: Request, url: str, response: requests.Response) -> str:
    """Return where a redirect leads; raise `NoAnswer` for a place that is not to be asked."""
    location = response.headers.get("Location", "")
    if not location:
        raise NoAnswer(why=f"it answers {response.status_code} without saying where to go")
    target = urljoin(url, location)
    if not request.leaves and not is_same_origin(target, request.own):
        raise Elsewhere(target)
    if is_private_talk(url) and not is_private_talk(target):
        raise NoAnswer(why=f"{Elsewhere(target)}, over plain http")
    return target


def _take(
    response: requests.Response, bounds: Bounds, until: float, take: Callable[[bytes], object]
) -> None:
    size = 0
    for piece in response.iter_content(CHUNK):
        size += len(piece)
        if size > bounds.size:
            raise NoAnswer(why=f"its answer is larger than {bounds.size // MIB} MiB")
        if time.monotonic() > until:
            raise TimeoutError
        take(piece)


def _head(url: str, response: requests.Response) -> Head:
    headers = response.headers
    is_chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
    is_measured = is_chunked or headers.get("Content-Length", "").isdecimal()
    return Head(
        url=url,
        status=response.status_code,
        headers=headers,
        is_counted=is_measured and "Content-Encoding" not in headers,
    )


def _why(error: Exception, bounds: Bounds) -> str:
    """Say why no whole answer came."""
    import requests  # noqa: PLC0415 - see `fetch`

    if isinstance(error, requests.Timeout) or "timed out" in str(error):  # so of the content
        seconds = silent_seconds(bounds)
        return f"no answer in {seconds:g} s{' (UV_HTTP_TIMEOUT)' * (seconds != SILENT_SECONDS)}"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "its answer is incomplete"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "its answer cannot be unpacked"
    return f"no answer ({type(error).__name__})"
