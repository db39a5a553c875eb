"""The values of options: what each kind of them takes."""

from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from ..model.url import is_url, without_credentials
from ..model.workspace.setting_values import Proof

Each = TypeVar("Each")

DAY, MOST = 86_400.0, 1000


def filled(text: str) -> str:
    """Take any text but an empty one, which a variable that is not set would give."""
    if not text.strip():
        message = "the value is empty"
        raise ArgumentTypeError(message)
    return text


def url(text: str) -> str:
    """Take a URL, or a path, that can be read as one."""
    if not is_url(filled(text)):
        message = f"`{without_credentials(text)}` is not a URL"
        raise ArgumentTypeError(message)
    return text


def folder(text: str) -> Path:
    """Take a folder."""
    return Path(filled(text))


def proofs(text: str) -> tuple[Proof, ...]:
    """Take what is proven, with commas between."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(Proof):
        message = f"`{text}` is not {', '.join(Proof)}, or some of them with commas between"
        raise ArgumentTypeError(message)
    return tuple(Proof(name) for name in names)


def shard(text: str) -> str:
    """Take a part of a whole, such as 1/3."""
    number, _, count = text.partition("/")
    is_part = number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= MOST
    if not is_part:
        message = f"`{text}` is not a part of a whole, such as 1/3"
        raise ArgumentTypeError(message)
    return text


def part_of(whole: Sequence[Each], shard: str | None) -> list[Each]:
    """Return the part of a whole that `shard` names, such as 1/3; all where it names none."""
    number, count = map(int, (shard or "1/1").split("/"))
    return list(whole[number - 1 :: count])


def seconds(text: str) -> float:
    """Take a time to wait: a finite one, and of one day at most."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= DAY:  # nor is what is no number, which is unlike all numbers
        message = f"`{text}` is not a number of seconds from 0 to {DAY:.0f}"
        raise ArgumentTypeError(message)
    return value
