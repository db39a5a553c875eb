"""A new member: its manifest, for any build backend, and its place in the umbrella."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import tomlkit

from ..workspace.toml_tables import dumped, line_of, on_one_line, pair_of, table_at
from .naming import module_of
from .tables import Difference, Verdict
from .toml_writing import written

LIBRARY, APPLICATION = "library", "application"
KINDS = (LIBRARY, APPLICATION)
VERSION = "0.1.0"
AT_A_GLANCE = 4  # names in a list on one line
TESTS = ("coverage>=7.10", "pytest>=9")


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """A build backend: what it needs, and what it has to be told of a namespace.

    `of_namespace` is a line of TOML with `{namespace}` and `{module}` in it, and the table
    that it stands in.
    """

    requires: str
    name: str
    table: str = ""
    of_namespace: str = ""


# By the words of `uv init --build-backend`, as far as they build what is pure Python.
# https://docs.astral.sh/uv/concepts/projects/init/
BACKENDS: Mapping[str, Backend] = {
    "uv": Backend(
        requires="uv_build>=0.9,<1",
        name="uv_build",
        table="tool.uv.build-backend",
        of_namespace='module-name = "{module}"',
    ),
    "hatch": Backend(
        requires="hatchling>=1.27",
        name="hatchling.build",
        table="tool.hatch.build.targets.wheel",
        of_namespace='packages = ["src/{namespace}"]',
    ),
    "setuptools": Backend(requires="setuptools>=77", name="setuptools.build_meta"),
    "flit": Backend(
        requires="flit_core>=3.12,<4",
        name="flit_core.buildapi",
        table="tool.flit.module",
        of_namespace='name = "{module}"',
    ),
    "pdm": Backend(
        requires="pdm-backend>=2.4",
        name="pdm.backend",
        table="tool.pdm.build",
        of_namespace='includes = ["src/{namespace}"]',
    ),
    "poetry": Backend(
        requires="poetry-core>=2.2",
        name="poetry.core.masonry.api",
        table="tool.poetry",
        of_namespace='packages = [{{ include = "{namespace}", from = "src" }}]',
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMember:
    """A member to be: its name, its kind, where it lies and what it requires.

    `requirements` are internal, with their ranges, by the names of the siblings. `told` is
    what the root says of the whole project, which the member says, too.
    """

    name: str
    kind: str
    folder: str
    namespace: str = ""
    backend: Backend = BACKENDS["uv"]
    requirements: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """Return the name that it is imported by."""
        return module_of(self.name, self.namespace)

    @property
    def package(self) -> str:
        """Return the folder of its code, from its own."""
        return f"src/{self.module.replace('.', '/')}"

    @property
    def description(self) -> str:
        """Return a sentence to begin with, without its full stop."""
        return f"The {self.name} {self.kind}"


def manifest_of(member: NewMember) -> str:
    """Write the manifest of a member: https://packaging.python.org/specifications/pyproject-toml/."""
    return "\n".join(_lines(member)) + "\n"


def _lines(member: NewMember) -> Iterator[str]:
    told = member.told
    yield "[project]"
    yield f'name = "{member.name}"'
    yield f'version = "{VERSION}"'
    yield f'description = "{member.description}"'
    yield 'readme = "README.md"'
    if "license" in told:
        yield f"license = {line_of(told['license'])}"
        yield 'license-files = ["LICENSE"]'
    yield f"requires-python = {line_of(told.get('requires-python', '>=3.11'))}"
    if "authors" in told:
        yield f"authors = {line_of(told['authors'])}"
    yield 'classifiers = ["Programming Language :: Python :: 3", "Typing :: Typed"]'
    yield from _list("dependencies", list(member.requirements.values()))
    if member.kind == APPLICATION:
        yield from ("", "[project.scripts]", f'{member.name} = "{member.module}:main"')
    if "urls" in told:
        yield from ("", "[project.urls]")
        yield from (pair_of(key, value) for key, value in told["urls"].items())
    if member.requirements:
        yield from ("", "[tool.uv.sources]")
        yield from (f"{name} = {{ workspace = true }}" for name in sorted(member.requirements))
    yield from ("", "[dependency-groups]", f"test = {line_of(list(TESTS))}")
    yield from _build_system(member)


def _build_system(member: NewMember) -> Iterator[str]:
    backend = member.backend
    yield from ("", "[build-system]", f'requires = ["{backend.requires}"]')
    yield f'build-backend = "{backend.name}"'
    if member.namespace and backend.table:
        names = {"namespace": member.namespace, "module": member.module}
        yield from ("", f"[{backend.table}]", backend.of_namespace.format(**names))


def _list(key: str, texts: Sequence[str]) -> Iterator[str]:
    if len(texts) < 2:  # a list of one stands on a line
        yield f"{key} = {line_of(list(texts))}"
        return
    yield from (f"{key} = [", *(f"    {line_of(text)}," for text in texts), "]")


def with_place(text: str, name: str) -> str:
    """Return the root manifest of an umbrella with a place for a member, among those it has."""
    document: Any = tomlkit.parse(text)
    project = document["project"]
    project["dependencies"] = _with_name(project["dependencies"], name)
    sources = table_at(document, ("tool", "uv", "sources"))
    sources[name] = on_one_line({"workspace": True})
    return dumped(document, text)


def _with_name(names: Any, name: str) -> Any:  # noqa: ANN401 - an array of tomlkit's
    """Add a name in its place; a list of many stands on lines of their own, comments stay."""
    if "\n" in names.as_string():
        names.insert(sum(1 for each in names if str(each) < name), name)
        return names
    ordered = sorted([*map(str, names), name])
    made: Any = on_one_line(ordered)
    return made.multiline(multiline=True) if len(ordered) > AT_A_GLANCE else made


def lists_each(globs: Sequence[str]) -> bool:
    """Tell whether a workspace lists its members one by one, and not by globs."""
    return bool(globs) and not any(character in glob for glob in globs for character in "*?[")


def with_folder(text: str, folder: str) -> str:
    """Return the root manifest of such a workspace with one more member."""
    keys = ("tool", "uv", "workspace", "members")
    members = [*table_at(tomlkit.parse(text), keys[:-1])["members"], folder]
    return written(text, [Difference(Verdict.TAKE, keys, target=members)])


def without_place(text: str, name: str) -> str:
    """Return the root manifest of an umbrella without a member that is gone."""
    document: Any = tomlkit.parse(text)
    dependencies = document["project"]["dependencies"]
    for place in reversed(range(len(dependencies))):
        if str(dependencies[place]) == name:
            del dependencies[place]
    document["tool"]["uv"]["sources"].pop(name, None)
    return dumped(document, text)
