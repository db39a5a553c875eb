"""The command `snippet`."""

from argparse import Namespace
from collections.abc import Collection, Sequence
from dataclasses import asdict

from packaging.utils import NormalizedName

from ..gather.facts import gather
from ..gather.workspace import workspace_at
from ..model.consumer.snippet import Snippet, Wish, snippets
from ..model.history.tag import Tag, is_release_tag
from ..model.plan.facts import Facts
from ..model.problem import Problem, UsageFailure
from ..ops.scratch import scratch_folder
from ..ops.tree import HEAD
from ..report import terminal
from ..stages.site import UNREACHABLE
from ..stages.steps import Steps
from ..stages.verify.mirror import Mirror
from .context import Answer
from .source import newest, open_mirror


def run(arguments: Namespace, _: Steps) -> Answer:
    """Write the lines that install members, at one revision that has them all."""
    with scratch_folder() as folder:
        mirror = open_mirror(arguments, folder / "mirror.git")
        ref, warnings = _ref(mirror, arguments)
        ((name, commit),) = mirror.commits([ref]).items()
        workspace = workspace_at(mirror.tree(commit))
    members = [m for m in workspace.select(arguments.members) if m.installable]
    needed = {name for member in members for name in workspace.needed(member.name)}
    wish = Wish(
        members=members,
        everything=[workspace.members[each] for each in sorted(needed)],
        revision=mirror.revision(name),
    )
    if mirror.url == UNREACHABLE:
        hint = "set `repository` in [tool.release], or add a remote"
        warnings.append(Problem(f"no remote is known; {UNREACHABLE} stands for it", hint))
    found = tuple(snippets(wish))
    data = {"revision": name, "commit": commit, "snippets": [asdict(each) for each in found]}
    return Answer(data, lambda: _show(found), warnings=warnings)


def _ref(mirror: Mirror, arguments: Namespace) -> tuple[str, list[Problem]]:
    """Return the ref that was asked for, else the newest release of all that is wanted."""
    if len(arguments.refs) > 1:
        message = "a consumer takes members of one repository at one revision"
        raise UsageFailure(Problem(message, "name one --ref, or none to have it chosen"))
    if arguments.refs:
        return arguments.refs[0], []
    facts = gather(newest(mirror))
    names = [m.name for m in facts.workspace.select(arguments.members) if not m.never_released]
    return _newest_release(mirror, facts, names)


def _newest_release(
    mirror: Mirror, facts: Facts, names: Collection[NormalizedName]
) -> tuple[str, list[Problem]]:
    priors = facts.priors()
    missing = sorted(set(names) - priors.keys())
    if missing or not names:
        message = f"{', '.join(missing) or 'what is named'} was never released"
        return HEAD, [Problem(message, "the lines name the commit at HEAD instead")]
    tags = {priors[name][1] for name in names}
    newest_commits = mirror.repository.git(
        "merge-base", "--independent", *{tag.commit for tag in tags}
    )
    if len(newest_commits.split()) > 1:
        message = "no release has all of these members as they were last released"
        return HEAD, [Problem(message, "the lines name the commit at HEAD instead")]
    return _named(facts, newest_commits.strip(), sorted(tags, key=lambda tag: tag.name)), []


def _named(facts: Facts, commit: str, tags: Sequence[Tag]) -> str:
    """Prefer a member's own tag where it is alone, else the tag of the whole release."""
    own = [tag.name for tag in tags if tag.commit == commit]
    whole = sorted(t.name for t in facts.tags if t.commit == commit and is_release_tag(t.name))
    return own[0] if len(tags) == 1 else [*whole, *own][0]


def _show(found: Sequence[Snippet]) -> None:
    for snippet in found:
        where = f" ({snippet.file})" if snippet.file else ""
        terminal.say(f"# {snippet.title}{where}\n\n{snippet.text.rstrip()}\n")
