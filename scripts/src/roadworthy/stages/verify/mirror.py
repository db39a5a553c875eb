"""A repository as its consumers see it: by its public URL, and through a mirror of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...model.consumer.consumer import Revision
from ...model.problem import Problem
from ...ops.git.refs import tags_and_branches
from ...ops.git.repository import Repository
from ...ops.tree import HEAD, Tree, resolve


@dataclass(frozen=True, kw_only=True, slots=True)
class Mirror:
    """A mirror, the URL that it stands for, and the folder of the workspace in it.

    `kinds` says what each name is in uv's words; a tag where it is a branch, too.
    `doubts` are about the URL.
    """

    repository: Repository
    url: str
    prefix: str
    kinds: Mapping[str, str]
    doubts: tuple[Problem, ...] = ()

    @classmethod
    def of(
        cls, repository: Repository, url: str, prefix: str, doubts: Iterable[Problem] = ()
    ) -> "Mirror":
        """Look at a mirror."""
        tags, branches = tags_and_branches(repository, HEAD)
        kinds = dict.fromkeys(branches, "branch") | {tag.name: "tag" for tag in tags}
        return cls(repository=repository, url=url, prefix=prefix, kinds=kinds, doubts=tuple(doubts))

    @property
    def path(self) -> Path:
        """Return where it lies."""
        return self.repository.path

    def revision(self, name: str) -> Revision:
        """Return a revision as a consumer names it."""
        key = self.kinds.get(name, "rev")
        return Revision(url=self.url, prefix=self.prefix, name=name, key=key)

    def tree(self, commit: str) -> Tree:
        """Return the workspace at a commit."""
        return Tree(repository=self.repository, commit=commit, prefix=self.prefix)

    def commits(self, refs: Iterable[str]) -> dict[str, str]:
        """Return the commit of each ref; HEAD is named by its commit, "" is the default branch.

        Raises `UsageFailure` for one that is not there.
        """
        found = {ref: resolve(self.repository, self._full(ref or HEAD)) for ref in refs}
        return {commit if ref == HEAD else ref: commit for ref, commit in found.items()}

    def _full(self, ref: str) -> str:
        """Prefer a tag to a branch of the same name, as a release means it."""
        for candidate in (f"refs/tags/{ref}", f"refs/heads/{ref}"):
            if self.repository.commit_of(candidate):
                return candidate
        return ref
