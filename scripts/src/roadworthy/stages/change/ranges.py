"""Write the ranges that a plan proposes into manifests, as they lie in the working tree now."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.utils import NormalizedName

from ...model.problem import Failure, Problem, UsageFailure
from ...model.workspace.toml import table_of
from ...model.workspace.umbrella import absent, gone, is_umbrella
from ...model.workspace.workspace import MANIFEST, Workspace


def write_ranges(
    root: Path, workspace: Workspace, proposals: Mapping[NormalizedName, Mapping[str, str]]
) -> Iterator[str]:
    """Write the ranges of each member; return the manifests that are changed by that.

    Raises `Failure` where one cannot be read or written.
    """
    for name, ranges in proposals.items():
        path = workspace.members[name].file(MANIFEST)
        if _edited(root / path, path, name, ranges):
            yield path


def write_umbrella(root: Path, workspace: Workspace) -> Iterator[str]:
    """Bring the umbrella up to date with the members that there are; return what is changed."""
    from ...model.template.member import with_place, without_place  # noqa: PLC0415 - as below

    file = root / MANIFEST
    before = text = file.read_bytes().decode("utf-8")
    table = table_of(MANIFEST, text)
    if not is_umbrella(table):
        return
    for name in absent(table, workspace):
        text = with_place(text, name)
    for name in gone(table, workspace.members):
        text = without_place(text, name)
    if text != before:
        file.write_bytes(text.encode("utf-8"))
        yield MANIFEST


def _edited(file: Path, path: str, name: NormalizedName, ranges: Mapping[str, str]) -> bool:
    from ...model.workspace.manifest import edited  # noqa: PLC0415 - tomlkit takes 20 ms

    try:
        before = file.read_bytes().decode("utf-8")
        after = edited(before, ranges)
    except (OSError, ValueError, UsageFailure) as error:
        hint = "--fix writes into the working tree: fix the file first"
        raise Failure(
            Problem("manifest-not-editable", f"{path} cannot be edited: {error}", hint, name)
        ) from None
    if after != before:
        file.write_bytes(after.encode("utf-8"))
    return after != before
