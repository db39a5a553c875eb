"""Run by the interpreter of an environment: says what is installed there, and if it works.

Reads `{"installed": [...], "proven": [...], "run": false}` on stdin and prints one line
of JSON.
The standard library alone: nothing of ours is installed where this runs.
"""

import contextlib
import importlib
import json
import shutil
import subprocess  # noqa: TID251 - this runs where nothing of ours is
import sys
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path

HELP_SECONDS = 60


def main() -> None:
    """Answer the question on stdin."""
    question = json.load(sys.stdin)
    answer = {}
    with contextlib.redirect_stdout(sys.stderr):
        for name in question["installed"]:
            with contextlib.suppress(PackageNotFoundError):
                found = distribution(name)
                direct_url = json.loads(found.read_text("direct_url.json") or "null")
                is_proven = name in question["proven"]
                answer[name] = {
                    "version": found.version,
                    "direct_url": direct_url,
                    "errors": proven(found, run=question["run"]) if is_proven else [],
                    "requires": found.requires or [],
                    "files": hashes(found) if is_proven else {},
                }
    print(json.dumps(answer))


def own_files(found: Distribution) -> list[PackagePath]:
    """Return the files of a distribution that are there to be imported, or lie beside them."""
    return [
        file
        for file in found.files or ()
        if not file.parts[0].endswith((".dist-info", ".data", ".."))
        and "__pycache__" not in file.parts
        and not file.is_absolute()
    ]


def hashes(found: Distribution) -> dict[str, str]:
    """Return these files with their hashes, as they are recorded."""
    return {
        file.as_posix(): f"{file.hash.mode}={file.hash.value}" if file.hash else ""
        for file in own_files(found)
    }


def proven(found: Distribution, *, run: bool) -> list[str]:
    """Import every package of a distribution and load its commands; return what failed."""
    own = [file.parts for file in own_files(found)]
    modules = importable(own)
    errors = [error for module in modules if (error := failure_of("import", module))]
    if not modules and any(parts[-1].endswith(".py") for parts in own):
        errors.append("it installs files, and none that can be imported")
    for command in found.entry_points:
        if command.group in {"console_scripts", "gui_scripts"}:
            error = failure_of("command", command.name, command.load)
            error = error or (refusal_of(command.name) if run else "")
            errors += [error] if error else []
    return errors


def refusal_of(command: str) -> str:
    """Run a command with `--help`; return what it says where it fails."""
    folder = Path(sys.executable).parent
    program = shutil.which(command, path=str(folder)) or str(folder / command)
    try:
        done = subprocess.run(  # noqa: S603 - what the member itself installs
            [program, "--help"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=HELP_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"command {command} --help: {error}"
    words = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    code = done.returncode
    return f"command {command} --help ended with {code}: {' '.join(words)}" if code else ""


def importable(files: list[tuple[str, ...]]) -> list[str]:
    """Return the outermost packages and modules among files, as import names."""
    packages = {parts[:-1] for parts in files if parts[-1] == "__init__.py"}
    outermost = {
        package
        for package in packages
        if not any(package[:length] in packages for length in range(len(package)))
    }
    modules = {
        (*parts[:-1], parts[-1].partition(".")[0])
        for parts in files
        if parts[-1].endswith((".py", ".so", ".pyd"))
        and not any(parts[:length] in packages for length in range(len(parts)))
    }
    names = {parts for parts in outermost | modules if parts and "__pycache__" not in parts}
    return sorted(".".join(parts) for parts in names if all(map(str.isidentifier, parts)))


def failure_of(what: str, name: str, load: object = None) -> str:
    """Import a module or load a command; return the words of its failure."""
    try:
        load() if callable(load) else importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - SystemExit, too, is a failed import
        return f"{what} {name}: {type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    main()
