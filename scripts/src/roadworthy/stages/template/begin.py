"""Make a project of a clone of the template: in a scratch clone, in one commit.

The user's checkout takes that commit at the end, or nothing of it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from ...gather.workspace import workspace_at
from ...model.problem import Failure, Problem
from ...model.template.kept import LICENSE, OWNERS, WRITTEN, Template
from ...model.template.naming import renamed
from ...model.template.project import SUFFIX, Origin, Project, root_of, with_license
from ...model.workspace.workspace import MANIFEST, Workspace
from ...ops import process, skeletons, uv
from ...ops.git import settings as git_settings
from ...ops.git.repository import Repository
from ...ops.tree import Tree
from ..prepare.files import LOCK

FORGES = {"gitlab": ".gitlab"}
GITHUB = ".github"
# What a person types who reports a weakness, by the name of the forge.
REPORTS = {
    "github": "{url}/security/advisories/new",
    "gitlab": "open a confidential issue at {url}/-/issues/new",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """How a project is made: what it keeps of the template, and where it publishes.

    `license_text` stands in for a text of ours.
    """

    keeps_examples: bool = False
    keeps_tooling: bool = False
    new_history: bool = False
    index: str = ""
    license_text: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to files, and why."""

    action: str
    what: str
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """A project that was made: the commit in the scratch clone, and what it changes."""

    commit: str
    changes: tuple[Change, ...]


def begin(tree: Tree, project: Project, origin: Origin, choices: Choices) -> Beginning:
    """Make a project in a scratch clone that has HEAD checked out; commit it there.

    Raises `Failure` where uv cannot lock it.
    """
    desk = _Desk(tree, project, origin, choices)
    changes = tuple(desk.changes())
    _lock(tree, choices)
    return Beginning(commit=_commit(tree, project, origin, choices), changes=changes)


class _Desk:
    """The files of a scratch clone, while they become a project's."""

    def __init__(self, tree: Tree, project: Project, origin: Origin, choices: Choices) -> None:
        self.tree, self.project, self.origin, self.choices = tree, project, origin, choices
        self.workspace: Workspace = workspace_at(tree)
        root = (tree.root / MANIFEST).read_text("utf-8")
        self.template = Template.read(root)
        self.files = sorted(tree.modes())

    def changes(self) -> Iterator[Change]:
        """Change the files; tell what was done."""
        if self.choices.keeps_examples:
            yield self._rename_examples()
        else:
            yield self._remove(self.template.examples_of(self.files), "the examples")
        if not self.choices.keeps_tooling:
            source = self.origin.tag or f"commit {self.origin.revision[:12]}"
            own = [file for file in self.files if file.startswith(f"{self.origin.subdirectory}/")]
            yield self._remove(own, f"the tooling comes by git, at {source}")
        yield self._remove(self.template.files_only_here(self.files), "only for the template")
        yield self._write()
        yield self._edit_root()

    def _remove(self, files: Sequence[str], why: str) -> Change:
        for file in files:
            (self.tree.root / file).unlink(missing_ok=True)
        return Change("remove", ", ".join(_outermost(files, self.files)), why)

    def _rename_examples(self) -> Change:
        """Give the examples the prefix of the project: their folders, and all that names them."""
        old, new = self._old_prefix, self.project.name
        moved = []
        for file in self.template.examples_of(self.files):
            target = self.tree.root / renamed(file, old, new)
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.tree.root / file).rename(target)
            with suppress(UnicodeDecodeError):  # a picture names nobody
                text = self._of_example(file, target.read_text("utf-8"))
                target.write_text(text, "utf-8", newline="\n")
            moved.append(renamed(file, old, new))
        return Change("rename", ", ".join(_outermost(moved, moved)), f"the examples, from `{old}`")

    def _of_example(self, file: str, text: str) -> str:
        name = PurePosixPath(file).name
        if name == LICENSE:
            return self._license()
        text = renamed(text, self._old_prefix, self.project.name)
        return with_license(text, self.project.license) if name == MANIFEST else text

    @property
    def _old_prefix(self) -> str:
        (root,) = [m.name for m in self.workspace.members.values() if m.path == "."]
        return root.removesuffix(SUFFIX)

    def _license(self) -> str:
        if self.choices.license_text:
            return self.choices.license_text
        values = {"year": _year(self.tree.repository), "author": self.project.author}
        return skeletons.text_of(f"licences/{self.project.license}.txt", **values)

    def _write(self) -> Change:
        """Write what a project says of itself."""
        url = self.project.repository.removesuffix(".git")
        forge = next((name for name in REPORTS if name in url), "")
        folder = FORGES.get(forge, GITHUB)
        private = REPORTS.get(forge, "write to the maintainers").format(url=url)
        values = {
            "name": self.project.name,
            "repository": self.project.repository,
            "license": self.project.license,
            "owner": url.rpartition("/")[0].rpartition("/")[2] or self.project.name,
            "private": private if " " in private else f"<{private}>",
        }
        texts = {LICENSE: self._license()}
        for name in WRITTEN:
            texts[name] = skeletons.text_of(f"project/{name}", **values)
        texts[f"{folder}/{OWNERS}"] = skeletons.text_of(f"project/{OWNERS}", **values)
        for path, text in texts.items():
            (self.tree.root / path).parent.mkdir(exist_ok=True)
            (self.tree.root / path).write_text(text, "utf-8", newline="\n")
        return Change("write", ", ".join(sorted(texts)))

    def _edit_root(self) -> Change:
        """Write the root manifest."""
        file = self.tree.root / MANIFEST
        text = file.read_text("utf-8")
        examples = {f.rpartition("/")[0] for f in self.template.examples_of(self.files)}
        gone = [m.name for m in self.workspace.members.values() if m.path in examples]
        if self.choices.keeps_examples:
            text, gone = renamed(text, self._old_prefix, self.project.name), []
        edited = root_of(
            text,
            self.project,
            self.origin,
            gone=gone,
            tooling_by_git=not self.choices.keeps_tooling,
            index=self.choices.index,
        )
        file.write_text(edited, "utf-8", newline="\n")
        return Change("edit", f"{MANIFEST}, {LOCK}", f"the umbrella {self.project.umbrella}")


