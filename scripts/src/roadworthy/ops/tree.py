"""The door to a commit of a workspace: the files below its root, as they are committed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..model.history.change import Commit
from ..model.problem import Problem, UsageFailure
from ..model.workspace.workspace import MANIFEST
from . import process
from .git.repository import FILE, Repository
from .git.writing import commit

HEAD = "HEAD"
_modes: dict[tuple[str, str], Mapping[str, str]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """A commit of a repository, and the folder that the workspace has in it."""

    repository: Repository
    commit: str
    prefix: str = ""

    @classmethod
    def of(cls, repository: Repository, revision: str = HEAD, prefix: str = "") -> "Tree":
        """Return the tree at a revision; raise `UsageFailure` where there is no such commit."""
        return cls(repository=repository, commit=resolve(repository, revision), prefix=prefix)

    def at(self, commit: str) -> "Tree":
        """Return the tree at another commit of the repository."""
        return replace(self, commit=commit)

    @property
    def root(self) -> Path:
        """Return the workspace's root in the repository's working tree."""
        return self.repository.path / self.prefix

    def path(self, path: str) -> str:
        """Return a path below the workspace's root as the repository has it."""
        return f"{self.prefix}/{path}" if self.prefix else path

    def modes(self) -> Mapping[str, str]:
        """Map all files of the workspace to their modes.

        A commit says the same in every repository, and so it is listed once.
        """
        place = (self.commit, self.prefix)
        if place not in _modes:
            _modes[place] = self.repository.modes(*place)
        return _modes[place]

    def check_out(self, paths: Iterable[str]) -> None:
        """Write files of the commit into the repository's working tree, and its index."""
        self.repository.git("read-tree", self.commit)
        listed = "".join(f"{self.path(path)}\0" for path in paths)
        self.repository.git("checkout-index", "--force", "-z", "--stdin", stdin=listed)

    def commit_on(self, branch: str, texts: Mapping[str, str | None], message: str) -> str:
        """Add a commit to a branch that is here, with new texts of files; None removes one."""
        modes = self.modes()
        files = {
            self.path(path): None if text is None else (modes.get(path, FILE), text)
            for path, text in texts.items()
        }
        return commit(self.repository, branch, self.commit, files, message)

    def texts(self, paths: Collection[str]) -> dict[str, str]:
        """Read many files at once; one that is not there is left out."""
        found = texts_at(self, ((self.commit, path) for path in paths))
        return {path: text for (_, path), text in found.items()}

    def history(self, after: Iterable[str]) -> tuple[Commit, ...]:
        """Return the commits that are not behind all of `after`, newest first."""
        return self.repository.history(self.commit, after, self.prefix)

    def commits_named(self, *starts: str) -> tuple[Commit, ...]:
        """Return the commits that have a line which starts so, newest first."""
        return self.repository.commits_named(self.commit, starts, self.prefix)

    def changes_of(self, paths: Iterable[str]) -> tuple[Commit, ...]:
        """Return the commits that touch any of the paths, newest first."""
        places = [self.path(path) for path in paths]
        return self.repository.changes_of(self.commit, places, self.prefix)

    def manifests_ever(self) -> tuple[str, ...]:
        """Return where manifests lay at any time, in the history of all refs."""
        return self.repository.paths_ever(MANIFEST, self.prefix)

    def changed_since(self, base: str) -> tuple[str, ...]:
        """Return the files that differ since this commit and another parted."""
        return self.repository.changed_files(base, self.commit, self.prefix)


def texts_at(tree: Tree, wanted: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """Read files at several commits at once, each a commit and a path; what is not there is not."""
    names = {f"{commit}:{tree.path(path)}": (commit, path) for commit, path in wanted}
    texts = tree.repository.texts(list(names)) if names else {}
    return {names[name]: text for name, text in texts.items()}


def resolve(repository: Repository, revision: str) -> str:
    """Return the commit of a revision; raise `UsageFailure` where there is none."""
    commit = repository.commit_of(revision)
    if commit is None:
        hint = "name a branch, a tag or a commit that this repository has"
        raise UsageFailure(Problem("commit-unknown", f"there is no commit `{revision}`", hint))
    return commit


def open_workspace(folder: Path) -> Tree:
    """Return the tree at HEAD of the repository that a workspace is in.

    Raises `UsageFailure` where there is no repository, or no commit in it.
    """
    if not folder.is_dir():
        raise UsageFailure(
            Problem("folder-missing", f"{folder} is not a folder", "name the workspace's root")
        )
    repository = Repository(path=folder)
    try:
        options = ("--is-shallow-repository", "--show-prefix", f"{HEAD}^{{commit}}")
        printed = repository.git("rev-parse", *options)
    except process.CommandFailure as failure:
        raise UsageFailure(_unreadable(folder, failure.output)) from None
    is_shallow, _, rest = printed.partition("\n")
    prefix, _, commit = rest.removesuffix("\n").rpartition("\n")
    if is_shallow == "true":
        hint = "run `git fetch --unshallow --tags`; in CI, fetch with depth 0"
        message = "the clone is shallow: it lacks history and tags"
        raise UsageFailure(Problem("git-shallow", message, hint))
    return Tree(repository=repository, commit=commit, prefix=prefix.rstrip("/"))


def _unreadable(folder: Path, printed: str) -> Problem:
    """Say why git does not read a repository."""
    if "dubious ownership" in printed:
        hint = "it belongs to somebody else; git's own `safe.directory` setting allows it"
        return Problem("git-ownership", f"git refuses to read {folder}", hint)
    if "safe.bareRepository" in printed:
        hint = "name a clone that has a working tree, or set `safe.bareRepository` to `all`"
        return Problem("git-bare", f"git does not read this bare repository: {folder}", hint)
    if "not a git repository" in printed:
        hint = "run `git init` and commit, or name another folder with --workspace"
        return Problem("git-no-repository", f"{folder} is not in a git repository", hint)
    if "unknown revision" in printed:
        hint = "commit the workspace first"
        return Problem("git-no-commit", f"{folder} has no commit yet", hint)
    hint = f"fix this; `git -C {folder} status` shows the same"
    return Problem("git-unreadable", f"git cannot read {folder}:\n{printed.strip()}", hint)
