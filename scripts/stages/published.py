"""Compare what an index has of a version with the commit that is to be tagged for it.

A release in one go compares what it builds with what is there. One that is made in jobs,
each on its own, would tag what the facts say: this looks whether it was built from that.
"""

import tarfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ..gather import joined
from ..model.plan import Release
from ..model.problem import Problem
from ..model.version_source import FromTag
from ..model.workspace import Index, Workspace
from ..ops import index as indexes
from .contents import UNREADABLE
from .site import Site

# What a build backend leaves as it is; others it may write anew, such as `setup.cfg`.
CODE = (".py", ".pyi")
LARGEST = 64 << 20  # of one file: what is larger is cut, and so differs from what is committed


def unlike(
    index: Index, releases: Sequence[Release], workspace: Workspace, site: Site, head: str
) -> Iterator[Problem]:
    """Find the releases whose sdist on the index has other code than their commit.

    A backend that takes the version from the tag may write it into the code: such members
    are left aside.
    """
    compared = [r for r in releases if not isinstance(workspace.members[r.name].source, FromTag)]
    with ThreadPoolExecutor(indexes.AT_ONCE) as pool:
        published = list(pool.map(lambda release: _code(index, release), compared))
    names = {
        (release.name, path): f"{release.finished_from or head}:"
        + joined(site.prefix, workspace.members[release.name].file(path))
        for release, code in zip(compared, published, strict=True)
        for path in code
    }
    texts = site.scratch.texts(list(names.values()))
    for release, code in zip(compared, published, strict=True):
        committed = {path: texts.get(names[release.name, path]) for path in code}
        others = [path for path, text in committed.items() if text not in {None, code[path]}]
        if others:
            yield _problem(release, release.finished_from or head, others)


def _code(index: Index, release: Release) -> Mapping[str, str]:
    """Return the code in the sdist that an index has, by its path in the member's folder."""
    stem = f"{release.name.replace('-', '_')}-{release.planned_version}"
    with TemporaryDirectory(prefix="release-") as folder:
        sdist = indexes.download(index, f"{stem}.tar.gz", release.name, Path(folder))
        try:
            with tarfile.open(sdist, mode="r:gz") as archive:
                entries = [entry for entry in archive.getmembers() if entry.name.endswith(CODE)]
                opened = ((entry.name, archive.extractfile(entry)) for entry in entries)
                return {_below(name): _text(file.read(LARGEST)) for name, file in opened if file}
        except UNREADABLE:
            return {}  # that it can be read is proved by those who install it


def _below(name: str) -> str:
    return PurePosixPath(*PurePosixPath(name).parts[1:]).as_posix()


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _problem(release: Release, commit: str, others: Sequence[str]) -> Problem:
    message = (
        f"{release.name} {release.planned_version} on the index was not built from "
        f"{commit[:12]}, which would be tagged: {', '.join(others[:5])} differs"
    )
    hint = (
        "find the commit that it was built from, and tag that by hand; "
        f"or give {release.name} a higher version"
    )
    return Problem(message, hint, release.name)
