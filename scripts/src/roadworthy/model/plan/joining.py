"""Joining what several texts tell of one release, heading by heading."""

from .headings import seen

# What a section says that has nothing to tell.
AGAIN = "Released again."


def joined(new: str, more: str) -> str:
    """Put what another text tells into a section, below the headings that both have."""
    head, _, rest = new.partition("\n")
    parts = _parts(rest)
    if parts[""] == [AGAIN]:
        parts[""] = []
    for heading, lines in _parts(more).items():
        own = parts.setdefault(heading, [])
        own += [line for line in lines if line not in own or not line.strip()]
    shown = ["\n".join(lines).strip("\n") for lines in (parts.pop(""),)]
    shown += [f"{heading}\n\n" + "\n".join(lines).strip("\n") for heading, lines in parts.items()]
    return "\n\n".join([head, *filter(None, shown)]) + "\n"


def _parts(text: str) -> dict[str, list[str]]:
    """Return the lines of a section below each of its headings; the first have none."""
    lines = text.strip("\n").split("\n")
    visible_ones = seen([f"{line}\n" for line in lines])
    parts: dict[str, list[str]] = {"": []}
    current = parts[""]
    for number, line in enumerate(lines):
        if number in visible_ones and line.startswith("### "):
            current = parts.setdefault(line.strip(), [])
        elif line.strip() or current:
            current.append(line)
    return {heading: _without_end(found) for heading, found in parts.items()}


def _without_end(lines: list[str]) -> list[str]:
    """Leave out blank lines at the end."""
    kept = lines[:]
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
