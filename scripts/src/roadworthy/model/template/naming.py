"""Names of projects and members: what can be one, and what it would collide with.

https://packaging.python.org/en/latest/specifications/name-normalization/
"""

import re
import sys
from collections.abc import Iterator
from keyword import iskeyword

from packaging.utils import InvalidName, canonicalize_name

from ..problem import Problem
from ..text import short
from ..windows import is_device


def module_of(name: str, namespace: str = "") -> str:
    """Return the import name of a member: below a namespace, without repeating it."""
    module = canonicalize_name(name).replace("-", "_")
    if not namespace:
        return module
    return f"{namespace}.{module.removeprefix(f'{namespace}_')}"


def name_problems(name: str, namespace: str = "") -> Iterator[Problem]:
    """Say why a name cannot be that of a distribution and of what is imported."""
    hint = "use ASCII letters, digits, and single `-`, `_` or `.` between them, such as acme-units"
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:
        yield Problem("name-invalid", f"`{short(name)}` is not a valid name (PEP 508)", hint)
        return
    module = module_of(name, namespace)
    for part in module.split("."):
        if not part.isidentifier() or iskeyword(part):
            message = f"`{name}` would be imported as `{module}`, which Python does not allow"
            yield Problem("name-invalid", message, "start it with a letter, and use no keyword")
            return
    if module.partition(".")[0] in sys.stdlib_module_names:
        top = module.partition(".")[0]
        message = f"`{name}` would be imported as `{top}`, a module of Python's standard library"
        yield Problem("name-standard", message, "choose another name")
    if any(is_device(part) for part in module.split(".")):
        message = f"`{name}` would have a folder that Windows takes for a device"
        yield Problem("name-device", message, "choose another name")


def renamed(text: str, old: str, new: str) -> str:
    """Return a text in which a prefix of names is another: of distributions, modules, commands."""
    joint, end = "(?P<joint>[-_])(?=[A-Za-z0-9])", "(?![A-Za-z0-9])"
    found = rf"(?<![A-Za-z0-9_-]){re.escape(old)}(?:{joint}|{end})"

    def replaced(match: re.Match[str]) -> str:
        joint = match["joint"] or ""
        return (new.replace("-", "_") if joint == "_" else new) + joint

    return re.sub(found, replaced, text)
