"""Three states of a table, compared key by key: what to take of the template's, and what not.

A value that one side changed is that side's. What the project changed or removed stays.
Lists are compared item by item. Where both changed one value, neither is dropped in
silence: that is a conflict.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from ..workspace.requirement import parsed

Keys = tuple[str, ...]
Table = Mapping[str, object]


class Missing(StrEnum):
    """Stands for a value that is not there."""

    MISSING = ""


MISSING = Missing.MISSING


class Verdict(StrEnum):
    """What becomes of a value that differs from the template's."""

    TAKE = "take"
    KEEP = "keep"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs, by its keys from the root on, and what becomes of it.

    `target` is what to take, or what the template has; `base` what it had.
    """

    verdict: Verdict
    keys: Keys
    base: object = MISSING
    target: object = MISSING


def differences(base: Table, target: Table, here: Table, keys: Keys = ()) -> Iterator[Difference]:
    """Compare what the template had and has with what the project has."""
    for key in dict.fromkeys([*target, *base]):
        was, now, own = (table.get(key, MISSING) for table in (base, target, here))
        place = (*keys, key)
        if own == now:
            continue
        if isinstance(now, Mapping) and isinstance(own, Mapping):
            yield from differences(was if isinstance(was, Mapping) else {}, now, own, place)
        elif isinstance(now, list) and isinstance(own, list):
            yield from _of_lists(place, was if isinstance(was, list) else [], now, own)
        else:
            yield Difference(_verdict(was, now, own), place, was, now)


def _verdict(was: object, now: object, own: object) -> Verdict:
    """Say what becomes of a value that is not the template's."""
    if was == own:
        return Verdict.TAKE
    if was == now or MISSING in (own, now):
        return Verdict.KEEP
    return Verdict.CONFLICT


def _of_lists(
    keys: Keys, was: Sequence[object], now: Sequence[object], own: Sequence[object]
) -> Iterator[Difference]:
    """Compare lists item by item: items of one name are one item."""
    old, new, mine = ({name_of(item): item for item in items} for items in (was, now, own))
    merged, verdicts = dict(mine), set()
    for name in dict.fromkeys([*new, *old]):
        states = tuple(items.get(name, MISSING) for items in (old, new, mine))
        if states[2] != states[1]:
            verdict = _verdict(*states)
            verdicts.add(verdict)
            merged[name] = states[1] if verdict is Verdict.TAKE else states[2]
    if Verdict.CONFLICT in verdicts:
        yield Difference(Verdict.CONFLICT, keys, was, now)
        return
    if Verdict.KEEP in verdicts:
        yield Difference(Verdict.KEEP, keys, was, now)
    if Verdict.TAKE in verdicts:
        left = [item for item in merged.values() if item is not MISSING]
        yield Difference(Verdict.TAKE, keys, was, left)


def name_of(item: object) -> str:
    """Return what makes an item of a list the same one: what it requires, or its `name`."""
    if isinstance(item, Mapping):
        return json.dumps(item.get("name", item), sort_keys=True, default=str)
    try:
        requirement = parsed(str(item))
    except InvalidRequirement:
        return str(item)
    return f"{canonicalize_name(requirement.name)}; {requirement.marker or ''}"
