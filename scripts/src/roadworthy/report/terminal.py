"""What people see: progress on stderr, tables and plans on stdout."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from ..model.text import one_line, short, shown
from ..stages.steps import Step, Steps, listening
from .table import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..model.distribution import Distribution
    from ..model.history.review import Review
    from ..model.plan.adopted import Adopted
    from ..model.plan.affected import Affected
    from ..model.plan.plan import Plan, Release
    from ..model.problem import Problem
    from ..model.result import Result
    from ..model.upload import Upload
    from ..stages.doctor import Finding
    from ..stages.status import Status
    from ..stages.testing.tested import Tested

NARROWEST, NAMED = 40, 5
ACTIONS = {
    "upload": "upload",
    "skip": "there already",
    "conflict": "CONFLICT: the index has other content",
}


@contextmanager
def watched() -> Iterator[Steps]:
    """Show steps as they are taken: a live line on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield Steps(ended=_note)
        return
    from .screen import Live, console  # noqa: PLC0415 - see there

    screen = console(stderr=True)
    live = Live(screen)
    with live, listening(live.tell):
        yield Steps(
            started=live.start,
            ended=lambda step: screen.print(_line(step), style="green" if step.ok else "red"),
        )


def show_problems(problems: Iterable[Problem], *, kind: str = "error") -> None:
    """Say what is wrong, and on a line of its own what to do about it."""
    for problem in problems:
        _show_problem(problem, kind)


def _show_problem(problem: Problem, kind: str) -> None:
    """Show one; where nobody can be told, the work goes on."""
    from .screen import console, escape  # noqa: PLC0415 - see there

    style = "bold red" if kind == "error" else "bold yellow"
    words = f"[{style}]{kind}[/]\\[{problem.code}]: {escape(problem.message)}"
    if problem.hint:
        words += f"\n\n[bold]hint[/]: {escape(problem.hint)}\n"
    with suppress(OSError):
        console(stderr=True).print(words, soft_wrap=True)


def show_status(statuses: Sequence[Status]) -> None:
    """Show where each member stands."""
    rows = (
        (s.name, str(s.version or "-"), s.tag or "-", s.index, s.state, s.next) for s in statuses
    )
    _table(("member", "version", "tag", "index", "state", "next"), rows)


def show_affected(base: str, found: Sequence[Affected]) -> None:
    """Show the members that a change concerns, and why."""
    if not found:
        say(f"Nothing that concerns a member differs from {base[:12]}.")
        return
    _table(("member", "because"), ((a.name, "; ".join(a.because)) for a in found))


def show_adopted(rows: Iterable[Adopted]) -> None:
    """Show what is known of each member without the settings, and with them."""
    cells = (
        (
            r.name,
            r.before or "never released",
            r.prior_tag or "never released",
            r.planned_version or "-",
        )
        for r in rows
    )
    _table(("member", "without", "with", "next"), cells)