def _year(repository: Repository) -> str:
    """Return the year in which the commit is made."""
    seconds = int(repository.git("var", "GIT_COMMITTER_IDENT").split()[-2])
    return str(datetime.fromtimestamp(seconds, UTC).year)


def _outermost(files: Sequence[str], every: Sequence[str]) -> list[str]:
    """Return files, or the outermost folders of which nothing stays."""
    gone = set(files)
    kept = {"."} | {above for file in every if file not in gone for above in _folders(file)}
    named = ([above for above in _folders(file) if above not in kept] for file in files)
    shown = (f"{own[-1]}/" if own else file for file, own in zip(files, named, strict=True))
    return list(dict.fromkeys(shown))


def _folders(file: str) -> list[str]:
    """Return the folders that a file lies in, the outermost last."""
    return [str(above) for above in PurePosixPath(file).parents]


def _lock(tree: Tree, choices: Choices) -> None:
    """Bring the lock file up to date; raise `Failure` with what uv says.

    uv fetches the tooling by git, with the user's credentials and none of their hooks.
    """
    try:
        uv.lock(tree.root, git_settings.for_installers(tree.repository.environment))
    except process.CommandFailure as failure:
        hint = "nothing was changed; see what uv says"
        if not choices.keeps_tooling:
            hint += ". With --tooling keep, the tooling stays in the repository"
        message = f"uv cannot lock the new project:\n{failure.output.strip()}"
        raise Failure(Problem("init-lock", message, hint)) from None


def _commit(tree: Tree, project: Project, origin: Origin, choices: Choices) -> str:
    scratch = tree.repository
    scratch.git("add", "--all", "--force")
    message = (
        f"chore: start {project.name} from its template\n\n"
        f"Template: {origin.url}\nRevision: {origin.revision}\n"
    )
    if choices.new_history:
        scratch.git("symbolic-ref", "HEAD", "refs/heads/first")  # which has no commit yet
    scratch.git("commit", "--quiet", "--message", message)
    return str(scratch.commit_of("HEAD"))
