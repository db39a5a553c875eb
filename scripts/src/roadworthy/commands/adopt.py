"""The command `adopt`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from ..cli.options import Common
from ..model.history.inferred import Value, toml_lines
from ..model.plan.adopted import Adopted, adopted
from ..model.plan.facts import Facts
from ..model.plan.plan import make_plan
from ..model.problem import Problem, UsageFailure
from ..model.workspace.workspace import MANIFEST
from ..report import terminal
from ..stages.site import current_branch
from ..stages.steps import Steps
from .answer import Answer
from .context import Context


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `adopt` takes."""

    needs_uv: ClassVar[bool] = False

    write: bool = False


def run(options: Options, _: Steps) -> Answer:
    """Show the settings that fit the tags which are there; with --write, write them."""
    context = Context.of(options)
    facts = context.facts()
    plan = make_plan(facts)
    lines = _lines(context, facts)
    if options.write:
        _write(context, lines)
    rows = tuple(adopted(facts, plan))
    unread = [stray.tag.name for stray in facts.tagged.strays] if facts.tagged else []
    data = {
        "settings": dict(lines),
        "members": [asdict(row) for row in rows],
        "unread": unread,
        "written": bool(options.write and lines),
    }
    return Answer(data, lambda: _show(lines, rows, unread, is_written=options.write))


def _lines(context: Context, facts: Facts) -> dict[str, Value]:
    """Return the settings to write: those of the tags, and the branch that is released from."""
    lines = dict(facts.inferred.lines) if facts.inferred else {}
    branch, settings = current_branch(context.checkout), context.workspace.settings
    is_unknown = not set(settings.branch) & {*facts.branches}
    if branch and is_unknown and "branch" not in settings.written:
        lines["branch"] = branch
    return lines


def _write(context: Context, lines: Mapping[str, Value]) -> None:
    """Write the settings into the root manifest; raise `UsageFailure` for a tree with changes."""
    from ..model.workspace.manifest import with_settings  # noqa: PLC0415 - tomlkit takes 20 ms

    if context.checkout.changed():
        hint = "commit, stash or ignore these changes"
        raise UsageFailure(Problem("tree-not-clean", "the working tree is not clean", hint))
    path = context.checkout.path / MANIFEST
    text = path.read_bytes().decode("utf-8")
    path.write_bytes(with_settings(text, lines).encode("utf-8"))


def _show(
    lines: Mapping[str, Value],
    rows: tuple[Adopted, ...],
    unread: Sequence[str],
    *,
    is_written: bool,
) -> None:
    if lines:
        terminal.say("\n".join(["[tool.release]", *toml_lines(lines), ""]))
    else:
        terminal.say("The settings fit the tags: there is nothing to write.\n")
    terminal.show_adopted(rows)
    if unread:
        terminal.say(f"\nNot read, since no manifest has their version: {terminal.some(unread)}.")
    if lines:
        written = f"\nWritten: {MANIFEST}. Look at it and commit it."
        terminal.say(
            written if is_written else "\n`nox -s adopt -- --write` writes these settings."
        )
