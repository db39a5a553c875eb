"""Run by the interpreter of an environment: imports what it is told to, and says what fails.

Reads lines on stdin, `import MODULE` or `command NAME MODULE ATTRIBUTE`, and prints a
list of errors as Python writes it. It is started once for each member, so it imports
next to nothing; and none of ours is installed where it runs.
"""

import sys
from importlib import import_module


def main() -> None:
    """Answer the lines on stdin; what members print on the way goes to stderr."""
    answer, sys.stdout = sys.stdout, sys.stderr
    errors = [failure_of(*line.split()) for line in sys.stdin.read().splitlines()]
    print(ascii([error for error in errors if error]), file=answer)


def failure_of(what: str, name: str, module: str = "", attribute: str = "") -> str:
    """Import a module, or load what a command calls; return the words of its failure."""
    try:
        found: object = import_module(module or name)
        for part in attribute.split(".") if attribute else ():
            found = getattr(found, part)
    except BaseException as error:  # noqa: BLE001 - SystemExit, too, is a failed import
        return f"{what} {name}: {type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    main()
