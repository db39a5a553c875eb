"""The command `prepare`."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ..cli.options import WithExecute, WithIntent
from ..cli.typed import for_real
from ..report import as_json, terminal
from ..stages.prepare.prepare import shown
from ..stages.release import PREPARE, PUSH, propose_to, take
from ..stages.site import Site
from ..stages.steps import Steps
from ..stages.work import Terms, planned
from .answer import Answer
from .context import Context
from .targets import open_site, stop_on_nothing


@dataclass(frozen=True, kw_only=True)
class Options(WithIntent, WithExecute):
    """What `prepare` takes."""

    branch: str | None = None


def run(options: Options, steps: Steps) -> Answer:
    """Show the release commit; with --execute, make it and push it."""
    context = Context.of(options)
    with open_site(context, execute=options.execute) as site:
        with steps("plan"):
            work = planned(site, context.intent, Terms())
            stop_on_nothing(work)
        work = take(work, (PREPARE,), steps)
        patch = shown(work)
        if options.execute and patch:
            take(work, (propose_to(options.branch) if options.branch else PUSH,), steps)
        then = for_real(options, "release", but=["--branch"])
        request = _request(site, options.branch, then) if options.branch else ""
    words = patch or "Everything that is due is already prepared."
    if options.execute and patch:
        words += request
    if not options.execute and patch:
        words += f"\nNothing was changed. `{for_real(options)}` pushes this commit."
    data = {"plan": as_json.plan(work.plan), "commit": work.commit if options.execute else None}
    return Answer({**data, "patch": patch}, lambda: terminal.say(words))


def _request(site: Site, branch: str, then: str) -> str:
    """Say how the branch becomes part of the release branch, and what comes then."""
    base, host = site.branch, urlsplit(site.url).hostname or ""
    lines = {
        "github": f"gh pr create --base {base} --head {branch} --fill",
        "gitlab": f"glab mr create --target-branch {base} --source-branch {branch} --fill",
    }
    known = next((line for name, line in lines.items() if name in host), "")
    opened = f": {known}" if known else f" from {branch} to {base}"
    return (
        f"\nIt is on the branch {branch}. Open a pull request{opened}\n"
        f"After the merge, on {base}: {then}"
    )
