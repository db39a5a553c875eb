"""What of a template a project keeps, and what of it is the project's own from then on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..problem import Problem, UsageFailure
from ..workspace.glob import matches
from ..workspace.toml import table_of
from ..workspace.workspace import LOCK, MANIFEST

LICENSE, OWNERS = "LICENSE", "CODEOWNERS"
# What `init` writes for a project: the template never touches them again.
WRITTEN = ("CONTRIBUTING.md", "README.md", "SECURITY.md")
OF_PROJECT = (*WRITTEN, LICENSE, OWNERS, f".github/{OWNERS}", f".gitlab/{OWNERS}", MANIFEST, LOCK)


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """The `[tool.template]` of a template: globs of what is an example, and of what is only here.

    Everything else is handed on as it is, except for what a project says of itself.
    """

    examples: tuple[str, ...] = ()
    only_here: tuple[str, ...] = ()

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
        return cls.of(table)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Template":
        """Read `[tool.template]` of any commit of a template: at first it had none."""
        examples, only_here = table.get("examples", ()), table.get("only-here", ())
        return cls(examples=tuple(examples), only_here=tuple(only_here))

    def and_those_of(self, other: "Template") -> "Template":
        """Return what is named by either of two commits of a template."""
        return Template(
            examples=self.examples + other.examples, only_here=self.only_here + other.only_here
        )

    def files_only_here(self, files: Collection[str]) -> list[str]:
        """Return the files that concern the template alone."""
        return [file for file in files if _is_below(file, self.only_here)]

    def examples_of(self, files: Collection[str]) -> list[str]:
        """Return the files of the examples."""
        return [file for file in files if _is_below(file, self.examples)]

    def owns(self, file: str, not_in: Collection[str]) -> bool:
        """Tell whether a file is the template's in every project that was made from it.

        `not_in` are folders of which it owns nothing.
        """
        if file in OF_PROJECT or file.startswith(tuple(f"{folder}/" for folder in not_in)):
            return False
        return not _is_below(file, (*self.examples, *self.only_here))


def _is_below(file: str, globs: Collection[str]) -> bool:
    return any(matches(file, glob) or matches(file, f"{glob}/**") for glob in globs)
