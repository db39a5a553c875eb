"""What of a template a project keeps: the template's own manifest says it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..problem import Problem, UsageFailure
from ..workspace.glob import matches
from ..workspace.toml import table_of
from ..workspace.workspace import MANIFEST


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """The `[tool.template]` of a template: globs of what is an example, and of what is only here.

    Everything else is handed on as it is, except for what a project says of itself.
    """

    examples: tuple[str, ...]
    only_here: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "Template":
        """Read a root manifest; raise `UsageFailure` where it is not a template's."""
        table: Mapping[str, Any] = table_of(MANIFEST, text).get("tool", {}).get("template", {})
        if "source" in table:
            message = f"this is a project already: it was made from {table['source']}"
            hint = "`init` works once, in a clone of the template"
            raise UsageFailure(Problem("template-used", message, hint))
        if "only-here" not in table:
            message = f"this is not the template: its {MANIFEST} has no [tool.template]"
            hint = "clone the template, or name it: --template URL --into FOLDER"
            raise UsageFailure(Problem("template-missing", message, hint))
        return cls(examples=tuple(table.get("examples", ())), only_here=tuple(table["only-here"]))

    def files_only_here(self, files: Collection[str]) -> list[str]:
        """Return the files that concern the template alone."""
        return [file for file in files if _is_below(file, self.only_here)]

    def examples_of(self, files: Collection[str]) -> list[str]:
        """Return the files of the examples."""
        return [file for file in files if _is_below(file, self.examples)]


def _is_below(file: str, globs: Collection[str]) -> bool:
    return any(matches(file, glob) or matches(file, f"{glob}/**") for glob in globs)
