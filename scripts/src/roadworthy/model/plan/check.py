"""Checks of a plan: what would make a release wrong, said before it is made."""

from collections.abc import Iterable, Iterator, Mapping

from packaging.utils import NormalizedName

from ..history.note import FOLDER, LEVELS, is_like_a_note
from ..problem import Problem
from .draft import Draft, ranges_left
from .facts import Facts
from .line_check import line_problems, versions_of_line
from .range_check import range_problems
from .tag_check import group_problems, shape_problems, shape_warnings, tag_problems
from .word_check import word_warnings

# So many problems of one kind are said each; more are said as one.
ONE_BY_ONE = 3


def plan_problems(
    drafts: Mapping[NormalizedName, Draft],
    facts: Facts,
    rewrites: Mapping[NormalizedName, Mapping[str, str]],
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the problems of members that are due, and those of the others."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for name, draft in drafts.items():
        broken = any(ranges_left(draft, drafts[s]) for s in _due_siblings(draft, drafts))
        found = [
            *range_problems(draft, drafts, facts, rewrites.get(name, {})),
            *_order_problems(draft),
            *tag_problems(draft, facts),
            *_index_problems(draft, facts),
            *line_problems(draft, facts),
        ]
        (problems if draft.is_due or broken else warnings).extend(found)
    problems += [*group_problems(drafts), *shape_problems(facts)]
    warnings += word_warnings(drafts.values())
    warnings += [*shape_warnings(facts), *map(_stray_problem, facts.workspace.strays)]
    return tuple(_gathered(dict.fromkeys(problems))), tuple(_gathered(warnings))


def _gathered(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Say a policy once: where nobody writes ranges, they are missing everywhere."""
    found = list(problems)
    missing = [problem for problem in found if problem.code == "range-missing"]
    if len(missing) <= ONE_BY_ONE:
        yield from found
        return
    names = list(dict.fromkeys(str(problem.member) for problem in missing))
    message = (
        f"{len(missing)} requirements on siblings have no range, in {len(names)} "
        f"member{'s' * (len(names) > 1)}: {', '.join(names)}"
    )
    hint = (
        "`nox -s plan -- --check --fix` writes them; a member that is never released needs none: "
        "name it in `never`, or give it the classifier `Private :: Do Not Upload`"
    )
    yield Problem("range-missing", message, hint)
    yield from (problem for problem in found if problem.code != "range-missing")


def _due_siblings(draft: Draft, drafts: Mapping[NormalizedName, Draft]) -> Iterator[NormalizedName]:
    """Return the siblings whose release must not break a member that stays as it is."""
    for requirement in draft.member.requirements:
        sibling = drafts.get(requirement.sibling)
        if sibling and sibling.is_due and not draft.is_fixed:
            yield requirement.sibling


def _stray_problem(path: str) -> Problem:
    kinds = ", ".join(LEVELS)
    message = f"{path} is not a change note: its name has no level"
    if is_like_a_note(path):
        message = f"{path} is not read as a change note: it is not WORDS.LEVEL.md in `{FOLDER}`"
    return Problem("note-name", message, f"name it WORDS.LEVEL.md, where LEVEL is one of {kinds}")


def _order_problems(draft: Draft) -> Iterator[Problem]:
    """Find a version that is not above what was released, such as an alpha after a beta."""
    if draft.is_due and not draft.is_fixed and draft.prior and draft.version <= draft.prior[0]:
        name, version, prior = draft.member.name, draft.version, draft.prior[0]
        message = f"{name} would go from {prior} back to {version}"
        yield Problem(
            "version-goes-back",
            message,
            f"choose a version above {prior}: `--version {name}=...`",
            name,
        )


def _index_problems(draft: Draft, facts: Facts) -> Iterator[Problem]:
    name = draft.member.name
    page = facts.pages.get(name)
    if page is None:
        return
    if page.unknown:
        again = "try again when the index answers"
        hint = page.way_out or again
        yield Problem(
            "index-unclear",
            f"the index gives no clear answer about {name}: {page.unknown}",
            hint,
            name,
        )
    highest = max(versions_of_line(draft, page.files, facts), default=draft.version)
    if draft.is_due and highest > draft.version:
        message = f"the index has {name} {highest} already, above {draft.version}"
        yield Problem(
            "version-below-index",
            message,
            f"give {name} a version above {highest} in its manifest",
            name,
        )
