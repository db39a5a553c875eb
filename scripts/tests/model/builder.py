"""Builds the facts of a workspace in memory, step by step; each step is a new value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.history.change import Commit
from roadworthy.model.history.tag import Tag
from roadworthy.model.plan.facts import Facts, Page
from roadworthy.model.plan.intent import read_intent
from roadworthy.model.plan.plan import Plan, make_plan
from roadworthy.model.workspace.edit import edited_files, edits, release_message
from roadworthy.model.workspace.reading import read_workspace

Files = Mapping[str, Iterable[str]]
DAY = date(2026, 3, 14)
ROOT = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
BUILD = '[build-system]\nrequires = ["uv_build>=0.9,<1"]\nbuild-backend = "uv_build"\n'


def manifest(name: str, version: str, requires: Iterable[str] = (), *tables: str) -> str:
    """Return the manifest of a member that can be released."""
    listed = "".join(f'    "{text}",\n' for text in requires)
    project = f'[project]\nname = "{name}"\nversion = "{version}"\ndependencies = [\n{listed}]\n'
    return "\n".join((project, BUILD, *tables))


@dataclass(frozen=True)
class Built:
    """A workspace with one line of history; the newest commit is the last."""

    texts: Mapping[str, str] = field(default_factory=lambda: {"pyproject.toml": ROOT})
    history: tuple[Commit, ...] = (Commit(hash="c0", parents=(), message="Start", files=()),)
    tags: tuple[Tag, ...] = ()
    branches: frozenset[str] = frozenset()
    pages: Mapping[NormalizedName, Page] = field(default_factory=dict)
    version_set_at: Mapping[NormalizedName, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """Return the commit that is planned from."""
        return self.history[-1].hash

    def text(self, path: str, text: str) -> "Built":
        """Write a file, without a commit that tells of it."""
        return replace(self, texts={**self.texts, path: text})

    def member(self, name: str, version: str, *requires: str, more: str = "") -> "Built":
        """Write the manifest of a member, without a commit that tells of it."""
        return self.text(f"packages/{name}/pyproject.toml", manifest(name, version, requires, more))

    def commit(self, message: str, *files: str) -> "Built":
        """Commit on top of the history."""
        number = f"c{len(self.history)}"
        new = Commit(hash=number, parents=(self.head,), message=message, files=files)
        return replace(self, history=(*self.history, new))

    def touch(self, name: str, message: str) -> "Built":
        """Commit a change of a member's code."""
        return self.commit(message, f"packages/{name}/src/{name}.py")

    def tag(self, *names: str, outside: bool = False) -> "Built":
        """Tag the newest commit, or one that is not behind it."""
        commit = "e1" * 20 if outside else self.head
        new = (Tag(name=name, commit=commit, reachable=not outside) for name in names)
        return replace(self, tags=(*self.tags, *new))

    def branch(self, name: str) -> "Built":
        """Name a branch."""
        return replace(self, branches=self.branches | {name})

    def page(self, name: str, files: Files, unknown: str = "", set_at: str = "") -> "Built":
        """Let the index answer: file names by version; `set_at` made the manifest's version."""
        member = NormalizedName(name)
        listed = {Version(version): dict.fromkeys(these, "") for version, these in files.items()}
        pages = {**self.pages, member: Page(files=listed, unknown=unknown)}
        found = {**self.version_set_at, member: set_at} if set_at else self.version_set_at
        return replace(self, pages=pages, version_set_at=found)

    def plan(self, *only: str, **asked: Any) -> Plan:  # noqa: ANN401 - as `read_intent` takes it
        """Plan from all of this, and from what people ask for."""
        facts = self.facts()
        return make_plan(facts, read_intent(facts.workspace, only=only, **asked))

    def edits(self, plan: Plan) -> dict[str, str | None]:
        """Return the files of the release commit that a plan asks for."""
        asked = edited_files(plan, self.facts().workspace)
        texts = {path: self.texts[path] for path in asked if path in self.texts}
        return edits(plan, self.facts().workspace, texts, DAY)

    def prepared(self, plan: Plan) -> "Built":
        """Make the release commit of a plan."""
        changed = self.edits(plan)
        texts = {path: text for path, text in {**self.texts, **changed}.items() if text is not None}
        return replace(self, texts=texts).commit(release_message(plan), *changed)

    def note(self, name: str, level: str, text: str) -> "Built":
        """Write a change note, with a commit that brings it along with some code."""
        path = f"packages/{name}/changes/{len(self.history)}.{level}.md"
        return self.text(path, f"{text}\n").commit("chore: a note", path)

    def facts(self) -> Facts:
        """Return all of this as the planner takes it, the newest commit first."""
        return Facts(
            base=self.head,
            day=DAY,
            workspace=read_workspace(
                {p: t for p, t in self.texts.items() if p.endswith("pyproject.toml")},
                tuple(self.texts),
                lambda paths: {path: self.texts[path] for path in paths},
            ),
            tags=self.tags,
            branches=self.branches,
            commits=self.history[::-1],
            pages=self.pages,
            version_set_at=self.version_set_at,
        )
