"""The command `update-template`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ..cli.options import Common
from ..model.problem import Problem, UsageFailure, stop_on
from ..model.template.updating import State
from ..model.url import same_repository
from ..model.workspace.toml import table_of
from ..model.workspace.workspace import LOCK, MANIFEST
from ..ops.git import remote as git_remote
from ..ops.git.program import require_identity
from ..ops.git.repository import Repository
from ..ops.scratch import scratch_folder
from ..ops.tree import Tree, open_workspace
from ..report import screen, terminal
from ..stages.steps import Steps
from ..stages.template.comparing import Comparison, Update
from ..stages.template.moving import require_clean
from ..stages.template.origin import (
    DEFAULT,
    fetch_template,
    is_behind,
    revision_of,
    template_at,
)
from ..stages.template.taking_over import lend
from ..stages.template.update import bring
from .answer import Answer

# `screen` is imported at once: `--tooling git` may remove the folder that we run from.
__all__ = ["Options", "run", "screen"]
TEMPLATE = "template"
GIT = "git"
WORDS = {
    State.CONFLICT: "changed here and in the template, in the same lines",
    State.BOTH: "changed here and in the template, merges",
    State.BEHIND: "changed in the template",
    State.NEW: "added to the template",
    State.GONE: "no longer in the template",
    State.YOURS: "changed or removed here, stays so",
}


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `update-template` takes."""

    own_flags: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "--check": {"help": "only tell what is behind, and change nothing: exit code 1 if any"},
        "--template": {"help": "the URL of the template (default: the one that is recorded)"},
        "--tooling": {
            "default": None,
            "help": "git: take the tooling by git, and remove its folder from the project",
        },
    }
    names: ClassVar[Mapping[str, object]] = {
        "nargs": "*",
        "metavar": "MEMBER",
        "help": "it takes no members",
    }

    to: str | None = None
    check: bool = False
    since: str | None = None
    template: str | None = None
    tooling: str | None = None


def run(options: Options, steps: Steps) -> Answer:
    """Take what the template changed since; with --check, only tell it."""
    stop_on(_wrong_in(options), UsageFailure)
    here = open_workspace(options.workspace)
    recorded = _recorded(here)
    if "only-here" in recorded and "source" not in recorded:
        said = "This is the template itself: it has nothing to take."
        data: dict[str, object] = {"from": None, "to": None, "files": []}
        return Answer(data, lambda: terminal.say(said))
    url = _url(here.repository, options, recorded)
    since = options.since or str(recorded.get("revision", ""))
    stop_on(_missing(since), UsageFailure)
    if not options.check:
        require_clean(here.repository)
        require_identity(here.repository)
    with scratch_folder() as folder:
        with steps("template"):
            comparison = _compared(here, url, since, options.to, folder)
        with steps("compare"):
            update = comparison.update(tooling_by_git=options.tooling == GIT)
        commit = None
        if not options.check and _is_due(update, options):
            with steps("update"):
                commit = bring(here, comparison.lent, update, folder)
    return _answer(options, comparison, update, commit)


def _wrong_in(options: Options) -> Iterator[Problem]:
    if options.members:
        message = f"it takes no members, and was given `{options.members[0]}`"
        yield Problem("usage", message, "write it without: `nox -s update-template`")


def _recorded(here: Tree) -> Mapping[str, Any]:
    text = here.texts([MANIFEST]).get(MANIFEST)
    if text is None:
        message = f"there is no {MANIFEST} in {here.root}"
        hint = "name the root of a uv workspace with --workspace"
        raise UsageFailure(Problem("workspace-not-found", message, hint))
    table: Mapping[str, Any] = table_of(MANIFEST, text).get("tool", {}).get(TEMPLATE, {})
    return table


def _url(checkout: Repository, options: Options, recorded: Mapping[str, Any]) -> str:
    """Return the URL of the template: as the remote `template` reaches it, if it is that one."""
    source = options.template or recorded.get("source")
    if not source:
        message = f"{MANIFEST} does not say which template this project was made from"
        hint = "name it, and the commit of it that you have: --template URL --since REVISION"
        raise UsageFailure(Problem("template-unknown", message, hint))
    known = git_remote.url_of(checkout, TEMPLATE)
    if not options.template and known and same_repository(git_remote.public_url(known), source):
        return known
    return str(source)


def _missing(since: str) -> Iterator[Problem]:
    if not since:
        message = f"{MANIFEST} does not say which commit of the template the project has"
        yield Problem("template-unknown", message, "name it: --since REVISION")


def _compared(here: Tree, url: str, since: str, to: str | None, folder: Path) -> Comparison:
    """Fetch the template, and find the two commits of it: the one that was, and the one to be."""
    lent = lend(here, folder)
    fetch_template(lent, url)
    base = revision_of(lent, url, since)
    target = revision_of(lent, url, to or DEFAULT)
    if to is None and is_behind(lent, target, base):
        target = base
    origin = template_at(lent, url, target)
    return Comparison(here=here, lent=lent, base=base, origin=origin, folder=folder)


def _is_due(update: Update, options: Options) -> bool:
    return bool(update.due or update.removed or options.since)


def _answer(options: Options, comparison: Comparison, update: Update, commit: str | None) -> Answer:
    problems = list(_behind(update) if options.check else _conflicts(update))
    data = {
        "from": comparison.base,
        "to": update.origin.revision,
        "files": [
            {"path": file.path, "state": file.state} | ({"was": file.was} if file.was else {})
            for file in update.files
        ],
        "commit": commit,
    }
    lines = list(_lines(comparison, update, commit))
    return Answer(
        data,
        lambda: terminal.say("\n".join(lines)),
        problems=problems,
        exit_code=1 if problems else 0,
    )


def _behind(update: Update) -> Iterator[Problem]:
    count = len(update.due)
    if count:
        message = f"{count} file{'s are' if count > 1 else ' is'} behind the template"
        yield Problem("template-behind", message, "`nox -s update-template` takes the changes")


def _conflicts(update: Update) -> Iterator[Problem]:
    for file in update.conflicts:
        lock = f"run `uv lock`, `git add` it and {LOCK}"
        how = lock if file.path == MANIFEST else "`git add` it"
        hint = f"edit it, {how}, and commit; `git reset --hard` gives the whole update up"
        message = f"you and the template changed the same lines of {file.path}"
        yield Problem("template-conflict", message, hint)


def _lines(comparison: Comparison, update: Update, commit: str | None) -> Iterator[str]:
    origin = update.origin
    since = "" if comparison.base == origin.revision else f"{comparison.base[:12]} to "
    yield f"{origin.url}: {since}{origin.revision[:12]}"
    for state, words in WORDS.items():
        files = [file for file in update.files if file.state is state]
        yield from ["", f"{state}: {words}"] if files else []
        yield from (f"  {file.path}{f', was {file.was}' if file.was else ''}" for file in files)
    if update.removed:
        source = origin.tag or origin.revision[:12]
        yield from ["", f"removed: the tooling comes by git, at {source}"]
        yield f"  {comparison.carried}/"
    yield ""
    if commit:
        yield f"Committed as {commit[:12]}: look at it with `git show`."
    elif not (update.due or update.removed):
        yield "Nothing is behind the template."
    if comparison.carried and not update.removed:
        yield f"{comparison.carried}/ has the tooling. `nox -s update-template -- --tooling git`"
        yield "takes it by git instead, as new projects do."
