"""The lines that a consumer copies to install members from git, for every tool of theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..workspace.workspace import MANIFEST, Member
from .consumer import Revision, Revisions, requirements, with_sources


@dataclass(frozen=True, kw_only=True, slots=True)
class Snippet:
    """Lines to copy: for a shell, or into the file that is named."""

    title: str
    text: str
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to install: members, all that pip must be told, and the revision."""

    members: Sequence[Member]
    everything: Sequence[Member]
    revision: Revision

    @property
    def requires_python(self) -> str:
        """Return the interpreters that all of it is for."""
        return ",".join(sorted({m.requires_python for m in self.everything if m.requires_python}))

    def urls(self, members: Sequence[Member]) -> list[str]:
        """Return each member's requirement, quoted for a shell."""
        return [f'"{self.revision.requirement(member)}"' for member in members]


def snippets(wish: Wish) -> Iterator[Snippet]:
    """Write what installs the members, tool by tool."""
    revisions: Revisions = {member.name: wish.revision for member in wish.everything}
    project = with_sources(wish.members, revisions, wish.requires_python)
    listed = requirements(wish.everything, revisions)
    yield Snippet(title="In a uv project", text="\n".join(_added(wish)))
    yield Snippet(title="The same, as a uv project's manifest", text=project, file=MANIFEST)
    if wish.revision.key == "branch" or not wish.revision.name:
        yield Snippet(title="There, to take what is new", text=_upgrade(wish))
    yield Snippet(title="Into an environment, with uv", text=_uv_install(wish))
    yield from _tools(wish)
    yield Snippet(title="With pip, every sibling by its URL", text=_pip_install(wish))
    yield Snippet(title="As requirements, for both", text=listed, file="requirements.txt")
    yield Snippet(title="As constraints, for pip", text=listed, file="constraints.txt")
    line = f"python -m pip install -c constraints.txt {' '.join(wish.urls(wish.members))}"
    yield Snippet(title="With pip and those constraints", text=line)
    yield from _locks(wish)
    yield Snippet(title="In a container", text=_dockerfile(wish), file="Dockerfile")


def _added(wish: Wish) -> Iterator[str]:
    """Write the lines of `uv add`; its options mean a tag even where a branch has the name."""
    unpinned = Revision(url=wish.revision.url, prefix=wish.revision.prefix)
    pin = f" --{wish.revision.key} {wish.revision.name}" if wish.revision.name else ""
    for member in wish.members:
        yield f'uv add "{unpinned.requirement(member)}"{pin}'


def _upgrade(wish: Wish) -> str:
    """Name every sibling: one that is not named holds all others at the commit that is locked."""
    names = (f"--upgrade-package {member.name}" for member in wish.everything)
    return " ".join(["uv lock", *names])


def _uv_install(wish: Wish) -> str:
    return _folded("uv pip install", wish.urls(wish.members))


def _pip_install(wish: Wish) -> str:
    return _folded("python -m pip install", wish.urls(wish.everything))


def _folded(command: str, arguments: Sequence[str]) -> str:
    if len(arguments) == 1:
        return f"{command} {arguments[0]}"
    return " \\\n  ".join([command, *arguments])


def _tools(wish: Wish) -> Iterator[Snippet]:
    for member in wish.members:
        if member.commands:
            url, command = wish.revision.direct_url(member), member.commands[0]
            text = f'uvx --from "{url}" {command} --help'
            yield Snippet(title=f"The command of {member.name}, without installing it", text=text)


def _locks(wish: Wish) -> Iterator[Snippet]:
    """Write how to use a lock file: a release has one for each member, the project makes one."""
    names = [member.name for member in wish.members]
    lock = f"pylock.{names[0]}.toml" if len(names) == 1 else "pylock.toml"
    made = f"uv export --format pylock.toml --no-emit-project --no-header --output-file {lock}"
    yield Snippet(title=f"In that uv project: write {lock}, which a release has too", text=made)
    yield Snippet(title=f"What {lock} says, with uv", text=f"uv pip sync {lock}")
    installed = f"python -m pip install -r {lock}"
    yield Snippet(title="The same, with pip 26.1 or newer", text=installed)


def _dockerfile(wish: Wish) -> str:
    """Write a Dockerfile whose layers have no credentials.

    https://docs.docker.com/build/building/secrets/
    """
    host = urlsplit(wish.revision.url)
    is_ssh = host.scheme == "ssh"
    kept = "type=secret,id=git,target=/root/.git-credentials"
    option = "--ssh default" if is_ssh else "--secret id=git,src=$HOME/.git-credentials"
    known = f"mkdir -p ~/.ssh && ssh-keyscan {host.hostname} >> ~/.ssh/known_hosts"
    ready = known if is_ssh else "git config --global credential.helper store"
    command = _folded("uv pip install --system", wish.urls(wish.members))
    return "\n".join(
        [
            "# syntax=docker/dockerfile:1",
            f"# docker build {option} .   (a public repository needs no mount)",
            "FROM python:3.13-slim",
            "RUN apt-get update && apt-get install --yes --no-install-recommends git ssh-client",
            f"RUN python -m pip install uv && {ready}",
            f"RUN --mount={'type=ssh' if is_ssh else kept} \\",
            *(f"  {line}" for line in command.splitlines()),
            "",
        ]
    )
