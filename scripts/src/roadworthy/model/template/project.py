"""A project that is made of the template: who it is, and what its root manifest says then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tomlkit.items import Table

from ..workspace.home import TOOLING
from ..workspace.toml_tables import Document, dumped, is_in_line, on_one_line, table_at

SUFFIX = "-workspace"


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """Whose project it is, where it lives, and under which licence."""

    name: str
    repository: str
    author: str
    email: str = ""
    license: str = "MIT"

    @property
    def umbrella(self) -> str:
        """Return the name of the project at the root, which requires every member."""
        return self.name if self.name.endswith(SUFFIX) else f"{self.name}{SUFFIX}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What a project was made of: a repository, a commit of it, and the tooling in it.

    `tag` is the newest of the tooling that the commit has; empty where there is none.
    """

    url: str
    revision: str
    tag: str = ""
    subdirectory: str = "scripts"

    @property
    def source(self) -> Mapping[str, str]:
        """Return where uv takes the tooling from.

        https://docs.astral.sh/uv/concepts/projects/dependencies/#git
        """
        at = {"tag": self.tag} if self.tag else {"rev": self.revision}
        return {"git": self.url, **at, "subdirectory": self.subdirectory}


def root_of(
    text: str,
    project: Project,
    origin: Origin,
    *,
    gone: Collection[str] = (),
    tooling_by_git: bool = True,
    index: str = "",
) -> str:
    """Return the root manifest of a project, made of the template's.

    `gone` are members that it does not keep; `index` is where it publishes, empty for git alone.
    """
    document: Any = tomlkit.parse(text)
    _describe(document["project"], project, in_line=is_in_line(document, ("project",)))
    _forget(document, gone)
    if tooling_by_git:
        members = document["tool"]["uv"]["workspace"]["members"]
        members.remove(origin.subdirectory)
        document["tool"]["uv"]["sources"][TOOLING] = on_one_line(origin.source)
    table_at(document, ("tool", "release"))["index"] = index
    values = {"source": origin.url, "revision": origin.revision}
    is_on_lines = not is_in_line(document, ("tool",))
    document["tool"]["template"] = _table(values) if is_on_lines else on_one_line(values)
    return dumped(document, text)


def with_license(text: str, license_name: str) -> str:
    """Return the manifest of a member under another licence."""
    document: Any = tomlkit.parse(text)
    document["project"]["license"] = license_name
    return dumped(document, text)


def _describe(table: Document, project: Project, *, in_line: bool) -> None:
    table["name"] = project.umbrella
    table["description"] = f"Every member of the {project.name} workspace"
    table["license"] = project.license
    person = {"name": project.author} | ({"email": project.email} if project.email else {})
    authors = tomlkit.array()
    authors.append(on_one_line(person))
    table["authors"] = authors
    values = {"Repository": project.repository}
    table["urls"] = on_one_line(values) if in_line else _apart(_table(values))


def _forget(document: Document, gone: Collection[str]) -> None:
    """Take members out of the umbrella, and their sources."""
    dependencies: Any = document["project"]["dependencies"]
    for place in reversed(range(len(dependencies))):
        if canonicalize_name(Requirement(str(dependencies[place])).name) in gone:
            del dependencies[place]
    sources = document["tool"]["uv"]["sources"]
    for name in [name for name in sources if canonicalize_name(name) in gone]:
        del sources[name]


def _apart(table: Table) -> Table:
    table.add(tomlkit.nl())
    return table


def _table(values: Mapping[str, str]) -> Table:
    table = tomlkit.table()
    table.update(values)
    return table
