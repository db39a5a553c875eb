"""Pictures of a workspace: its members, what they require, and what moves.

https://mermaid.js.org/syntax/flowchart.html and https://graphviz.org/doc/info/lang.html
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from packaging.utils import NormalizedName

from ..workspace.requirement import Kind
from ..workspace.workspace import Workspace

Moving = Mapping[NormalizedName, str]
NOTHING: Moving = MappingProxyType({})
# From the strongest to the weakest; each pair of members has one arrow.
_LABELS = {Kind.REQUIRED: "", Kind.BUILD: "build", Kind.EXTRA: "extra", Kind.GROUP: "group"}


def edges(workspace: Workspace) -> Iterator[tuple[NormalizedName, NormalizedName, Kind]]:
    """Return who requires whom, and how; the strongest requirement counts."""
    strength = list(_LABELS)
    for name, member in workspace.members.items():
        kinds: dict[NormalizedName, list[Kind]] = {}
        for requirement in member.requirements:
            kinds.setdefault(requirement.sibling, []).append(requirement.kind)
        for sibling, found in sorted(kinds.items()):
            yield name, sibling, min(found, key=strength.index)


def mermaid(workspace: Workspace, moving: Moving = NOTHING) -> str:
    """Draw for a forge, which shows Mermaid in Markdown."""
    numbers = {name: f"m{number}" for number, name in enumerate(workspace.members)}
    lines = ["graph LR"]
    for name, member in workspace.members.items():
        label = f"{name}<br/>{moving[name]}" if name in moving else name
        style = ":::moving" if name in moving else ":::private" if member.never_released else ""
        lines.append(f'    {numbers[name]}["{label}"]{style}')
    for start, end, kind in edges(workspace):
        arrow = f"-. {_LABELS[kind]} .->" if _LABELS[kind] else "-->"
        lines.append(f"    {numbers[start]} {arrow} {numbers[end]}")
    lines.append("    classDef moving fill:#ffd866,stroke:#996600,color:#222222")
    lines.append("    classDef private stroke-dasharray:4")
    return "\n".join(lines) + "\n"


def dot(workspace: Workspace, moving: Moving = NOTHING) -> str:
    """Draw for Graphviz."""
    lines = ["digraph workspace {", "    rankdir=LR;", "    node [shape=box];"]
    for name, member in workspace.members.items():
        label = f"{name}\\n{moving[name]}" if name in moving else name
        private = ' style="dashed"' if member.never_released else ""
        style = ' style="filled" fillcolor="#ffd866"' if name in moving else private
        lines.append(f'    "{name}" [label="{label}"{style}];')
    for start, end, kind in edges(workspace):
        style = f' [style="dashed" label="{_LABELS[kind]}"]' if _LABELS[kind] else ""
        lines.append(f'    "{start}" -> "{end}"{style};')
    return "\n".join([*lines, "}"]) + "\n"
