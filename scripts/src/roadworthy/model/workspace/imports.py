"""What code imports: of siblings, only what its member declares.

In a workspace every member is at hand, so an import that nobody declares works here, and
fails for whoever installs the member alone.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.utils import NormalizedName, canonicalize_name

from .requirement import parsed

GUARDS = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


@dataclass(frozen=True, slots=True)
class Import:
    """An import of a module, in a line of a file."""

    module: str
    line: int


@dataclass(frozen=True, slots=True)
class Undeclared:
    """An import of a sibling that the member does not declare."""

    path: str
    line: int
    module: str
    sibling: NormalizedName


def imports_of(text: str) -> Iterator[Import]:
    """Return what a module imports; not what it does without where that is not there.

    A text that is no Python imports nothing: the tests will say what is wrong with it.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        yield from _imported(node)
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Try) and _is_guarded(node):
            children = [child for child in children if child not in node.body]
        todo += children


def undeclared(
    texts: Mapping[str, str],
    modules: Mapping[str, NormalizedName],
    declared: Iterable[NormalizedName],
) -> list[Undeclared]:
    """Find imports of siblings that are not declared, in the order of files and lines.

    `modules` maps import names of siblings to them; the longest that fits counts.
    """
    tops, known = {name.partition(".")[0] for name in modules}, set(declared)
    found = []
    for path, text in texts.items():
        if not any(top in text for top in tops):
            continue  # most files import no sibling, and parsing takes time
        for each in imports_of(text):
            sibling = _provider(each.module, modules)
            # A distribution may bring its import package by another, as `x` does by `x-core`.
            stem = canonicalize_name(each.module.partition(".")[0])
            if sibling and not {sibling, stem} & known:
                found.append(Undeclared(path, each.line, each.module, sibling))
    return sorted(found, key=lambda each: (each.path, each.line, each.module))


def declared_by(manifest: Mapping[str, Any], *, groups: bool) -> frozenset[NormalizedName]:
    """Return the names that a manifest requires, extras included; with `groups`, theirs, too."""
    project = manifest.get("project", {})
    lists = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    if groups:
        lists += manifest.get("dependency-groups", {}).values()
    texts = (text for each in lists for text in each if isinstance(text, str))
    return frozenset(name for text in texts if (name := _name(text)))


def _imported(node: ast.AST) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node.lineno) for alias in node.names)
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        yield from (Import(f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _is_guarded(node: ast.Try) -> bool:
    """Tell whether an import that fails is taken care of."""
    caught = (each for handler in node.handlers for each in _caught(handler.type))
    return any(name in GUARDS for name in caught)


def _caught(kind: ast.expr | None) -> Iterator[str]:
    if kind is None:
        yield "Exception"
    for each in kind.elts if isinstance(kind, ast.Tuple) else [kind]:
        if isinstance(each, ast.Name):
            yield each.id


def _provider(module: str, modules: Mapping[str, NormalizedName]) -> NormalizedName | None:
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((modules[name] for name in names if name in modules), None)


def _name(text: str) -> NormalizedName | None:
    try:
        return canonicalize_name(parsed(text).name)
    except InvalidRequirement:
        return None
