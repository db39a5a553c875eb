"""Compare a project with its template: what it has of it, and what there is to take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import NormalizedName

from ...gather.workspace import workspace_at
from ...model.problem import Problem, UsageFailure, stop_on
from ...model.template.kept import Template
from ...model.template.project import Origin
from ...model.template.root_update import updated_root, with_origin, with_tooling_by_git
from ...model.template.updating import TO_TAKE, Blob, Files, State, TemplateFile, compared
from ...model.workspace.home import TOOLING
from ...model.workspace.toml import table_of
from ...model.workspace.workspace import MANIFEST, Member
from ...ops.git import merging
from ...ops.git.repository import LINK, SUBMODULE, Repository
from ...ops.tree import Tree

LABELS = ("yours", "the template's")


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """What a project takes of its template, as it is at `origin`.

    `texts` are the contents of files that were merged, the root manifest among them; all
    others are taken as they are. `removed` are files of the tooling, which comes by git then.
    """

    origin: Origin
    files: tuple[TemplateFile, ...]
    texts: Mapping[str, str]
    removed: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[TemplateFile, ...]:
        """Return the files that somebody has to look at."""
        return tuple(file for file in self.files if file.state is State.CONFLICT)

    @property
    def due(self) -> tuple[TemplateFile, ...]:
        """Return the files in which there is something to take."""
        return tuple(file for file in self.files if file.state in TO_TAKE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A project and two commits of its template, in a repository that has all three."""

    here: Tree
    lent: Repository
    base: str
    origin: Origin
    folder: Path

    @property
    def carried(self) -> str:
        """Return the folder of the tooling in the project; empty where it comes from elsewhere."""
        member = _members(self.here).get(TOOLING)
        return member.path if member and member.path == self.origin.subdirectory else ""

    def update(self, *, tooling_by_git: bool) -> Update:
        """Compare everything; merge what changed on both sides.

        Raises `UsageFailure` where the folder of the tooling has changes of the project's.
        """
        files = self._files()
        removed: tuple[str, ...] = ()
        if tooling_by_git and self.carried:
            stop_on(self._changed_tooling(files), UsageFailure)
            removed = tuple(filter(self._is_tooling, self.here.modes()))
            files = tuple(file for file in files if not self._is_tooling(file.path))
        root, text = self._root(tooling_by_git=bool(removed))
        found, texts = self._merged(files)
        return Update(
            origin=self.origin,
            files=tuple(sorted((root, *found), key=lambda file: file.path)),
            texts={MANIFEST: text, **texts},
            removed=removed,
        )

    def _merged(
        self, files: tuple[TemplateFile, ...]
    ) -> tuple[tuple[TemplateFile, ...], dict[str, str]]:
        """Merge what changed on both sides; return the files as they stand then, and texts."""
        both = {file.path: self._merge(file) for file in files if file.state is State.BOTH}
        unclear = {path for path, merged in both.items() if not (merged and merged.is_clean)}
        found = (replace(f, state=State.CONFLICT) if f.path in unclear else f for f in files)
        return tuple(found), {path: merged.text for path, merged in both.items() if merged}

    def _files(self) -> tuple[TemplateFile, ...]:
        """Compare the files that the template owns."""
        here = merging.files_at(self.here.repository, self.here.commit, self.here.prefix)
        base, target = (self._owned(commit) for commit in (self.base, self.origin.revision))
        renames = merging.renames(self.lent, self.base, self.origin.revision)
        owned = {old: new for old, new in renames.items() if old in base and new in target}
        return compared(base, target, here, owned)

    def _owned(self, commit: str) -> Files:
        """Return the files of the template at a commit that are its own in every project."""
        commits = (self.base, self.origin.revision)
        tables = [table_of(MANIFEST, self._manifest(each)) for each in commits]
        first, second = (Template.of(t.get("tool", {}).get("template", {})) for t in tables)
        template, folders = first.and_those_of(second), self._member_folders()
        files = merging.files_at(self.lent, commit)
        return {path: blob for path, blob in files.items() if template.owns(path, folders)}

    def _member_folders(self) -> set[str]:
        """Return the folders of members, of which the template owns only the tooling's."""
        trees = (self.here, *(Tree.of(self.lent, c) for c in (self.base, self.origin.revision)))
        folders = {member.path for tree in trees for member in _members(tree).values()}
        return folders - {".", self.carried}

    def _is_tooling(self, path: str) -> bool:
        return path.startswith(f"{self.carried}/")

    def _changed_tooling(self, files: tuple[TemplateFile, ...]) -> Iterator[Problem]:
        """Find changes of the tooling that would be lost with its folder."""
        known = {file.path for file in files if file.state not in {State.YOURS, State.BOTH}}
        for path in sorted(filter(self._is_tooling, self.here.modes())):
            if path not in known:
                hint = "keep the folder, or take your change out first"
                message = f"{path} is changed here: the change would be lost"
                yield Problem("template-tooling", message, hint)

    def _manifest(self, commit: str) -> str:
        return Tree.of(self.lent, commit).texts([MANIFEST])[MANIFEST]

    def _root(self, *, tooling_by_git: bool) -> tuple[TemplateFile, str]:
        """Merge the root manifest; return its state, and its text."""
        own = self.here.texts([MANIFEST])[MANIFEST]
        was, now = (self._manifest(commit) for commit in (self.base, self.origin.revision))
        found = updated_root(own, was, now, self.origin)
        ours, base, theirs = (
            with_origin(text, self.origin) for text in (found.text, found.base, found.theirs)
        )
        mode = self.here.modes()[MANIFEST]
        blobs = [Blob(mode, merging.keep(self.lent, text)) for text in (base, theirs, ours)]
        file = TemplateFile(
            path=MANIFEST, state=found.state, base=blobs[0], target=blobs[1], here=blobs[2]
        )
        if found.state is State.CONFLICT:
            merged = merging.merge(self.lent, self.folder, (ours, base, theirs), LABELS)
            return file, merged.text if merged else ours
        if tooling_by_git:
            return file, with_tooling_by_git(ours, self.origin)
        return file, ours

    def _merge(self, file: TemplateFile) -> merging.Merged | None:
        blobs = (file.here, file.base, file.target)
        if any(blob and blob.mode in {LINK, SUBMODULE} for blob in blobs):
            return None
        ours, base, theirs = (merging.text_of(self.lent, b.hash) if b else "" for b in blobs)
        return merging.merge(self.lent, self.folder, (ours, base, theirs), LABELS)


def _members(tree: Tree) -> Mapping[NormalizedName, Member]:
    return workspace_at(tree, may_be_empty=True).members
