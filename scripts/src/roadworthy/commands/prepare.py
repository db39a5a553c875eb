"""The command `prepare`."""

from argparse import Namespace
from urllib.parse import urlsplit

from ..gather import gather
from ..model.plan.plan import make_plan
from ..model.problem import stop_on
from ..report import as_json, terminal
from ..stages.prepare import prepare
from ..stages.site import Site
from ..stages.steps import Steps
from ..typed import for_real
from .context import Answer, Context, open_site, stop_on_nothing


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Show the release commit; with --execute, make it and push it."""
    context = Context.of(arguments)
    with open_site(context, execute=arguments.execute, with_index=False) as place:
        with steps("plan"):
            facts = gather(place.scratch, place.prefix, index=place.index)
            made = make_plan(facts, context.intent)
            stop_on(made.problems)
            stop_on_nothing(made)
        with steps("prepare"):
            commit = prepare.prepare(place, facts, made)
        patch = prepare.shown(place, made, commit)
        if arguments.execute:
            with steps("push"):
                if arguments.branch and patch:
                    prepare.propose(place, commit, arguments.branch)
                elif patch:
                    prepare.push(place, commit)
        then = for_real(arguments, "release", but=["--branch"])
        request = _request(place, arguments.branch, then) if arguments.branch else ""
    words = patch or "Everything that is due is prepared already."
    if arguments.execute and patch:
        words += request
    if not arguments.execute:
        words += f"\nNothing was changed. `{for_real(arguments)}` pushes this commit."
    data = {"plan": as_json.plan(made), "commit": commit if arguments.execute else None}
    return Answer({**data, "patch": patch}, lambda: terminal.say(words))


def _request(place: Site, branch: str, then: str) -> str:
    """Say how the branch becomes part of the release branch, and what comes then."""
    base, host = place.branch, urlsplit(place.url).hostname or ""
    lines = {
        "github": f"gh pr create --base {base} --head {branch} --fill",
        "gitlab": f"glab mr create --target-branch {base} --source-branch {branch} --fill",
    }
    known = next((line for name, line in lines.items() if name in host), "")
    opened = f": {known}" if known else f" from {branch} to {base}"
    return (
        f"\nIt is on the branch {branch}. Open a request{opened}\n"
        f"After the merge, on {base}: {then}"
    )
