"""The door to uv: every call names its interpreter and its environment.

https://docs.astral.sh/uv/reference/cli/
"""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import gettempdir

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from ..model.problem import Failure, Problem, UsageFailure
from . import process

NAMES_A_PLACE = frozenset({"UV_CONFIG_FILE", "SSL_CERT_FILE", "SSL_CERT_DIR"})
MINIMUM = SpecifierSet(">=0.9")


def executable() -> str:
    """Return the uv to run: the one that runs us, else the one on PATH."""
    return os.environ.get("UV", "uv")


@cache
def cache_folder() -> str:
    """Return the folder of the user's own cache, where build backends are at hand."""
    return process.run((executable(), "cache", "dir")).strip()


def version() -> str:
    """Return uv's version; raise `Failure` where there is none, or too old a one."""
    require("")
    return process.run((executable(), "--version")).split()[1]


def require(required_version: str) -> None:
    """Raise `Failure` where uv is missing, too old, or not what the workspace requires."""
    words = process.run((executable(), "--version")).split()
    version = Version(words[1])
    if version not in MINIMUM:
        hint = "upgrade it: `python -m pip install --upgrade uv`"
        raise Failure(Problem("uv-too-old", f"uv {version} is too old: {MINIMUM} is needed", hint))
    bare = required_version if not required_version[:1].isdigit() else f"=={required_version}"
    try:
        fits = version in SpecifierSet(bare)
    except InvalidSpecifier:
        message = f"[tool.uv] `required-version` is {required_version!r}, which is not a range"
        raise UsageFailure(
            Problem("uv-required-version", message, 'write a range such as ">=0.9"')
        ) from None
    if not fits:
        message = f"uv {version} is not the uv that this workspace requires ({required_version})"
        hint = f'install that one: `python -m pip install "uv{bare}"`'
        raise UsageFailure(Problem("uv-required-version", message, hint))


def lock(
    folder: Path, environment: Mapping[str, str], *options: str, python: str = sys.executable
) -> None:
    """Bring `uv.lock` up to date with the manifests, with an interpreter that they admit."""
    cleaned = process.without(environment, "UV_LOCKED", "UV_FROZEN", "UV_PUBLISH_", "VIRTUAL_ENV")
    _run(("lock", "--quiet", *options, "--python", python), cleaned, cwd=folder)


def add(
    folder: Path, member: str, requirements: Sequence[str], environment: Mapping[str, str]
) -> None:
    """Add requirements to the manifest of a member, with the bounds that uv chooses, and lock."""
    options = ("--quiet", "--no-sync", "--package", member, "--python", sys.executable)
    _run(("add", *options, "--", *requirements), environment, cwd=folder)


def managed_pythons() -> list[str]:
    """Return the interpreters that uv installed by itself."""
    try:
        folder = Path(_run(("python", "dir"), os.environ).strip())
    except process.CommandFailure:
        return []
    found = [*folder.glob("cpython-3.*/bin/python3"), *folder.glob("cpython-3.*/python.exe")]
    return [str(path) for path in sorted(found, reverse=True)]


def build(
    source: Path,
    name: str | None,
    out: Path,
    environment: Mapping[str, str],
    python: str = sys.executable,
) -> None:
    """Build a wheel and an sdist of a member of a workspace, or of all, into a folder."""
    selection = ("--package", name) if name else ("--all-packages",)
    options = ("--out-dir", str(out), "--no-create-gitignore", "--python", python)
    # Not quietly: of a build that fails, the last words of its backend are wanted.
    command = ("build", *selection, *options)
    limit, umask = process.BUILDING, process.FOR_EVERYBODY
    _run(command, environment, cwd=source, seconds=limit, umask=umask)


def download(
    requirements: Sequence[str],
    target: Path,
    environment: Mapping[str, str],
    python: str = sys.executable,
) -> None:
    """Fill the cache with what requirements need, as wheels: none of their code runs."""
    options = ("--only-binary", ":all:", "--python", python, "--target", str(target))
    _run(("pip", "install", "--quiet", *options, "--", *requirements), environment)


def member_folders(root: Path) -> list[Path]:
    """Return the folders of a workspace's members as its globs find them now, its root too.

    https://docs.astral.sh/uv/reference/cli/#uv-workspace-list
    """
    printed = _run(("workspace", "list", "--paths"), os.environ, cwd=root)
    return [Path(line) for line in printed.splitlines()]


def interpreter() -> str:
    """Return the interpreter of the user's choice, else the one that runs us."""
    return os.environ.get("UV_PYTHON", sys.executable)


