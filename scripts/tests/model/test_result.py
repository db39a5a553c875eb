"""One cause is one error: what fails for the same reason is said once."""

from dataclasses import replace

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.result import MEANT, Result, failures

BROKEN = "import zq_base: ModuleNotFoundError: No module named 'gone'"
UNSOLVED = "`uv pip install` ended with exit code 1\nerror: No solution\n  cause: zq-none>=99"
BY_PIP = "`pip install` ended with exit code 1\nERROR: No matching distribution"


def result(name: str, way: str, problem: str = "", needs: int = 0) -> Result:
    """Return what came of an installation."""
    route, _, installer = way.partition("/")
    return Result(
        member=NormalizedName(name),
        route=route,
        installer=installer,
        requirement=name,
        commit="",
        problem=problem,
        needs=needs,
        again=f"again {name} {way}" if route == "direct" else "",
    )


def said(*results: Result) -> list[tuple[str, str]]:
    return [(problem.message, problem.hint) for problem in failures(results)]


def test_what_works_is_no_problem() -> None:
    assert said(result("zq-base", "direct/uv")) == []


def test_a_member_that_fails_in_every_way_is_one_problem() -> None:
    found = said(result("zq-base", "wheel/uv", BROKEN), result("zq-base", "direct/uv", BROKEN))
    assert found == [
        (
            f"zq-base does not work from wheel with uv: {BROKEN}\nalso: direct/uv",
            f"it was installed as: zq-base\nto see this alone: `again zq-base direct/uv`\n{MEANT}",
        )
    ]


def test_what_requires_the_broken_member_is_named_with_it() -> None:
    through = f"import zq_app: {BROKEN.partition(': ')[2]}; command zq-app: it failed"
    (found,) = said(
        result("zq-app", "wheel/uv", through, needs=1), result("zq-base", "wheel/uv", BROKEN)
    )
    assert found[0] == (
        f"zq-base does not work from wheel with uv: {BROKEN}\n"
        "and for the same cause: zq-app (wheel/uv)"
    )


def test_where_pip_takes_all_at_once_only_the_member_is_blamed_that_fails_alone() -> None:
    (found,) = said(
        result("zq-app", "direct/pip", BY_PIP, needs=1),
        result("zq-app", "direct/uv", UNSOLVED, needs=1),
        result("zq-base", "direct/pip", BY_PIP),
    )
    assert found[0] == (
        f"zq-app does not work from direct with pip: {BY_PIP}\nalso: direct/uv\n"
        "and for the same cause: zq-base (direct/pip)"
    )


def test_two_causes_are_two_problems() -> None:
    other = "import zq_top: SyntaxError: invalid syntax"
    found = said(
        result("zq-base", "direct/uv", BROKEN),
        result("zq-top", "direct/uv", other),
        result("zq-base", "direct/pip", BY_PIP),
        result("zq-top", "direct/pip", BY_PIP),
    )
    assert [message.partition(" ")[0] for message, _ in found] == ["zq-base", "zq-top"]


@pytest.mark.parametrize("way", ["direct/pip", "wheel/uv"])
def test_no_failure_is_left_out(way: str) -> None:
    names = ["zq-a", "zq-b", "zq-c"]
    messages = " ".join(m for m, _ in said(*(result(n, way, f"import x: {n}") for n in names)))
    assert [name for name in names if name not in messages] == []


def test_only_what_was_tried_is_a_proof() -> None:
    works, fails = result("zq-base", "direct/uv"), result("zq-base", "direct/uv", BROKEN)
    untried = replace(result("zq-base", "prove-wheel/uv"), tried=False)
    assert [(made.outcome, made.is_proof) for made in (works, fails, untried)] == [
        ("ok", True),
        ("FAILED", False),
        ("nothing to try", False),
    ]
