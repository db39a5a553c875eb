"""Files at two commits, compared and merged by git: https://git-scm.com/docs/git-merge-file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...model.template.updating import Blob
from .. import process
from .repository import Repository

HOW_ALIKE = "--find-renames=50%"


@dataclass(frozen=True, slots=True)
class Merged:
    """A file of which two versions were merged; with conflicts, as git shows them."""

    text: str
    is_clean: bool


def renames(repository: Repository, base: str, target: str) -> Mapping[str, str]:
    """Map the files that one commit has under another name than an earlier one."""
    options = ("-r", "-z", "--name-status", "--diff-filter=R", HOW_ALIKE)
    printed = repository.git("diff-tree", *options, base, target)
    words = printed.rstrip("\0").split("\0")
    return dict(zip(words[1::3], words[2::3], strict=True))


def merge(
    repository: Repository, folder: Path, versions: tuple[str, str, str], labels: tuple[str, str]
) -> Merged | None:
    """Merge three versions of a file: ours, the one that both come from, and theirs.

    `labels` say whose the first and the last are. Returns None for what is no text.
    """
    files = [folder / name for name in ("ours", "base", "theirs")]
    for file, text in zip(files, versions, strict=True):
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    named = ("-L", labels[0], "-L", "base", "-L", labels[1])
    is_clean = True
    try:
        repository.git("merge-file", "--quiet", *named, "--", *map(str, files))
    except process.CommandFailure as failure:
        if failure.output.strip():  # it says why it cannot; of conflicts it says nothing
            return None
        is_clean = False
    return Merged(files[0].read_bytes().decode("utf-8", "surrogateescape"), is_clean)


def files_at(repository: Repository, commit: str, prefix: str = "") -> dict[str, Blob]:
    """Map the files of a commit below a folder, by their path from there, to what they are."""
    tree = f"{commit}:{prefix}" if prefix else commit
    listed = repository.git("ls-tree", "-r", "-z", "--full-tree", tree)
    entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
    words = {path: start.split(" ") for start, _, path in entries}
    return {path: Blob(mode, name) for path, (mode, _, name) in words.items()}


def text_of(repository: Repository, blob: str) -> str:
    """Return the content of a blob."""
    return repository.git("cat-file", "blob", blob)


def keep(repository: Repository, text: str) -> str:
    """Add a blob to a repository, byte for byte; return its hash."""
    return repository.git("hash-object", "-w", "--no-filters", "--stdin", stdin=text).strip()
