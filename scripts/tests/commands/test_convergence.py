"""A release converges, whatever happens to it: it may be broken off and run again anywhere.

A machine does at random what people, networks and accidents do, with a real remote, a
real index and the real command line. After each step every promise must hold; at the
end, running it again must leave what an undisturbed release would have left.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from packaging.version import Version

from tests.helpers import accidents
from tests.helpers.broken_off import STEPS
from tests.helpers.cli import Done
from tests.helpers.gate import Loss, Moment
from tests.helpers.harm import HARMS, released_by_hand
from tests.helpers.here import KILL
from tests.helpers.promises import Witness
from tests.helpers.world import MEMBERS, World, Worlds, worlds

pytestmark = pytest.mark.needs("signals")

FAILED = 1
WHOLE = {0, 3}
# How a release ends that is stopped; the third is the command line's own answer.
ENDS = {KILL: {-KILL}, SIGTERM: {130, -SIGTERM}, SIGINT: {130}}
# The first run finishes what was broken off, the second releases what came meanwhile.
MOST_RUNS = 3
# A rule takes as long as a release or two, so the health checks on time say nothing here.
# What fails is shown as it was: to shrink it would take hundreds of releases.
REAL = settings(
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
QUICK = settings(REAL, max_examples=1, stateful_step_count=1, derandomize=True)
LONG = settings(REAL, max_examples=3, stateful_step_count=10)

places = st.integers(0, 1)
members = st.sampled_from(MEMBERS)
endings = st.sampled_from((KILL, SIGTERM, SIGINT))


class Convergence(RuleBasedStateMachine):
    """What may happen to a release. `where` is the checkout that it is made from."""

    worlds: Worlds

    def __init__(self) -> None:
        """Open a world in which nothing was released yet."""
        super().__init__()
        self.stack = ExitStack()
        self.world = self.stack.enter_context(self.worlds.opened())
        self.witness = Witness(self.world)
        self.is_due = True
        self.is_calm = True

    @rule(where=places, member=members, kind=st.sampled_from(("fix", "feat", "feat!")))
    def somebody_changes_a_member(self, where: int, member: str, kind: str) -> None:
        """Push a change: also between a release that was broken off and the next run."""
        self.world.change(where, member, kind)
        self.is_due = True

    @precondition(lambda self: self.is_due)
    @rule(where=places)
    def a_release_is_made(self, where: int) -> None:
        """Let nothing else happen."""
        self.is_calm = self.world.is_calm
        self._came_to(self.world.release(where))

    @rule(where=places, step=st.sampled_from(STEPS), how=endings)
    def a_release_is_broken_off_after_a_step(self, where: int, step: str, how: Signals) -> None:
        """Stop it: a machine goes down, a CI gives up, a person presses a key."""
        self._get_ready(where)
        self._came_to(accidents.broken_off_after(self.world, where, step, how), how)

    @rule(where=places, moment=st.sampled_from(Moment), number=st.integers(1, 4), how=endings)
    def a_release_is_broken_off_in_an_upload(
        self, where: int, moment: Moment, number: int, how: Signals
    ) -> None:
        """Stop it while the index has a file in its hands."""
        self._get_ready(where)
        done = accidents.broken_off_in_upload(self.world, where, moment, number, how)
        self._came_to(done, how)

    @rule(
        where=places,
        losses=st.lists(st.sampled_from(Loss), max_size=2),
        lag=st.integers(0, 4),
        accepts=st.none() | st.integers(0, 3),
    )
    def the_index_is_poor(
        self, where: int, losses: list[Loss], lag: int, accepts: int | None
    ) -> None:
        """Lose answers, list files late, and let the credentials get too old."""
        gate = self.world.gate
        gate.losses, gate.lag, gate.accepts = list(losses), lag, accepts
        self._get_ready(where)
        self._came_to(self.world.release(where))
        gate.losses, gate.lag, gate.accepts = [], 0, None

    @rule(where=places, member=members, is_behind=st.booleans(), by_version=st.booleans())
    def a_tag_is_taken(self, where: int, member: str, *, is_behind: bool, by_version: bool) -> None:
        """Find the tag that it is to make at the remote, at somebody else's commit."""
        self._get_ready(where)
        accidents.take_next_tag(self.world, member, is_behind=is_behind)
        self._came_to(self.world.release(where), may_fail=True)
        accidents.give_way(self.world, where, by_version=by_version)
        self.is_due = True

    @rule(where=places, by_version=st.booleans())
    def a_tag_is_taken_meanwhile(self, where: int, *, by_version: bool) -> None:
        """Find it there only after the files were uploaded."""
        self._get_ready(where)
        before = len(self.world.foreign)
        done = accidents.tag_taken_meanwhile(self.world, where)
        self._came_to(done, may_fail=True)
        assert done.code == FAILED or len(self.world.foreign) == before, done.stderr
        accidents.give_way(self.world, where, by_version=by_version)
        self.is_due = True

    @rule(where=places, step=st.sampled_from(STEPS[:3]))
    def a_release_is_overtaken(self, where: int, step: str) -> None:
        """Push from elsewhere before it does."""
        self._get_ready(where)
        done = accidents.meanwhile(
            self.world, where, step, lambda: self.world.change(1 - where, MEMBERS[0])
        )
        self._came_to(done, may_fail=True)
        self.is_due = True

    @rule(where=places)
    def the_release_tag_is_taken_meanwhile(self, where: int) -> None:
        """Find the name of the whole release taken, by a release of another branch."""
        self._get_ready(where)
        done = accidents.meanwhile(self.world, where, "tag", self.world.take_release_tag)
        self._came_to(done, may_fail=True)
        self.is_due = True

    @rule(where=places)
    def two_releases_are_made_at_once(self, where: int) -> None:
        """Start it on both machines: whoever pushes first wins."""
        self._get_ready(where)
        for done in accidents.both_at_once(self.world):
            self._came_to(done, may_fail=True)
        self.is_due = True

    @invariant()
    def every_promise_is_kept(self) -> None:
        """Find nothing twice, nothing replaced, nothing moved and nothing lost."""
        assert self.witness.broken() == []

    def teardown(self) -> None:
        """Let it converge, unless something is wrong already."""
        with self.stack:
            if sys.exception() is None:
                converge(self.world, self.witness)

    def _get_ready(self, where: int) -> None:
        """Have something to release, and note whether anything stands in its way."""
        if not self.is_due:
            self.world.change(where, MEMBERS[len(self.world.changes) % 2])
        self.is_calm = self.world.is_calm

    def _came_to(self, done: Done, how: Signals | None = None, *, may_fail: bool = False) -> None:
        """Accept the ends that were to be expected, and no other."""
        expected = {*WHOLE, *(ENDS[how] if how else ())}
        if may_fail or not self.is_calm:
            expected.add(FAILED)
        assert done.code in expected, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        self.is_due = done.code not in WHOLE


