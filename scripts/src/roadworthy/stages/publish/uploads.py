"""What is to be uploaded: distributions compared with what an index has."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import NormalizedName
from packaging.version import Version

from ...model.distribution import Distribution
from ...model.index.filename import version_of
from ...model.plan.facts import Page
from ...model.problem import Failure, Problem
from ...model.upload import Action, Upload
from ...model.workspace.workspace import Index
from ...ops import index as indexes
from ...ops.known_indexes import entry_of
from ..build.contents import same_contents


def plan_uploads(index: Index, built: Sequence[Distribution]) -> tuple[Upload, ...]:
    """Compare distributions with what the index has; nothing is uploaded.

    Raises `Failure` where the index does not say what it has: unknown is not absent.
    """
    pages = indexes.read_pages(index, sorted({d.member for d in built}))
    unknown = {name: page.unknown for name, page in pages.items() if page.unknown}
    if unknown:
        name, why = next(iter(unknown.items()))
        message = f"the index {index.name} gives no clear answer about {name}: {why}"
        hint = f"look at {index.shown}, and at {' and '.join(index.variables)}"
        raise Failure(Problem("index-unclear", message, hint, name))
    return compared(index, built, pages)


def compared(
    index: Index, built: Sequence[Distribution], pages: Mapping[NormalizedName, Page]
) -> tuple[Upload, ...]:
    """Compare distributions with what the pages of an index have.

    The index itself is asked for nothing but a file whose hash is another.
    """
    return tuple(_upload(index, distribution, pages[distribution.member]) for distribution in built)


def _upload(index: Index, distribution: Distribution, page: Page) -> Upload:
    version = version_of(distribution.filename) or Version("0")
    listed = page.files.get(version, {}).get(distribution.filename)
    if listed is None:
        closed = _closed(index, distribution, page.days_open(version))
        action = Action.CONFLICT if closed else Action.UPLOAD
        return Upload(distribution=distribution, action=action, problem=closed)
    if listed == distribution.sha256 or _same_as_on_index(index, distribution):
        return Upload(distribution=distribution, action=Action.SKIP)
    problem = _other_content(index, distribution, listed)
    return Upload(distribution=distribution, action=Action.CONFLICT, problem=problem)


def _other_content(index: Index, distribution: Distribution, listed: str) -> Problem:
    message = (
        f"the index {index.name} has {distribution.filename} with other content: "
        f"sha256 {listed[:12]}, built here {distribution.sha256[:12]}"
    )
    hint = (
        f"a published file is never replaced: give {distribution.member} a higher version, "
        "or, if what is there is right, tag the commit that it was built from"
    )
    return Problem("upload-conflict", message, hint, distribution.member)


def _closed(index: Index, distribution: Distribution, days: float) -> Problem | None:
    """Find a version that an index takes no more files of: it was left half published too long."""
    entry = entry_of(index)
    if entry is None or not entry.open_days or days <= entry.open_days:
        return None
    name = distribution.member
    message = (
        f"{entry.title} takes no more files of this version of {name}: its first came "
        f"{days:.0f} days ago, and it takes more for {entry.open_days}"
    )
    return Problem(
        "upload-too-late", message, f"give it a higher one: `--version {name}=...`", name
    )


def _same_as_on_index(index: Index, distribution: Distribution) -> bool:
    """Tell whether the other bytes on the index differ in nothing but who built them."""
    name = distribution.member
    with TemporaryDirectory(prefix="release-") as folder:
        other = indexes.download(index, distribution.filename, name, Path(folder))
        return same_contents(distribution.path, other)
