"""What programs are told: the contract of `--json`, schema 1."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ..model import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.consumer.snippet import Snippet
    from ..model.distribution import Distribution
    from ..model.history.review import Review
    from ..model.history.tag import Tag
    from ..model.plan.affected import Affected
    from ..model.plan.plan import Plan
    from ..model.problem import Problem
    from ..model.result import Result
    from ..model.upload import Upload
    from ..stages.doctor import Finding
    from ..stages.status import Status
    from ..stages.steps import Step
    from ..stages.testing.tested import Tested
    from ..stages.work import Work

SCHEMA = 1


def only_text(value: object) -> object:
    """Write out the bytes that are no text, such as those of a file's name, wherever they are.

    JSON could have them as halves of characters, which most readers refuse.
    https://www.rfc-editor.org/rfc/rfc8259#section-8.2
    """
    if isinstance(value, str):
        return text.only_text(value)
    if isinstance(value, dict):
        return {only_text(key): only_text(each) for key, each in value.items()}
    return [only_text(each) for each in value] if isinstance(value, list | tuple) else value


def problems(found: Iterable[Problem]) -> list[dict[str, object]]:
    """Return problems as the contract has them."""
    return [
        {"code": p.code, "member": p.member, "message": p.message, "hint": p.hint} for p in found
    ]


def status(statuses: Sequence[Status]) -> dict[str, object]:
    """Return the answer of `status`."""
    return {
        "members": [
            {
                "name": s.name,
                "path": s.path,
                "version": str(s.version) if s.version else None,
                "tag": s.tag,
                "index": s.index,
                "state": s.state,
                "next": s.next,
            }
            for s in statuses
        ]
    }


def plan(made: Plan) -> dict[str, object]:
    """Return the answer of `plan`."""
    return {
        "base": made.base,
        "members": [
            {
                "name": r.name,
                "path": r.path,
                "initial_version": str(r.initial_version),
                "planned_version": str(r.planned_version),
                "prior_tag": r.prior_tag,
                "planned_tag": r.planned_tag,
                "bump": str(r.bump),
                "reasons": list(r.reasons),
                "wave": r.wave,
                "requirements": dict(r.requirements),
            }
            for r in made.releases
        ],
        "unchanged": [
            {
                "name": u.name,
                "version": str(u.version) if u.version else None,
                "why": u.why,
                "changed": u.changed,
            }
            for u in made.unchanged
        ],
        "gone": [
            {"name": name, "version": str(version), "tag": tag.name}
            for name, (version, tag) in made.gone.items()
        ],
        "release_tag": made.release_tag,
        "left_out": list(made.left_out),
        "warnings": problems(made.warnings),
    }


def affected(base: str, found: Iterable[Affected]) -> dict[str, object]:
    """Return the answer of `affected`."""
    members = [{"name": a.name, "path": a.path, "because": list(a.because)} for a in found]
    return {"base": base, "members": members}


def check(made: Plan, found: Review | None, written: Sequence[str]) -> dict[str, object]:
    """Return what `plan --check` says beside the plan; nothing compared is null."""
    compared = found and {
        "base": found.base,
        "changed": list(found.changed),
        "without_note": list(found.without_note),
    }
    proposals = {name: dict(texts) for name, texts in made.proposals.items()}
    return {"check": compared, "proposals": proposals, "written": list(written)}


def uploads(planned: Sequence[Upload]) -> dict[str, object]:
    """Return the answer of `publish`."""
    return {
        "uploads": [
            {
                "member": u.distribution.member,
                "filename": u.distribution.filename,
                "sha256": u.distribution.sha256,
                "action": u.action,
            }
            for u in planned
        ]
    }


def results(found: Sequence[Result]) -> dict[str, object]:
    """Return the answer of `verify-git-install` and `verify-index-install`."""
    return {
        "results": [
            {
                "member": r.member,
                "route": r.route,
                "installer": r.installer,
                "requirement": r.requirement,
                "commit": r.commit,
                "siblings": dict(r.siblings),
                "ok": r.ok,
                "problem": r.problem or None,
                "note": r.note or None,
                "tried": r.tried,
                "seconds": r.seconds,
            }
            for r in found
        ]
    }


def steps(taken: Sequence[Step]) -> list[dict[str, object]]:
    """Return the steps of a release."""
    return [{"name": s.name, "ok": s.ok, "seconds": s.seconds} for s in taken]


def distributions(built: Iterable[Distribution]) -> list[dict[str, object]]:
    """Return distributions, as `build` and `release` have them."""
    return [
        {"member": d.member, "filename": d.filename, "sha256": d.sha256, "size": d.size}
        for d in built
    ]


def tags(due: Iterable[Tag]) -> list[dict[str, object]]:
    """Return tags with their commits."""
    return [{"name": each.name, "commit": each.commit} for each in due]


def release(
    work: Work, taken: Sequence[Step], refused: Iterable[Problem], *, is_real: bool
) -> dict[str, object]:
    """Return the answer of `release`."""
    return {
        "mode": "execute" if is_real else "rehearsal",
        "plan": plan(work.plan),
        "steps": steps(taken),
        "distributions": distributions(work.distributions),
        "locks": [path.name for path in work.locks],
        "tags": list(work.tags),
        "refused": problems(refused),
        **results(work.results),
    }


def findings(found: Iterable[Finding]) -> dict[str, object]:
    """Return the answer of `doctor`."""
    return {
        "findings": [
            {"what": f.what, "mark": f.mark, "found": f.found, "hint": f.hint} for f in found
        ]
    }


def picture(form: str, drawn: str, edges: Iterable[tuple[str, str, str]]) -> dict[str, object]:
    """Return the answer of `graph`."""
    drawn_edges = [{"from": start, "to": end, "kind": kind} for start, end, kind in edges]
    return {"format": form, "picture": drawn, "edges": drawn_edges}


def snippets(revision: str, commit: str, found: Iterable[Snippet]) -> dict[str, object]:
    """Return the answer of `snippet`."""
    return {"revision": revision, "commit": commit, "snippets": [asdict(each) for each in found]}


def tests(found: Iterable[Tested]) -> dict[str, object]:
    """Return the answer of `test`."""
    return {
        "suites": [
            {
                "name": each.suite.name,
                "path": str(each.suite.folder),
                "python": each.label or None,
                "ok": each.ok,
                "line": each.line,
                "seconds": each.seconds,
            }
            for each in found
        ]
    }
