"""How a member is proven: `[tool.release.verify]` of its manifest, each entry with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name

from ..problem import Problem, UsageFailure
from ..text import brief

KEYS = ("extras", "skip-imports")
EXAMPLES = {
    "extras": '{ cli = "its command needs it" }',
    "skip-imports": '{ "acme.fast" = "needs a compiler" }',
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """The extras that a member is installed with, and what is not imported; why is said, too."""

    extras: Mapping[str, str] = field(default_factory=dict)
    skip_imports: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_brackets(self) -> str:
        """Return the extras as they follow a name in a requirement; empty for none."""
        return f"[{','.join(sorted(self.extras))}]" if self.extras else ""

    @property
    def words(self) -> str:
        """Return what is done otherwise, and why; empty for nothing."""
        said = [f"with the extra `{name}`: {why}" for name, why in self.extras.items()]
        said += [f"`{name}` is not imported: {why}" for name, why in self.skip_imports.items()]
        return "; ".join(said)


def read_proof(path: str, table: Mapping[str, Any]) -> Proof:
    """Read it from a manifest; raise `UsageFailure` for what is not known there."""
    found = table.get("tool", {}).get("release", {}).get("verify", {})
    unknown = sorted(set(found) - set(KEYS)) if isinstance(found, dict) else ["verify"]
    if unknown:
        message = f"[tool.release.verify] in {path} has an unknown key `{unknown[0]}`"
        raise UsageFailure(Problem("settings-key", message, f"the keys are: {', '.join(KEYS)}"))
    extras, skipped = (_reasons(path, key, found.get(key, {})) for key in KEYS)
    known = {canonicalize_name(e) for e in table["project"].get("optional-dependencies", {})}
    for name in extras:
        if canonicalize_name(name) not in known:
            message = f"[tool.release.verify] in {path} names the extra `{name}`, which is none"
            hint = f"the extras are: {', '.join(sorted(known)) or 'none'}"
            raise UsageFailure(Problem("settings-value", message, hint))
    return Proof(extras=extras, skip_imports=skipped)


def _reasons(path: str, key: str, value: object) -> dict[str, str]:
    is_table = isinstance(value, dict) and all(isinstance(w, str) and w for w in value.values())
    if not isinstance(value, dict) or not is_table:
        message = f"[tool.release.verify] `{key}` in {path} is {brief(value)}"
        hint = f"write a table with a reason for each, such as {EXAMPLES[key]}"
        raise UsageFailure(Problem("settings-value", message, hint))
    return dict(value)
