"""The command `plan`."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

from ..model.history.review import Review, note_problems, review
from ..model.plan.plan import Plan, make_plan
from ..model.problem import Failure, Problem, UsageFailure
from ..model.workspace import manifest
from ..model.workspace.workspace import MANIFEST
from ..report import as_json, markdown, terminal
from ..stages.steps import Steps
from .context import Answer, Context, unknown_index, unknown_members


def run(arguments: Namespace, _: Steps) -> Answer:
    """Print what would be released, from what to what, and why; with --check, review a change."""
    context = Context.of(arguments)
    if arguments.check:
        context = replace(context, index=None)
    elif arguments.fix or arguments.base:
        hint = "add --check, which looks at ranges and intent alone"
        raise UsageFailure(Problem("--fix and --base belong to --check", hint))
    facts = context.facts()
    made = make_plan(facts, context.intent)
    reviewed = _review(context, arguments) if arguments.check else None
    unknown = set(unknown_members(facts))
    problems = [p for p in made.problems if p.member not in unknown]
    problems += note_problems(reviewed, context.workspace) if reviewed else ()
    written = list(_fix(context, arguments, made)) if arguments.fix else []
    text = markdown.plan(made, context.workspace, reviewed, problems)

    def show() -> None:
        if arguments.markdown:
            terminal.say(text)
            return
        terminal.show_plan(made, reviewed)
        for path in written:
            terminal.say(f"Written: {path}. Run `uv lock`, look at it and commit it.")

    return Answer(
        as_json.plan(made) | (as_json.check(made, reviewed, written) if arguments.check else {}),
        show,
        problems=problems,
        warnings=[*made.warnings, *unknown_index(facts)],
        exit_code=1 if problems else 0,
        markdown=text,
    )


def _review(context: Context, arguments: Namespace) -> Review | None:
    """Compare with what the change is to be merged into; None where that is not known."""
    settings = context.workspace.settings
    checkout, wanted = context.checkout, arguments.base
    base = wanted or f"{settings.remote}/{settings.branch[0]}"
    if checkout.commit_of(base) is None:
        if wanted is None:
            return None
        hint = "name a branch, a tag or a commit; in CI, fetch it first"
        raise UsageFailure(Problem(f"there is no commit `{wanted}` to compare with", hint))
    files = context.tree.changed_since(base)
    return review(context.workspace, base, files)


def _fix(context: Context, arguments: Namespace, made: Plan) -> Iterator[str]:
    """Write the ranges that the plan proposes into the manifests, as they lie there now."""
    for name, proposed in made.proposals.items():
        path = context.workspace.members[name].file(MANIFEST)
        file = arguments.workspace / path
        try:
            before = file.read_bytes().decode("utf-8")
            after = manifest.edited(before, proposed)
        except (OSError, ValueError, UsageFailure) as error:
            hint = "--fix writes to the working tree: bring it in order first"
            raise Failure(Problem(f"{path} cannot be mended: {error}", hint, name)) from None
        if after != before:
            file.write_bytes(after.encode("utf-8"))
            yield path