def some(names: Sequence[str]) -> str:
    """Name some, and count the others."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def show_plan(plan: Plan, review: Review | None = None) -> None:
    """Show what is released, to which version, in which wave and why."""
    if review:
        changed = (n if n in review.noted else f"{n} (no note)" for n in review.changed)
        say(f"Compared with {review.base}, this changes {', '.join(changed) or 'no member'}.\n")
    if not plan.releases:
        say("Nothing to release.")
    else:
        rows = (
            (str(r.wave), r.name, str(r.initial_version), str(r.planned_version), r.planned_tag)
            for r in plan.releases
        )
        _table(("wave", "member", "from", "to", "tag"), rows)
    for reasons, releases in _by_reasons(plan.releases).items():
        _show_reasons(releases, reasons)
    moved = {pair for requirements in plan.rewrites.values() for pair in requirements.items()}
    if moved:
        lines = (f"  {before}  ->  {after}" for before, after in sorted(moved))
        say("\n".join(["\nRanges that change:", *lines]))
    _show_rest(plan)


def _by_reasons(releases: Sequence[Release]) -> dict[tuple[str, ...], list[Release]]:
    """Put releases together that have the same reasons: each is said once."""
    found: dict[tuple[str, ...], list[Release]] = {}
    for release in releases:
        found.setdefault(release.reasons, []).append(release)
    return found


def _show_reasons(releases: Sequence[Release], reasons: Sequence[str]) -> None:
    many = "".join(f"\n  - {short(reason)}" for reason in reasons)
    because = f" {short(reasons[0])}" if len(reasons) == 1 else f" of {len(reasons)} things:{many}"
    names = ", ".join(map(_step, releases))
    if len(releases) > NAMED:
        names = f"{len(releases)} members"
    say(f"\n{names}{', each' * (len(releases) > 1)} because{because}")


def _step(release: Release) -> str:
    if release.initial_version == release.planned_version:
        return f"{release.name} {release.planned_version}"
    return f"{release.name} {release.initial_version} -> {release.planned_version}"


def _show_rest(plan: Plan) -> None:
    """Show what is not released now: tags that wait, members left out, members that stay."""
    for name in sorted({tag.released_with for tag in plan.closing}):
        say(f"\n{name} is still due: `nox -s release -- --execute` verifies and tags it")
    if plan.left_out:
        say(f"\nAlso due, but not selected: {', '.join(plan.left_out)}")
    if plan.unchanged:
        say("\n" + "\n".join(f"{member.name} stays: {member.why}" for member in plan.unchanged))


def show_distributions(distributions: Sequence[Distribution]) -> None:
    """Show what was built."""
    rows = ((d.member, d.filename, f"{d.size:,}", d.sha256[:12]) for d in distributions)
    _table(("member", "distribution", "bytes", "sha256"), rows)


def show_uploads(uploads: Sequence[Upload]) -> None:
    """Show what is uploaded and what is there already."""
    rows = ((u.distribution.member, u.distribution.filename, ACTIONS[u.action]) for u in uploads)
    _table(("member", "distribution", "action"), rows)


def show_results(results: Sequence[Result]) -> None:
    """Show every installation, and what it proved."""
    rows = ((r.member, r.route, r.installer, r.outcome, f"{r.seconds:.1f}") for r in results)
    _table(("member", "route", "installer", "result", "seconds"), rows)
    _show_notes(results)


def show_findings(found: Sequence[Finding]) -> None:
    """Show what a release relies on, and how it is; what is not fine is said below, once."""
    rows = ((f.what, f.mark, f.found if f.mark == "ok" else "see below") for f in found)
    _table(("what", "", "found"), rows)


def show_tests(found: Sequence[Tested]) -> None:
    """Show what came of the tests of each member."""
    rows = ((e.title, "ok" if e.ok else "FAILED", f"{e.seconds:.1f}", e.line) for e in found)
    _table(("member", "result", "seconds", ""), rows)


def show_release(
    plan: Plan, distributions: Sequence[Distribution], results: Sequence[Result]
) -> None:
    """Show a release as a whole: members, versions, files and verifications."""
    if not plan.releases:
        show_results(results)
        return
    rows = []
    for release in plan.releases:
        files = sum(1 for d in distributions if d.member == release.name)
        own = [r for r in results if r.member == release.name]
        proofs = sorted({f"{r.route}/{r.installer}" for r in own if r.is_proof})
        failures = sorted({f"{r.route}/{r.installer}" for r in own if not r.ok})
        verified = ", ".join(proofs) + (f"; FAILED: {', '.join(failures)}" if failures else "")
        version = str(release.planned_version)
        rows.append((release.name, version, release.planned_tag, str(files), verified))
    _table(("member", "version", "tag", "files", "verified"), rows)
    _show_notes(results)


def _show_notes(results: Sequence[Result]) -> None:
    """Say how members were tried, where that is not as all others."""
    for name, note in dict.fromkeys((r.member, r.note) for r in results if r.note):
        say(f"{name}: {note}")


def say(text: str) -> None:
    """Print a sentence for people, as it is."""
    sys.stdout.write(f"{shown(text)}\n")


def _note(step: Step) -> None:
    """Tell of a step in a log; where nobody can be told, the work goes on."""
    with suppress(OSError):
        sys.stderr.write(f"{shown(_line(step))}\n")
        sys.stderr.flush()


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    shown_rows = ([one_line(cell) for cell in row] for row in rows)
    width = max(get_terminal_size().columns, NARROWEST) if sys.stdout.isatty() else None
    for line in table(headings, shown_rows, width):
        say(line)


def _line(step: Step) -> str:
    return f"{step.name:<22} {'done' if step.ok else 'FAILED':<6} {step.seconds:6.2f} s"
