"""The command `release`."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from ..gather import resolve, workspace_at
from ..model.consumer.route import INSTALLERS
from ..model.problem import Problem
from ..ops import git
from ..report import as_json, markdown, terminal
from ..stages import preflight, release, site
from ..stages.build.dist import DIST
from ..stages.outcome import Outcome
from ..stages.site import Site
from ..stages.steps import Steps
from ..stages.verify.environments import Result, failures, interpreter
from ..stages.verify.git_install import Place, Scope, Target, verify_git_install
from ..stages.work import Terms
from ..typed import for_real
from .context import Answer, Context, open_site, stop_on_nothing

FILES = "dist/*.whl dist/*.tar.gz dist/pylock.*.toml"


def run(arguments: Namespace, steps: Steps) -> Answer:
    """Rehearse a release; with --execute, release."""
    context = Context.of(arguments)
    refused: list[Problem] = []
    if not arguments.execute:
        with steps("preflight"):
            settings = context.workspace.settings
            refused += preflight.problems(context.checkout, settings, context.index)
    with open_site(context, execute=arguments.execute, uploads=True) as place:
        outcome = release.release(
            place,
            steps,
            intent=context.intent,
            terms=_terms(arguments),
            keep=arguments.workspace.resolve() / DIST if arguments.execute else None,
        )
        if outcome.nothing_due and not arguments.execute:
            with steps("verify-git-install"):
                outcome.results += _verify_head(place, context, arguments)
    if outcome.nothing_due and arguments.execute:
        stop_on_nothing(outcome.plan)
    return _released(arguments, context, outcome, refused, steps)


def _terms(arguments: Namespace) -> Terms:
    return Terms(
        python=arguments.python,
        installers=arguments.installers or INSTALLERS,
        seconds=arguments.wait,
    )


def _released(
    arguments: Namespace,
    context: Context,
    outcome: Outcome,
    refused: Sequence[Problem],
    steps: Steps,
) -> Answer:
    problems = [*outcome.failed.values(), *failures(outcome.results)]
    problems = list(dict.fromkeys(problems))
    data: dict[str, object] = {
        "mode": "execute" if arguments.execute else "rehearsal",
        "plan": as_json.plan(outcome.plan),
        "steps": as_json.steps(steps.taken),
        "distributions": [d.as_json() for d in outcome.distributions],
        "locks": [path.name for path in outcome.locks],
        "tags": outcome.tags,
        "refused": as_json.problems(refused),
        **as_json.results(outcome.results),
    }
    closing = _closing_words(arguments, context, outcome, refused, failed=bool(problems))

    def show() -> None:
        if outcome.nothing_due:
            terminal.say("Nothing is due for release; every member was verified as it is.\n")
            terminal.show_results(outcome.results)
        else:
            terminal.show_release(outcome.plan, outcome.distributions, outcome.results)
        terminal.say(f"\n{closing}")

    return Answer(
        data,
        show,
        problems=problems,
        warnings=[*outcome.plan.warnings, *refused],
        exit_code=1 if problems else 0,
        markdown=markdown.release(outcome.plan, outcome.distributions, outcome.results, closing),
    )


def _closing_words(
    arguments: Namespace,
    context: Context,
    outcome: Outcome,
    refused: Sequence[Problem],
    *,
    failed: bool,
) -> str:
    again = for_real(arguments)
    if failed:
        words = f"Not everything is released. The same command goes on from here: {again}"
        return "\n".join([words, *_giving_up(context, outcome)] if arguments.execute else [words])
    if arguments.execute:
        where = f" and published to {context.index.name}" if context.index else ""
        last = [name for name in outcome.tags if name.startswith("release/")]
        made = f"{len(outcome.tags)} members" if outcome.tags else ""
        named = ", ".join(last) or made
        tagged = f", and tagged {named}" if named else "; the tags were there already"
        words = f"Released{where}, verified{tagged}."
        return "\n".join([words, *_forge_lines(context, last)])
    words = "This was a rehearsal: no remote, no index and no file of yours was changed.\n"
    if refused:
        words += "A real release would refuse to start, as the warnings say.\n"
    return words + f"To do it for real: {again}"


def _giving_up(context: Context, outcome: Outcome) -> Iterator[str]:
    """Say, from what is there, how a release is given up that must not be finished."""
    branch, releases = context.workspace.settings.branch[0], outcome.plan.releases
    yield "If it must not be finished:"
    new = outcome.commit if outcome.commit != outcome.plan.base else ""
    commits = sorted({commit[:12] for r in releases if (commit := r.finished_from or new)})
    named = f"`git revert {' '.join(commits)}`" if commits else "revert what set these versions"
    yield f"- on {branch}, {named}, and push"
    if context.index and outcome.published:
        versions = (
            f"{r.name} {r.planned_version}" for r in releases if r.name in outcome.published
        )
        where = context.index.shown
        yield f"- yank at {context.index.name} ({where}), by its own pages: {', '.join(versions)}"
    untagged = [
        r.planned_tag for r in releases if not r.tagged and r.planned_tag not in outcome.tags
    ]
    if untagged:
        yield f"- no tag is there yet, and none is made, of: {', '.join(untagged)}"
    yield "- then release those members at higher versions: what was published is never free again"


def _forge_lines(context: Context, release_tags: Sequence[str]) -> list[str]:
    """Return the line that makes the forge's own release of what was tagged."""
    url = site.public_url(context.checkout, context.workspace.settings)
    host = urlsplit(url).hostname or ""
    lines = {
        "github": "gh release create {tag} --verify-tag --notes-from-tag {files}",
        "gitlab": "glab release create {tag} {files}",
    }
    known = [line for name, line in lines.items() if name in host]
    return [
        f"On the forge: {line.format(tag=tag, files=FILES)}"
        for tag in release_tags
        for line in known
    ]


def _verify_head(place: Site, context: Context, arguments: Namespace) -> tuple[Result, ...]:
    commit = resolve(place.scratch, "HEAD")
    workspace = workspace_at(place.scratch, commit, place.prefix)
    targets = [
        Target(member=member, ref=commit, commit=commit)
        for member in workspace.select(context.members)
        if member.installable
    ]
    mirrored = Place(
        mirror=git.mirror(place.remote, place.folder / "head.git"),
        url=place.url,
        prefix=place.prefix,
        workspaces={commit: workspace},
    )
    return verify_git_install(
        mirrored,
        targets,
        scope=Scope(installers=arguments.installers or INSTALLERS),
        folder=place.folder / "git-head",
        python=interpreter(workspace, arguments.python),
    )