def sync_tests(root: Path, environment: Path, *options: str, python: str) -> Path:
    """Install what tests need from the lock file into an environment; return its interpreter."""
    command = ("sync", "--quiet", "--locked", "--no-default-groups", *options, "--python", python)
    _run(command, os.environ, cwd=root, project_environment=environment)
    return _python_in(environment)


def make_environment(path: Path, environment: Mapping[str, str], python: str) -> Path:
    """Make a virtual environment; return its interpreter.

    Nothing that is tried runs here. So uv may look up in the user's own cache what it knows of
    that interpreter: to find it out again takes most of the time.
    """
    known = {**environment, "UV_CACHE_DIR": cache_folder()}
    _run(("venv", "--quiet", "--no-project", "--python", python, str(path)), known)
    return _python_in(path)


def _python_in(environment: Path) -> Path:
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return environment / folder / name


def install(
    python: Path,
    requirements: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path | None = None,
) -> None:
    """Install requirements into the environment of an interpreter.

    The workspace in `cwd` says which indexes are read.
    """
    command = ("pip", "install", "--quiet", "--python", str(python), *requirements)
    _run(command, environment, cwd=cwd)


def has(python: Path, name: str) -> bool:
    """Tell whether a distribution is installed in the environment of an interpreter."""
    try:
        _run(("pip", "show", "--quiet", "--python", str(python), name), os.environ)
    except process.CommandFailure:
        return False
    return True


def check(python: Path, environment: Mapping[str, str]) -> None:
    """Raise `Failure` where what is installed does not fit together."""
    _run(("pip", "check", "--quiet", "--python", str(python)), environment)


def lock_project(project: Path, environment: Mapping[str, str], python: str) -> None:
    """Lock a consumer's project."""
    _run(("lock", "--quiet", "--python", python), environment, cwd=project)


def sync(
    project: Path, env: Path, environment: Mapping[str, str], python: str, *options: str
) -> None:
    """Install what a project requires into an environment, and lock it where it is not."""
    arguments = ("--quiet", "--no-install-project", "--python", python, *options)
    _run(("sync", *arguments), environment, cwd=project, project_environment=env)


def export_pylock(project: Path, target: Path, environment: Mapping[str, str], python: str) -> None:
    """Write all that a project requires, and not itself, as a standard lock file."""
    options = ("--quiet", "--format", "pylock.toml", "--no-emit-project", "--no-header")
    command = ("export", *options, "--python", python, "--output-file", str(target))
    _run(command, environment, cwd=project)


def pip_sync(python: Path, lock: Path, environment: Mapping[str, str]) -> None:
    """Make an environment what a lock file says."""
    _run(("pip", "sync", "--quiet", "--python", str(python), str(lock)), environment)


def tool_environment(requirement: str, environment: Mapping[str, str], python: str) -> Path:
    """Return the interpreter of the environment that `uvx` runs a requirement's commands in."""
    ask = ("python", "-I", "-c", "import sys; print(sys.executable)")
    command = ("tool", "run", "--quiet", "--python", python, "--from", requirement)
    return Path(_run((*command, *ask), environment).strip())


def _nowhere(environment: Mapping[str, str]) -> Path:
    """Return a folder that no project is around.

    https://docs.astral.sh/uv/concepts/configuration-files/
    """
    home = environment.get("HOME", "")
    return Path(home) if home and Path(home).is_dir() else Path(gettempdir())


def _run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    cwd: Path | None = None,
    project_environment: Path | None = None,
    seconds: float = process.INSTALLING,
    umask: int = process.OWN_UMASK,
) -> str:
    # A project around us would have its settings obeyed: they are for those who work on it.
    cwd = cwd or _nowhere(environment)
    # UV_PYTHON would win over the environment that is named: it is never handed on.
    cleaned = process.without(environment, "VIRTUAL_ENV", "UV_PROJECT", "UV_WORKING_DIR")
    cleaned.pop("UV_PYTHON", None)
    if project_environment:
        cleaned["UV_PROJECT_ENVIRONMENT"] = str(project_environment)
    for name in NAMES_A_PLACE & cleaned.keys():
        cleaned[name] = str(Path(cleaned[name]).absolute())  # it was named from where we are
    found = shutil.which(executable())
    command = (str(Path(found).absolute()) if found else executable(), *arguments)
    return process.run(
        command,
        cwd=cwd,
        environment=cleaned,
        seconds=seconds,
        umask=umask,
        leaves_nothing=True,  # uv runs what others wrote
    )
