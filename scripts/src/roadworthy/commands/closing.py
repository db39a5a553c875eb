"""What is said at the end of a release: what was done, and what comes next."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from ..cli.options import WithExecute
from ..cli.typed import for_real
from ..model.problem import Problem
from ..stages.site import public_url
from ..stages.work import Work
from .context import Context

FILES = "dist/*.whl dist/*.tar.gz dist/pylock.*.toml"


def closing_words(
    options: WithExecute,
    context: Context,
    work: Work,
    refused: Sequence[Problem],
    *,
    failed: bool,
) -> str:
    """Say what came of a release, and what comes next."""
    again = for_real(options)
    if failed:
        words = (
            "Not everything is released. Run the same command again; it resumes where it stopped:"
        )
        words = f"{words} {again}"
        return "\n".join([words, *_giving_up(context, work)] if options.execute else [words])
    if options.execute:
        where = f" and published to {context.index.name}" if context.index else ""
        last = [name for name in work.tags if name.startswith("release/")]
        made = f"{len(work.tags)} members" if work.tags else ""
        named = ", ".join(last) or made
        tagged = f", and tagged {named}" if named else "; the tags already existed"
        words = f"Released{where}, verified{tagged}."
        return "\n".join([words, *_forge_lines(context, last)])
    words = "This was a rehearsal: no remote, no index and no file of yours was changed.\n"
    if refused:
        words += "A real release would not start; see the warnings.\n"
    return words + f"To do it for real: {again}"


def _giving_up(context: Context, work: Work) -> Iterator[str]:
    """Say, from what is there, how a release is given up that must not be finished."""
    branch, releases = work.site.branch, work.plan.releases
    yield "To give this release up instead:"
    new = work.commit if work.commit != work.plan.base else ""
    commits = sorted({commit[:12] for r in releases if (commit := r.made_from(new))})
    named = (
        f"`git revert {' '.join(commits)}`"
        if commits
        else "revert the commits that set these versions"
    )
    yield f"- on {branch}, {named}, and push"
    if context.index and work.published:
        versions = (f"{r.name} {r.planned_version}" for r in releases if r.name in work.published)
        where = context.index.shown
        yield f"- yank at {context.index.name} ({where}), on its web pages: {', '.join(versions)}"
    untagged = [r.planned_tag for r in releases if not r.tagged and r.planned_tag not in work.tags]
    if untagged:
        yield f"- these have no tag yet, and need none: {', '.join(untagged)}"
    yield "- then release these members with higher versions: no index takes a version twice"


def _forge_lines(context: Context, release_tags: Sequence[str]) -> list[str]:
    """Return the line that makes the forge's own release of what was tagged."""
    url = public_url(context.checkout, context.workspace.settings)
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
