"""The catalogue of package indexes: what each is reached by, and how it treats people."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from ..problem import Problem, UsageFailure, stop_on
from ..url import without_credentials

_ASKED = re.compile(r"\{([A-Z_]+)\}")
NO_INDEX = {"github", "github-packages", "ghcr"}
GITHUB_WAYS = (
    "GitHub offers git URLs (`nox -s snippet`), files attached to a release, and trusted "
    "publishing to PyPI from a workflow"
)


class Rule(StrEnum):
    """What an index does with a file that it has already."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    OVERWRITTEN = "overwritten"
    AS_CONFIGURED = "as configured"
    UNKNOWN = "unknown"


_RULES = ("same-bytes", "other-bytes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An index as the catalogue has it; what stands in braces is still to be filled in.

    An empty text and a zero stand for what is not documented.
    """

    title: str
    url: str
    publish_url: str = ""
    forward: str = ""
    private: bool
    user: str = ""
    password: str = ""
    login: str = ""
    token: str = ""
    token_seconds: int = 0
    trusted_publishing_seconds: int = 0
    keyring: str = ""
    metadata_version: str = ""
    local_versions: bool = True
    standard_library_names: bool = True
    new_projects_an_hour: int = 0
    open_days: int = 0
    same_bytes: Rule = Rule.UNKNOWN
    other_bytes: Rule = Rule.UNKNOWN
    duplicates: str = ""
    unverified: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """Return what has to be given, in the order of its appearance."""
        return tuple(dict.fromkeys(_ASKED.findall(self.url + self.publish_url + self.token)))

    def filled(self, values: Mapping[str, str]) -> "Entry":
        """Fill in what was given; raise `UsageFailure` where something is missing or unknown."""
        missing = [key for key in self.asked if not values.get(key)]
        strange = sorted(values.keys() - set(self.asked))
        line = " ".join(f"--set {key}=..." for key in self.asked)
        hint = f"{self.title} needs: {line}" if line else f"{self.title} takes no --set"
        stop_on(
            (Problem("index-value", f"{key} is missing", hint) for key in missing),
            UsageFailure,
        )
        stop_on(
            (
                Problem("index-value", f"`{key}` is not a value of this index", hint)
                for key in strange
            ),
            UsageFailure,
        )
        return self.partly_filled(values)

    def partly_filled(self, values: Mapping[str, str]) -> "Entry":
        """Fill in what is known; the rest is still to be given."""

        def known(pattern: str) -> str:
            return _ASKED.sub(lambda found: values.get(found[1], found[0]), pattern)

        return replace(
            self,
            url=known(self.url),
            publish_url=known(self.publish_url),
            forward=known(self.forward),
            token=known(self.token),
        )


def read_catalogue(text: str) -> dict[str, Entry]:
    """Read the catalogue."""
    return {name: _entry(table) for name, table in tomllib.loads(text).items()}


def _entry(table: dict[str, Any]) -> Entry:
    rules = {key: Rule(table[key]) for key in _RULES if key in table}
    return Entry(**{key.replace("-", "_"): value for key, value in (table | rules).items()})


def recognised(catalogue: Mapping[str, Entry], url: str) -> Entry | None:
    """Return the entry that a configured URL is of, to read or to upload; None for a stranger's.

    Where several fit, the one whose pattern says most of the URL wins.
    """
    parts = urlsplit(url)
    place = (parts.netloc.rpartition("@")[2].lower() + parts.path).rstrip("/")
    fitting = (
        (len(_ASKED.sub("", pattern)), entry)
        for entry in catalogue.values()
        for pattern in (entry.url, entry.publish_url)
        if place and _shape(pattern).fullmatch(place)
    )
    return max(fitting, key=lambda found: found[0], default=(0, None))[1]


def _shape(pattern: str) -> re.Pattern[str]:
    """Return what a URL looks like, without its scheme and its last slash."""
    place = pattern.partition("://")[2].rstrip("/")
    fixed = _ASKED.split(place)[::2]  # between them are the names of what is asked for
    return re.compile("[^/]+".join(re.escape(piece) for piece in fixed))


def choose(catalogue: Mapping[str, Entry], kind: str) -> Entry:
    """Return an entry; raise `UsageFailure` for an index that is not there."""
    if kind.lower() in NO_INDEX:
        raise UsageFailure(
            Problem("index-github", "GitHub has no package index for Python", GITHUB_WAYS)
        )
    if kind not in catalogue:
        known = ", ".join(catalogue)
        hint = f"known indexes: {known}; for any other, use --url and --publish-url"
        raise UsageFailure(Problem("index-unknown", f"no index is known as `{kind}`", hint))
    return catalogue[kind]


def url_problems(*urls: str) -> list[Problem]:
    """Refuse what would send credentials in the open, or to where no index is."""
    found = []
    for url in filter(None, urls):
        if not is_private_talk(url):
            shown = without_credentials(url)
            found.append(
                Problem(
                    "index-not-https",
                    f"{shown} is not https",
                    "credentials would be sent in the open",
                )
            )
        if (urlsplit(url).hostname or "").endswith("pkg.github.com"):
            found.append(
                Problem("index-github", "GitHub has no package index for Python", GITHUB_WAYS)
            )
    return found


def credential_problems(*urls: str) -> list[Problem]:
    """Refuse to keep credentials in the manifest."""
    hint = "give them by environment: UV_INDEX_<NAME>_USERNAME and _PASSWORD"
    with_login = (url for url in urls if urlsplit(url).username or urlsplit(url).password)
    return [
        Problem(
            "index-url-credentials", "the URL has credentials, which everybody would read", hint
        )
        for _ in with_login
    ]


def is_private_talk(url: str) -> bool:
    """Tell whether nobody on the way can read what is sent: TLS, or this machine alone."""
    parts = urlsplit(url)
    is_here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return parts.scheme == "https" or (parts.scheme == "http" and is_here)
