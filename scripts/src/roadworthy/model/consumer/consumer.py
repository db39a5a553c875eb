"""What a consumer writes to install members from git, in each form that uv and pip read.

The same lines are printed for people, verified, and attached to a release.
https://packaging.python.org/en/latest/specifications/version-specifiers/#direct-references
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import tomlkit
from tomlkit.items import InlineTable

from ..workspace.workspace import Member

NAME = "consumer"
# A project that has no code of its own, and that pip can install all the same.
BUILD = {"requires": ["uv_build>=0.9,<1"], "build-backend": "uv_build"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """A revision of a repository as a consumer names it; no name is the default branch.

    `key` is uv's key for such a name: `tag`, `branch` or `rev`. Where it `is_tried`, members
    come with the extras that they are proven with.
    https://docs.astral.sh/uv/concepts/projects/dependencies/#git
    """

    url: str
    prefix: str = ""
    name: str = ""
    key: str = "rev"
    is_tried: bool = False

    def subdirectory(self, member: Member) -> str:
        """Return where a member lies in the repository; empty at its top."""
        return "/".join(part for part in (self.prefix, member.path) if part not in {"", "."})

    def direct_url(self, member: Member) -> str:
        """Return the URL that an installer takes for a member, without its name."""
        at = f"@{self.name}" if self.name else ""
        path = self.subdirectory(member)
        return f"git+{self.url}{at}" + (f"#subdirectory={path}" if path else "")

    def requirement(self, member: Member) -> str:
        """Return the line that both installers take for a member."""
        return f"{self.named(member)} @ {self.direct_url(member)}"

    def named(self, member: Member) -> str:
        """Return the name of a member, with the extras that it is tried with."""
        return f"{member.name}{member.proof.in_brackets if self.is_tried else ''}"

    def source(self, member: Member) -> InlineTable:
        """Return a member's entry in `[tool.uv.sources]`, on one line as TOML wants it."""
        values = {"git": self.url, self.key: self.name, "subdirectory": self.subdirectory(member)}
        table = tomlkit.inline_table()
        table.update({key: value for key, value in values.items() if value})
        return table


# Which revision each member is taken from; siblings of one consumer may differ for pip.
Revisions = Mapping[str, Revision]


def requirements(members: Iterable[Member], revisions: Revisions) -> str:
    """Return a requirements file, or a constraints file: a line for each member."""
    return "".join(f"{revisions[m.name].requirement(m)}\n" for m in members)


def with_sources(members: Sequence[Member], revisions: Revisions, python: str) -> str:
    """Return the manifest of a uv project that takes members by `[tool.uv.sources]`."""
    document = _project([revisions[m.name].named(m) for m in members], python)
    sources = {m.name: revisions[m.name].source(m) for m in members}
    document["tool"] = {"uv": {"sources": sources}}
    return tomlkit.dumps(document)


def with_direct_references(members: Sequence[Member], revisions: Revisions, python: str) -> str:
    """Return the manifest of a project that requires members by URL, for uv and for pip."""
    document = _project([revisions[m.name].requirement(m) for m in members], python)
    document["build-system"] = BUILD
    document["tool"] = {"uv": {"build-backend": {"module-name": []}}}
    return tomlkit.dumps(document)


def _project(dependencies: Sequence[str], python: str) -> tomlkit.TOMLDocument:
    listed = tomlkit.array()
    listed.extend(dependencies)
    document = tomlkit.document()
    document["project"] = {
        "name": NAME,
        "version": "0",
        "requires-python": python or ">=3.8",
        "dependencies": listed.multiline(multiline=True),
    }
    return document
