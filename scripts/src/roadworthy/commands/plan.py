"""The command `plan`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from ..cli.options import WithIndex, WithIntent
from ..gather.changelogs import changelog_problems
from ..gather.desk import files_here, workspace_here
from ..model.history.review import Review, note_problems
from ..model.plan.facts import Facts, unknown_problems
from ..model.plan.plan import Plan, make_plan
from ..model.problem import Failure, NothingToRelease, Problem, UsageFailure
from ..model.workspace.toml import table_of
from ..model.workspace.umbrella import umbrella_problems
from ..model.workspace.workspace import MANIFEST, Workspace
from ..report import as_json, markdown, terminal
from ..stages.change.ranges import write_ranges, write_umbrella
from ..stages.change.review import reviewed
from ..stages.site import planned_branch
from ..stages.steps import Steps
from .answer import Answer
from .context import Context

# What makes a released member fail for whoever installs it, due or not.
BREAKS_RELEASED = frozenset({"range-excludes-sibling"})


@dataclass(frozen=True, kw_only=True)
class Options(WithIntent, WithIndex):
    """What `plan` takes."""

    needs_uv: ClassVar[bool] = False

    check: bool = False
    base: str | None = None
    fix: bool = False
    markdown: bool = False


def run(options: Options, _: Steps) -> Answer:
    """Print what would be released, from what to what, and why; with --check, review a change."""
    context = _context(options)
    facts = context.facts(all_pages=context.names_index and not options.check)
    made = make_plan(facts, context.intent)
    found = _review(context, options) if options.check else None
    written = list(_written(options.workspace, context.workspace, made)) if options.fix else []
    problems, warnings = _judged(context, options, facts, made, found, is_fixed=bool(written))
    data = as_json.plan(made) | {"warnings": as_json.problems(warnings)}
    text = markdown.plan(made, context.workspace, found, problems)

    def show() -> None:
        if options.markdown:
            terminal.say(text)
            return
        terminal.show_plan(made, found)
        for path in written:
            terminal.say(f"Written: {path}. Run `uv lock`, look at it and commit it.")

    return Answer(
        data | (as_json.check(made, found, written) if options.check else {}),
        show,
        problems=problems,
        warnings=warnings,
        exit_code=_exit_code(made, problems, is_check=options.check),
        markdown=text,
    )


def _context(options: Options) -> Context:
    """Open the workspace; a check asks no index."""
    context = Context.of(options)
    if options.check:
        return replace(context, index=None)
    if options.fix or options.base:
        hint = "add --check"
        raise UsageFailure(Problem("check-only", "--fix and --base work only with --check", hint))
    return context


def _judged(
    context: Context,
    options: Options,
    facts: Facts,
    made: Plan,
    found: Review | None,
    *,
    is_fixed: bool,
) -> tuple[list[Problem], list[Problem]]:
    """Return the problems and the warnings; after a repair, those that are left of them."""
    judged = _as_it_lies(context, facts) if is_fixed else made
    problems = [p for p in judged.problems if p.member not in facts.unknown]
    problems += changelog_problems(context.tree, made, facts.workspace)
    problems += note_problems(found, context.workspace) if found else ()
    problems += _umbrella_problems(context) if options.check and not options.fix else ()
    problems += (p for p in judged.warnings if options.check and p.code in BREAKS_RELEASED)
    warnings = [*context.silence, *judged.warnings, *unknown_problems(facts)]
    return problems, [warning for warning in warnings if warning not in problems]


def _as_it_lies(context: Context, facts: Facts) -> Plan:
    """Plan from the same history, with the manifests as they lie in the working tree now."""
    here = workspace_here(context.tree, files_here(context.tree))
    workspace = here.with_settings(facts.workspace.settings)
    return make_plan(replace(facts, workspace=workspace), context.intent)


def _umbrella_problems(context: Context) -> Iterator[Problem]:
    text = context.tree.texts([MANIFEST])[MANIFEST]
    return umbrella_problems(table_of(MANIFEST, text), context.workspace)


def _written(root: Path, workspace: Workspace, made: Plan) -> Iterator[str]:
    """Write what is proposed into the manifests; return those that are changed by that."""
    yield from write_umbrella(root, workspace)
    yield from write_ranges(root, workspace, made.proposals)


def _exit_code(made: Plan, problems: Sequence[Problem], *, is_check: bool) -> int:
    """Return 3 where there is nothing to release; a check of a pull request passes all the same."""
    if problems:
        return Failure.exit_code
    is_empty = not made.releases and not made.closing
    return NothingToRelease.exit_code if is_empty and not is_check else 0


def _review(context: Context, options: Options) -> Review | None:
    """Compare with what the change is to be merged into; None where that is not known."""
    settings = context.workspace.settings
    usual = f"{settings.remote}/{planned_branch(context.checkout, settings)}"
    if options.base is None and context.checkout.commit_of(usual) is None:
        return None
    return reviewed(context.tree, context.workspace, options.base or usual)
