"""The commands: what each does, in a line, and the module in `commands/` that does it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..commands.answer import Answer
    from ..stages.steps import Steps
    from .options import Common

COMMANDS: Mapping[str, str] = {
    "status": "show where each member stands, and its next step",
    "plan": "show what would be released, to which version, and why",
    "affected": "show the members that a change concerns, and why",
    "change": "write a change note: MEMBER... LEVEL TEXT",
    "add-index": "add a package index to the root manifest: a known one, or any by its URLs",
    "adopt": "show the settings that fit the tags of a project with a past; --write writes them",
    "init": "make a project of a clone of the template; --execute does it",
    "update-template": "bring what the project has of its template up to date; --check only tells",
    "new-member": "add a member: a library, or an application with a command",
    "rename-member": "rename a member, with everything that names it: OLD NEW",
    "remove-member": "remove a member that no sibling requires, with everything that names it",
    "test": "test all members side by side; what it does not know is for pytest",
    "doctor": "check everything that a release needs, and say how to fix it",
    "graph": "draw the members and what they require",
    "prepare": "show the release commit; --execute pushes it",
    "build": "build the distributions of members, as committed, into dist/",
    "tag": "show the tags that are due; --execute pushes them, --close finishes the release",
    "publish": "show the uploads that are due; --execute uploads",
    "verify-git-install": "install each member from git and prove that it works",
    "snippet": "print the lines that install members from git with uv, with pip or in a container",
    "verify-index-install": "install each member from an index and prove that it works",
    "release": "rehearse a release; --execute makes it",
}


class Module(Protocol):
    """What the module of a command has."""

    Options: type[Common]

    def run(self, options: Common, steps: Steps) -> Answer:
        """Run the command."""


def module_of(command: str) -> Module:
    """Return the module of a command; no other is imported: a plan does not wait for a server."""
    name = command.replace("-", "_")
    found: Module = import_module(f"...commands.{name}", __name__)
    return found
