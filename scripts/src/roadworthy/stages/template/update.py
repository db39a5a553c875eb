"""Bring the files of a project up to date with the template that it was made from.

All is made in a scratch clone. The user's checkout takes it at the end: as one commit, or,
where something conflicts, as changes of the working tree with git's marks in them.
"""

from collections.abc import Iterator
from pathlib import Path

from ...model.problem import Failure, Problem
from ...model.template.project import Origin
from ...model.template.updating import Blob, TemplateFile
from ...model.workspace.workspace import LOCK, MANIFEST
from ...ops import process, uv
from ...ops.git import merging
from ...ops.git import settings as git_settings
from ...ops.git.repository import Repository
from ...ops.tree import Tree
from .comparing import Update
from .taking_over import scratch_of, take_over

# https://git-scm.com/docs/git-update-index#_using_index_info
NOTHING = Blob("0", "0" * 40)


def bring(here: Tree, lent: Repository, update: Update, folder: Path) -> str | None:
    """Let the checkout have the update in one commit, and return that.

    With conflicts it has the update as changes, and there is no commit. Raises `Failure`
    where uv cannot lock: nothing is changed then.
    """
    scratch = scratch_of(lent, folder)
    tree = Tree.of(scratch, prefix=here.prefix)
    _lay(tree, update)
    conflicts = update.conflicts
    if LOCK in tree.modes() and all(file.path != MANIFEST for file in conflicts):
        _lock(tree)
    scratch.git("commit", "--quiet", "--message", _message(update.origin))
    commit = str(scratch.commit_of("HEAD"))
    marks = "".join(line for file in conflicts for line in _unmerged(here, lent, file))
    take_over(here.repository, scratch, commit, as_changes=bool(conflicts))
    if conflicts:
        here.repository.git("update-index", "-z", "--index-info", stdin=marks)
    return None if conflicts else commit


def _lay(tree: Tree, update: Update) -> None:
    """Put what is taken into the index of the scratch clone, and then into its files."""
    entries = {**dict.fromkeys(update.removed, NOTHING), **dict(_entries(tree, update))}
    lines = (f"{b.mode} {b.hash}\t{tree.path(path)}\0" for path, b in entries.items())
    tree.repository.git("update-index", "-z", "--index-info", stdin="".join(lines))
    tree.repository.git("checkout-index", "--all", "--force", "--quiet")


def _entries(tree: Tree, update: Update) -> Iterator[tuple[str, Blob]]:
    """Return the files that change, with what they are then."""
    for path, text in update.texts.items():
        file = next(file for file in update.files if file.path == path)
        yield path, Blob(_mode(file), merging.keep(tree.repository, text))
    for file in update.due:
        if file.was:
            yield file.was, NOTHING
        if file.path not in update.texts:
            of_both = file.here if file in update.conflicts else file.target
            yield file.path, of_both or NOTHING


def _mode(file: TemplateFile) -> str:
    """Return the mode of a merged file: the one that somebody changed, the project's at last."""
    base, here, target = (blob.mode if blob else "" for blob in (file.base, file.here, file.target))
    return target if here == base else here


def _lock(tree: Tree) -> None:
    """Bring the lock file up to date; raise `Failure` with what uv says."""
    try:
        uv.lock(tree.root, git_settings.for_installers(tree.repository.environment))
    except process.CommandFailure as failure:
        message = f"uv cannot lock the project after the update:\n{failure.output.strip()}"
        hint = "nothing was changed; see what uv says"
        raise Failure(Problem("template-lock", message, hint)) from None
    tree.repository.git("add", "--", tree.path(LOCK))


def _message(origin: Origin) -> str:
    return (
        "chore: bring the project up to date with its template\n\n"
        f"Template: {origin.url}\nRevision: {origin.revision}\n"
    )


def _unmerged(here: Tree, lent: Repository, file: TemplateFile) -> Iterator[str]:
    """Say of a file what git says of a conflict of its own: no commit takes it before `git add`.

    Its three versions are kept in the user's repository.
    https://git-scm.com/docs/git-ls-files#Documentation/git-ls-files.txt---stage
    """
    path = here.path(file.path)
    yield f"0 {NOTHING.hash}\t{path}\0"
    for stage, blob in enumerate((file.base, file.here, file.target), start=1):
        if blob:
            kept = merging.keep(here.repository, merging.text_of(lent, blob.hash))
            yield f"{blob.mode} {kept} {stage}\t{path}\0"
