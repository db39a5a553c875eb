"""The routes by which a consumer reaches members in git, each as they would walk it.

A route is a row of the table below: what its consumer types, for uv and for pip.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from ...model.consumer.consumer import Revisions, requirements, with_direct_references, with_sources
from ...model.workspace.workspace import MANIFEST, Member
from ...ops import pip, uv

REQUIREMENTS = "requirements.txt"
CONSTRAINTS = "constraints.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Consumer:
    """Somebody who installs members into an environment of their own, away from the workspace.

    `everything` is the members with all siblings that they require: what pip has to be
    told. Lock files are copied to `kept`, before anything is installed by them.
    """

    members: Sequence[Member]
    everything: Sequence[Member]
    revisions: Revisions
    folder: Path
    kept: Path
    environment: Mapping[str, str]
    python: str

    @property
    def urls(self) -> list[str]:
        """Return what names the members, for an installer that finds their siblings."""
        return [self.revisions[m.name].requirement(m) for m in self.members]

    @property
    def all_urls(self) -> list[str]:
        """Return what names the members and all their siblings."""
        return [self.revisions[m.name].requirement(m) for m in self.everything]

    @property
    def requires_python(self) -> str:
        """Return the interpreters that a project of theirs may be for."""
        return ",".join(sorted({m.requires_python for m in self.everything if m.requires_python}))

    def new_environment(self) -> Path:
        """Make an environment; return its interpreter."""
        return uv.make_environment(self.folder / "env", self.environment, self.python)

    def write(self, name: str, text: str) -> Path:
        """Write a file of theirs."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path


def _uv_install(consumer: Consumer, *arguments: str) -> Path:
    python = consumer.new_environment()
    uv.install(python, arguments, consumer.environment)
    return python


def _pip_install(consumer: Consumer, *arguments: str) -> Path:
    python = consumer.new_environment()
    pip.install(python, arguments, consumer.environment)
    return python


def _urls_with_uv(consumer: Consumer) -> Path:
    return _uv_install(consumer, *consumer.urls)


def _urls_with_pip(consumer: Consumer) -> Path:
    return _pip_install(consumer, *consumer.all_urls)


def _requirements_file(consumer: Consumer) -> tuple[str, str]:
    text = requirements(consumer.everything, consumer.revisions)
    return "-r", str(consumer.write(REQUIREMENTS, text))


def _requirements_with_uv(consumer: Consumer) -> Path:
    return _uv_install(consumer, *_requirements_file(consumer))


def _requirements_with_pip(consumer: Consumer) -> Path:
    return _pip_install(consumer, *_requirements_file(consumer))


def _constraints_with_pip(consumer: Consumer) -> Path:
    """Name the members alone, and say in a file of constraints where each sibling is."""
    # A constraint may have no extras: https://pip.pypa.io/en/stable/user_guide/#constraints-files
    plain = {name: replace(each, is_tried=False) for name, each in consumer.revisions.items()}
    path = consumer.write(CONSTRAINTS, requirements(consumer.everything, plain))
    return _pip_install(consumer, "-c", str(path), *consumer.urls)


def _tool_with_uv(consumer: Consumer) -> Path:
    (url,) = consumer.urls
    return uv.tool_environment(url, consumer.environment, consumer.python)


def _sources_with_uv(consumer: Consumer) -> Path:
    """Lock a project that takes members by `[tool.uv.sources]`, then sync what was locked."""
    text = with_sources(consumer.members, consumer.revisions, consumer.requires_python)
    return _sync(consumer, text)


def _project_with_uv(consumer: Consumer) -> Path:
    text = with_direct_references(consumer.members, consumer.revisions, consumer.requires_python)
    return _sync(consumer, text)


def _sync(consumer: Consumer, manifest: str) -> Path:
    project = consumer.write(MANIFEST, manifest).parent
    python = consumer.new_environment()
    uv.lock_project(project, consumer.environment, str(python))
    uv.sync(project, python.parents[1], consumer.environment, str(python), "--locked")
    return python


def _project_with_pip(consumer: Consumer) -> Path:
    members = consumer.everything
    text = with_direct_references(members, consumer.revisions, consumer.requires_python)
    project = consumer.write(f"project/{MANIFEST}", text).parent
    return _pip_install(consumer, str(project))


def _pylock_with_uv(consumer: Consumer) -> Path:
    python = consumer.new_environment()
    uv.pip_sync(python, write_pylock(consumer), consumer.environment)
    return python


def _pylock_with_pip(consumer: Consumer) -> Path:
    return _pip_install(consumer, "-r", str(write_pylock(consumer)))


def write_pylock(consumer: Consumer) -> Path:
    """Write the `pylock.toml` of members: all that they require, siblings by their commit.

    https://packaging.python.org/en/latest/specifications/pylock-toml/
    """
    text = with_sources(consumer.members, consumer.revisions, consumer.requires_python)
    name = consumer.members[0].name
    project = consumer.write(f"{name}/{MANIFEST}", text).parent
    target = consumer.folder / pylock_name(name)
    uv.export_pylock(project, target, consumer.environment, consumer.python)
    consumer.kept.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target, consumer.kept / target.name)
    return target


def pylock_name(name: str) -> str:
    """Return the name of a member's lock file."""
    return f"pylock.{name}.toml"


class Together(Enum):
    """Which members an installation takes at once."""

    ONE = "each member in an environment of its own"
    COMMIT = "the members of one commit in one environment for each core"
    ALL = "all members in one environment, wherever they come from"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A route with one installer; `install` returns the interpreter of the environment."""

    route: str
    installer: str
    install: Callable[[Consumer], Path]
    together: Together = Together.ONE
    takes: Callable[[Member], bool] = lambda member: member.path != "."


def _is_umbrella(member: Member) -> bool:
    return member.path == "."


def _has_command(member: Member) -> bool:
    return bool(member.commands)


def _any(_: Member) -> bool:
    return True


# pip is slow at each URL: one environment proves many members.
WAYS: tuple[Way, ...] = (
    Way(route="direct", installer="uv", install=_urls_with_uv, takes=_any),
    Way(
        route="direct",
        installer="pip",
        install=_urls_with_pip,
        takes=_any,
        together=Together.COMMIT,
    ),
    Way(route="umbrella", installer="uv", install=_urls_with_uv, takes=_is_umbrella),
    Way(route="umbrella", installer="pip", install=_urls_with_pip, takes=_is_umbrella),
    Way(
        route="requirements",
        installer="uv",
        install=_requirements_with_uv,
        together=Together.COMMIT,
    ),
    Way(
        route="requirements",
        installer="pip",
        install=_requirements_with_pip,
        together=Together.COMMIT,
    ),
    Way(
        route="constraints",
        installer="pip",
        install=_constraints_with_pip,
        together=Together.COMMIT,
    ),
    Way(route="tool", installer="uv", install=_tool_with_uv, takes=_has_command),
    Way(route="sources", installer="uv", install=_sources_with_uv),
    Way(route="project", installer="uv", install=_project_with_uv),
    Way(route="project", installer="pip", install=_project_with_pip, together=Together.COMMIT),
    Way(route="together", installer="uv", install=_sources_with_uv, together=Together.ALL),
    Way(route="together", installer="pip", install=_urls_with_pip, together=Together.ALL),
    Way(route="pylock", installer="uv", install=_pylock_with_uv),
    Way(route="pylock", installer="pip", install=_pylock_with_pip),
)