def converge(world: World, witness: Witness) -> None:
    """Release until nothing is due, and see that all is as if nothing had ever happened."""
    world.heal()
    codes: list[int] = []
    while not codes or codes[-1] == 0:
        where = len(codes) % 2
        done = world.release(where)
        assert done.code in WHOLE, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        assert world.checkouts[where].head() == world.remote.head("main")
        codes.append(done.code)
    assert len(codes) <= MOST_RUNS, codes
    assert [*witness.broken(), *witness.unfinished()] == []


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Worlds]:
    """Serve worlds, one after another."""
    with worlds(tmp_path) as made:
        yield made


def run_machine(at: Worlds, how: settings) -> None:
    """Run the machine in worlds of their own."""
    machine = type("Convergence", (Convergence,), {"worlds": at})
    run_state_machine_as_test(machine, settings=how)


def test_a_release_converges_whatever_happens(at: Worlds) -> None:
    run_machine(at, QUICK)


@pytest.mark.exhaustive
def test_a_release_converges_whatever_happens_for_long(at: Worlds) -> None:
    run_machine(at, LONG)


@pytest.mark.exhaustive
@pytest.mark.parametrize("moment", [Moment.STORED, Moment.READ])
def test_a_release_killed_while_the_index_has_a_file_in_its_hands_is_completed(
    at: Worlds, moment: Moment
) -> None:
    with at.opened() as world:
        done = accidents.broken_off_in_upload(world, 0, moment, 2, KILL)
        stored = 1 if moment is Moment.READ else 2
        assert (done.code, len(world.gate.files())) == (-KILL, stored)
        converge(world, Witness(world))


@pytest.mark.exhaustive
def test_what_is_finished_and_what_is_new_have_a_release_tag_each(at: Worlds) -> None:
    with at.opened() as world:
        accidents.broken_off_in_upload(world, 0, Moment.READ, 3, KILL)
        world.change(0, "zq-base")  # which is published: this waits for the next release
        world.change(0, "zq-top")  # of which nothing is: it is released as it is now
        converge(world, Witness(world))


@pytest.mark.exhaustive
def test_a_member_whose_first_tag_is_somebody_elses_is_released_above_it(at: Worlds) -> None:
    with at.opened() as world:
        accidents.take_next_tag(world, "zq-top", is_behind=False)
        assert world.release(0).code == FAILED
        accidents.give_way(world, 0, by_version=True)
        converge(world, Witness(world))


@pytest.mark.exhaustive
def test_a_release_whose_name_is_taken_meanwhile_finds_another(at: Worlds) -> None:
    with at.opened() as world:
        accidents.meanwhile(world, 0, "tag", world.take_release_tag)
        converge(world, Witness(world))


@pytest.mark.exhaustive
def test_a_member_is_released_again_while_its_release_tag_is_missing(at: Worlds) -> None:
    with at.opened() as world:
        accidents.broken_off_after(world, 0, "tag", KILL)
        world.change(0, "zq-base")
        converge(world, Witness(world))


@pytest.mark.exhaustive
def test_a_dependent_is_finished_while_what_it_requires_moves_on(at: Worlds) -> None:
    with at.opened() as world:
        assert world.release(0).code == 0
        world.change(0, "zq-base", "feat!")
        world.gate.accepts = 3  # one file of the dependent is left
        assert world.release(0).code == FAILED
        world.change(0, "zq-base")
        converge(world, Witness(world))


@pytest.mark.exhaustive
def test_a_witness_finds_all_harm(at: Worlds, subtests: pytest.Subtests) -> None:
    for harm, words in HARMS.items():
        with subtests.test(harm.__name__), at.opened(released_by_hand(at)) as world:
            witness = Witness(world)
            assert witness.broken() == []
            harm(world)
            assert words in "; ".join(witness.broken())


def test_a_witness_finds_all_that_is_unfinished(at: Worlds) -> None:
    with at.opened(released_by_hand(at)) as world:
        assert Witness(world).unfinished() == []
        world.change(0, "zq-base")
        world.raise_version(0, "zq-top", Version("0.1.1"))
        world.remote.git("tag", "--delete", "release/2026.01.01")
        assert sorted(Witness(world).unfinished()) == [
            "the commit of zq-base/v0.1.0 has no release tag",
            "the commit of zq-top/v0.1.0 has no release tag",
            "the status of zq-base is: changed",
            "the status of zq-top is: changed",
            "there is no tag zq-top/v0.1.1",
            "zq-base has changes that are not in zq-base/v0.1.0",
            "zq-top/v0.1.1 is not whole on the index",
        ]
