"""The door to a package index: read what it has, and never guess.

https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from ..model.index.catalogue import is_private_talk
from ..model.index.filename import version_of
from ..model.index.listing import ACCEPTED, Answer, Doubt, File, files_listed, is_page_of
from ..model.index.login import Login
from ..model.plan.facts import Page
from ..model.problem import Failure, Problem
from ..model.url import without_credentials
from ..model.workspace.workspace import Index
from . import reading
from .fetch import FILE, PAGE, Elsewhere, Head, NoAnswer, Request, fetch, is_same_origin, within

AT_ONCE = 8
HANDS_ON = (
    "it hands requests on for names that it lacks, where a stranger may have them: turn that "
    "off there, or give the URL that answers by itself; map members to it with `explicit = true`"
)


def read_pages(index: Index, names: Iterable[str]) -> dict[NormalizedName, Page]:
    """Read what an index has of each member, side by side."""
    wanted = [NormalizedName(name) for name in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(lambda name: read_page(index, name), wanted), strict=True))


def read_page(index: Index, name: NormalizedName) -> Page:
    """Read what an index has of one member; an answer that is not one is `unknown`."""
    try:
        head, files = _read(index, name)
        listed = _by_version(index, files)
    except _Refused as refused:
        return Page(unknown=str(refused), way_out=refused.way_out)
    except Elsewhere as elsewhere:
        return Page(unknown=str(elsewhere), way_out=HANDS_ON)
    except (NoAnswer, Doubt) as doubt:
        return Page(unknown=str(doubt))
    begun = _begun(files)
    kept = {version_of(file.filename) for file in files if not file.is_yanked}
    return Page(
        files=listed,
        begun=begun,
        asked=_date(head) if begun else None,
        yanked=frozenset(version for version in listed if version not in kept),
    )


class _Refused(Doubt):
    """An index answers with a status that says nothing of a project."""

    def __init__(self, index: Index, status: int) -> None:
        keyless = ", and the keyring gives no password for it" * reading.misses_keyring(index)
        super().__init__(why=f"it answers {_words(status)}{keyless}")
        is_locked = status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
        self.way_out = f"set {' and '.join(index.variables)} to read it" if is_locked else ""


def _words(status: int) -> str:
    """Return a status in our own words: those of an index may be anything."""
    known = {each.value: each.phrase for each in HTTPStatus}
    return f"{status} {known.get(status, '')}".strip()


def _read(index: Index, name: NormalizedName) -> tuple[Head | None, Sequence[File]]:
    """Return the files that the page of a member lists; none for a member that is not there.

    Raises `Doubt` or `NoAnswer` where the index does not say what it has.
    """
    login = reading.credentials(index)
    if login and not is_private_talk(index.url):
        raise Doubt(why="it is not https, and the credentials would be sent in the open")
    body = bytearray()
    try:
        head = fetch(_page_of(index, name, login), PAGE, body.extend)
    except Elsewhere as elsewhere:
        if _is_forward(index, elsewhere.url):
            return None, ()
        raise
    if head.status == HTTPStatus.NOT_FOUND and is_page_of(head.url, name):
        return head, ()
    if head.status != HTTPStatus.OK:
        raise _Refused(index, head.status)
    answer = Answer(
        url=head.url,
        content_type=head.headers.get("Content-Type", ""),
        body=bytes(body),
        is_counted=head.is_counted,
    )
    return head, within(PAGE.seconds, lambda: files_listed(answer, name))


def _page_of(index: Index, name: NormalizedName, login: Login | None) -> Request:
    return Request(
        own=index.shown,
        url=f"{index.shown.rstrip('/')}/{name}/",
        login=login,
        headers={"Accept": ACCEPTED, "Cache-Control": "no-cache"},
    )


def _is_forward(index: Index, url: str) -> bool:
    """Tell whether an index sends there all who ask for what it does not have."""
    from .known_indexes import entry_of  # noqa: PLC0415 - 20 ms, and seldom

    entry = entry_of(index)
    return entry is not None and bool(entry.forward) and is_same_origin(url, entry.forward)


def _by_version(index: Index, files: Iterable[File]) -> dict[Version, dict[str, str]]:
    found: dict[Version, dict[str, str]] = {}
    for file in files:
        version = version_of(file.filename)
        if version is not None:
            found.setdefault(version, {})[file.filename] = file.sha256 or _hash(index, file)
    return found


def _hash(index: Index, file: File) -> str:
    """Return the hash of a file's bytes, where the index lists none."""
    made = hashlib.sha256()
    _take_file(index, file, made.update)
    return made.hexdigest()


def _take_file(index: Index, file: File, take: Callable[[bytes], object]) -> None:
    """Fetch a file; credentials are for the index alone, wherever it may have its files."""
    login = reading.credentials(index)
    request = Request(own=index.shown, url=file.url, login=login, leaves=True)
    if is_private_talk(index.url) and not is_private_talk(file.url):
        raise NoAnswer(why="its files would be fetched over plain http")
    status = fetch(request, FILE, take).status
    if status != HTTPStatus.OK:
        raise NoAnswer(why=f"it answers {_words(status)} for {file.filename}")


def _begun(files: Iterable[File]) -> dict[Version, datetime]:
    """Return when the first file of each version was uploaded, where the index says so."""
    begun: dict[Version, datetime] = {}
    for file in files:
        version, when = version_of(file.filename), file.uploaded
        if version is not None and when is not None:
            begun[version] = min(begun.get(version, when), when)
    return begun


def _date(head: Head | None) -> datetime | None:
    """Return the index's own time; a clock of ours decides nothing."""
    try:
        date = parsedate_to_datetime(head.headers["Date"]) if head else None
    except (KeyError, ValueError):
        return None
    return date.replace(tzinfo=UTC) if date and date.tzinfo is None else date


def asked_to_upload(index: Index, sent: Login) -> str:
    """Post an upload that has no file; return the status, or why there is none."""
    form = {":action": "file_upload", "protocol_version": "1"}
    url = without_credentials(index.publish_url)
    request = Request(own=url, url=url, login=sent, form=form)
    try:
        return str(fetch(request, PAGE, len).status)
    except NoAnswer as none:
        return str(none)


def download(index: Index, filename: str, name: NormalizedName, folder: Path) -> Path:
    """Fetch a distribution of an index into a folder.

    Raises `Failure` where it does not give it, or not with the hash that it lists.
    """
    path = folder / filename
    made = hashlib.sha256()
    try:
        file = next((f for f in _read(index, name)[1] if f.filename == filename), None)
        if file is None:
            raise Doubt(why="it is not listed there")  # noqa: TRY301 - told like all other reasons
        with path.open("wb") as target:

            def take(piece: bytes) -> None:
                target.write(piece)
                made.update(piece)

            _take_file(index, file, take)
        if file.sha256 not in {"", made.hexdigest()}:
            raise Doubt(why="the file does not match the listed hash")  # noqa: TRY301
    except (NoAnswer, Doubt) as why:
        message = f"the index {index.name} does not give {filename}: {why}"
        raise Failure(Problem("index-download", message, "try again later", name)) from None
    return path
