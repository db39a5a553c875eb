"""Run by the interpreter of an environment: says what is installed there, and if it works.

Reads `{"installed": [...], "proven": [...]}` on stdin and prints one line of JSON.
The standard library alone: nothing of ours is installed where this runs.
"""

import contextlib
import importlib
import json
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution


def main() -> None:
    """Answer the question on stdin."""
    question = json.load(sys.stdin)
    answer = {}
    with contextlib.redirect_stdout(sys.stderr):
        for name in question["installed"]:
            with contextlib.suppress(PackageNotFoundError):
                found = distribution(name)
                direct_url = json.loads(found.read_text("direct_url.json") or "null")
                errors = proven(found) if name in question["proven"] else []
                answer[name] = {
                    "version": found.version,
                    "direct_url": direct_url,
                    "errors": errors,
                }
    print(json.dumps(answer))


def proven(found: Distribution) -> list[str]:
    """Import every package of a distribution and load its commands; return what failed."""
    files = [file.parts for file in found.files or ()]
    own = [parts for parts in files if not parts[0].endswith((".dist-info", ".data", ".."))]
    modules = importable(own)
    errors = [error for module in modules if (error := failure_of("import", module))]
    if not modules and any(parts[-1].endswith(".py") for parts in own):
        errors.append("it installs files, and none that can be imported")
    for command in found.entry_points:
        if command.group in {"console_scripts", "gui_scripts"}:
            error = failure_of("command", command.name, command.load)
            errors += [error] if error else []
    return errors


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
