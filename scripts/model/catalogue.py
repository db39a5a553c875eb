"""The catalogue of package indexes: what each is reached by, and how it treats people."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from .problem import Problem, UsageFailure, stop_on

_ASKED = re.compile(r"\{([A-Z_]+)\}")
NO_INDEX = {"github", "github-packages", "ghcr"}
GITHUB_WAYS = (
    "GitHub offers git URLs (`nox -s snippet`), files attached to a release, and trusted "
    "publishing to PyPI from a workflow"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An index as the catalogue has it; what stands in braces is still to be filled in."""

    title: str
    url: str
    publish_url: str = ""
    private: bool
    user: str = ""
    password: str = ""
    token: str = ""
    keyring: str = ""
    duplicates: str = ""
    documentation: str = ""
    unverified: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """Return what has to be told, in the order of its appearance."""
        return tuple(dict.fromkeys(_ASKED.findall(self.url + self.publish_url + self.token)))

    def filled(self, values: Mapping[str, str]) -> "Entry":
        """Fill in what was told; raise `UsageFailure` where something is missing or unknown."""
        missing = [key for key in self.asked if not values.get(key)]
        strange = sorted(values.keys() - set(self.asked))
        line = " ".join(f"--set {key}=..." for key in self.asked)
        hint = f"{self.title} needs: {line}" if line else f"{self.title} takes no --set"
        stop_on(
            (Problem(f"{key} is not told", hint) for key in missing),
            UsageFailure,
        )
        stop_on((Problem(f"`{key}` is nothing to set", hint) for key in strange), UsageFailure)
        return replace(
            self,
            url=self.url.format_map(values),
            publish_url=self.publish_url.format_map(values),
            token=self.token.format_map(values),
        )


def read_catalogue(text: str) -> dict[str, Entry]:
    """Read the catalogue."""
    return {
        name: Entry(**{key.replace("-", "_"): value for key, value in table.items()})
        for name, table in tomllib.loads(text).items()
    }


def choose(catalogue: Mapping[str, Entry], kind: str) -> Entry:
    """Return an entry; raise `UsageFailure` for an index that is not there."""
    if kind.lower() in NO_INDEX:
        raise UsageFailure(Problem("GitHub has no package index for Python", GITHUB_WAYS))
    if kind not in catalogue:
        known = ", ".join(catalogue)
        hint = f"known are {known}; any other by --url and --publish-url"
        raise UsageFailure(Problem(f"no index is known as `{kind}`", hint))
    return catalogue[kind]


def url_problems(entry: Entry) -> list[Problem]:
    """Refuse what would send credentials in the open, or keep them in the manifest."""
    found = []
    for url in filter(None, (entry.url, entry.publish_url)):
        parts = urlsplit(url)
        is_here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            found.append(Problem(f"{url} is not https", "credentials would be sent in the open"))
        if parts.username or parts.password:
            hint = "give them by environment: UV_INDEX_<NAME>_USERNAME and _PASSWORD"
            found.append(Problem("the URL has credentials, which everybody would read", hint))
        if (parts.hostname or "").endswith("pkg.github.com"):
            found.append(Problem("GitHub has no package index for Python", GITHUB_WAYS))
    return found
