"""The command `snippet`."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..cli.options import WithRepository
from ..gather.facts import gather
from ..gather.workspace import workspace_at
from ..model.consumer.snippet import Snippet, Wish, snippets
from ..model.problem import Problem, UsageFailure
from ..ops.scratch import scratch_folder
from ..report import as_json, terminal
from ..stages.newest import newest_release
from ..stages.site import UNREACHABLE
from ..stages.steps import Steps
from ..stages.verify.mirror import Mirror
from .answer import Answer
from .source import newest, open_mirror


@dataclass(frozen=True, kw_only=True)
class Options(WithRepository):
    """What `snippet` takes."""


def run(options: Options, _: Steps) -> Answer:
    """Write the lines that install members, at one revision that has them all."""
    with scratch_folder() as folder:
        mirror = open_mirror(options, folder / "mirror.git")
        ref, warnings = _ref(mirror, options)
        ((name, commit),) = mirror.commits([ref]).items()
        workspace = workspace_at(mirror.tree(commit))
    members = [m for m in workspace.select(options.members) if m.installable]
    needed = {name for member in members for name in workspace.needed(member.name)}
    wish = Wish(
        members=members,
        everything=[workspace.members[each] for each in sorted(needed)],
        revision=mirror.revision(name),
    )
    if mirror.url == UNREACHABLE:
        hint = "set `repository` in [tool.release], or add a remote"
        warnings.append(
            Problem(
                "remote-unknown",
                f"no remote is known; the lines use {UNREACHABLE} in its place",
                hint,
            )
        )
    warnings += mirror.doubts
    found = tuple(snippets(wish))
    return Answer(as_json.snippets(name, commit, found), lambda: _show(found), warnings=warnings)


def _ref(mirror: Mirror, options: Options) -> tuple[str, list[Problem]]:
    """Return the ref that was asked for, else the newest release of all that is wanted."""
    if len(options.refs) > 1:
        message = "a consumer can install members of one repository at one revision only"
        raise UsageFailure(
            Problem("one-revision", message, "give one --ref, or none to take the newest release")
        )
    if options.refs:
        return options.refs[0], []
    facts = gather(newest(mirror))
    names = [m.name for m in facts.workspace.select(options.members) if not m.never_released]
    return newest_release(mirror.repository, facts, names)


def _show(found: Sequence[Snippet]) -> None:
    for snippet in found:
        where = f" ({snippet.file})" if snippet.file else ""
        terminal.say(f"# {snippet.title}{where}\n\n{snippet.text.rstrip()}\n")
