"""Some callers count as having come earlier; a supervisor may move one up or take one out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.county import County
from ivr.domain.ids import CallId
from ivr.domain.live import Phase
from ivr.domain.rules import QueueRules
from tests.examples import ALL_ROUND, CALLER, DIDS, JUGEND, UMWELT, county
from tests.unit.domain.driver import SUNDAY_NOON, Driver

SOMEBODY = "01713920002"
A_MINUTE = timedelta(minutes=1)


def with_head_starts(
    of_department: timedelta = timedelta(0), of_number: timedelta = timedelta(0)
) -> County:
    """Return a county where callers of Umwelt, and one caller, have a head start."""
    plain = county(QueueRules(head_starts={CALLER: of_number}))
    umwelt = replace(plain.departments[UMWELT], head_start=of_department)
    return replace(plain, departments={**plain.departments, UMWELT: umwelt})


def queue(d: Driver) -> list[CallId]:
    return [call.id for call in d.engine.snapshot().calls if call.phase is Phase.WAITING]


# -- head starts ---------------------------------------------------------------------------------


def test_a_department_s_callers_may_have_a_head_start() -> None:
    d = Driver(with_head_starts(of_department=A_MINUTE))
    d.caller_waits("jugend", DIDS[JUGEND], SOMEBODY)
    d.wait(59)
    d.caller_waits("umwelt", DIDS[UMWELT], SOMEBODY)
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("umwelt", ALL_ROUND)]


def test_nobody_is_overtaken_by_who_comes_after_the_head_start() -> None:
    d = Driver(with_head_starts(of_department=A_MINUTE))
    d.caller_waits("jugend", DIDS[JUGEND], SOMEBODY)
    d.wait(61)
    d.caller_waits("umwelt", DIDS[UMWELT], SOMEBODY)
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("jugend", ALL_ROUND)]


def test_a_caller_may_have_a_head_start_by_number() -> None:
    d = Driver(with_head_starts(of_number=A_MINUTE))
    d.caller_waits("somebody", caller=SOMEBODY)
    d.caller_waits("withheld", caller=None)
    d.wait(30)
    d.caller_waits("known", caller=CALLER)
    assert queue(d) == ["known", "somebody", "withheld"]


@pytest.mark.parametrize(("department", "number"), [(60, 20), (20, 60)])
def test_of_two_head_starts_the_larger_counts(department: int, number: int) -> None:
    d = Driver(with_head_starts(timedelta(seconds=department), timedelta(seconds=number)))
    d.caller_waits("somebody", DIDS[JUGEND], SOMEBODY)
    d.wait(59)
    d.caller_waits("both", DIDS[UMWELT], CALLER)
    assert queue(d) == ["both", "somebody"]


def test_a_head_start_does_not_lengthen_the_wait_that_is_measured() -> None:
    d = Driver(with_head_starts(of_number=A_MINUTE))
    d.caller_waits("anna")
    d.wait(10)
    view = d.call("anna")
    assert view.queued_at is not None
    assert d.placed_at("anna") == view.queued_at - A_MINUTE
    d.hangs_up("anna")
    assert d.records[0].waited_seconds == 10


@pytest.mark.parametrize(
    ("where", "largest"),
    [
        (with_head_starts(), 0),
        (with_head_starts(of_number=A_MINUTE), 60),
        (with_head_starts(2 * A_MINUTE, A_MINUTE), 120),
    ],
)
def test_the_county_tells_its_largest_head_start(where: County, largest: int) -> None:
    assert where.largest_head_start == timedelta(seconds=largest)


def test_the_snapshot_shows_positions_among_those_who_wait(d: Driver) -> None:
    d.caller_arrives("greeted")
    d.caller_waits("first")
    d.caller_waits("asks-for-callback")
    d.caller_waits("second")
    d.presses("asks-for-callback", "1")
    positions = {call.id: call.position for call in d.engine.snapshot().calls}
    assert positions == {"first": 1, "second": 2, "asks-for-callback": None, "greeted": None}
    assert d.call("first").language == "de"


# -- moved up ------------------------------------------------------------------------------------


@pytest.fixture
def three(d: Driver) -> Driver:
    for call in ("first", "second", "third"):
        d.caller_waits(call, caller=SOMEBODY)
        d.wait(1)
    return d


def test_a_caller_moved_up_is_next(three: Driver) -> None:
    three.feed(on.CallerMovedUp(CallId("third")))
    assert queue(three) == ["third", "first", "second"]
    three.agent_ready(ALL_ROUND)
    assert three.offered == [("third", ALL_ROUND)]


def test_of_two_moved_up_the_later_is_next(three: Driver) -> None:
    three.feed(on.CallerMovedUp(CallId("third")), on.CallerMovedUp(CallId("second")))
    assert queue(three) == ["second", "third", "first"]


def test_a_caller_moved_up_keeps_that_place(three: Driver) -> None:
    three.feed(on.CallerMovedUp(CallId("third")))
    three.presses("third", "1")
    three.fails_to_store("third")
    assert queue(three) == ["third", "first", "second"]


def test_moving_up_the_first_changes_nothing(three: Driver) -> None:
    before = three.call("first")
    three.feed(on.CallerMovedUp(CallId("first")))
    assert three.call("first") == before


def test_only_who_waits_is_moved_up(three: Driver) -> None:
    three.caller_arrives("greeted")
    three.presses("third", "1")
    three.feed(on.CallerMovedUp(CallId("greeted")), on.CallerMovedUp(CallId("nobody")))
    three.feed(on.CallerMovedUp(CallId("third")))
    assert three.step == []
    three.fails_to_store("third")
    assert queue(three) == ["first", "second", "third"]


# -- taken out -----------------------------------------------------------------------------------


def greeted(d: Driver) -> None:
    d.caller_arrives("anna")


def waiting(d: Driver) -> None:
    d.caller_waits("anna")


def ringing(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")


def keying_in_a_number(d: Driver) -> None:
    d.caller_waits("anna", caller=None)
    d.presses("anna", "1")
    d.prompt_ends("anna")
    d.presses("anna", "0")


@pytest.mark.parametrize("scene", [greeted, waiting, ringing, keying_in_a_number])
def test_a_caller_who_is_taken_out_is_told_so(d: Driver, scene: Callable[[Driver], None]) -> None:
    scene(d)
    d.feed(on.CallerTakenOut(CallId("anna")))
    assert d.said == ["taken-out goodbye"]
    d.prompt_ends("anna")
    assert d.did(do.HangUpCall) == [do.HangUpCall(CallId("anna"))]
    assert d.outcomes() == {"anna": "overflowed"}
    assert d.engine.next_deadline() is None


def test_the_phone_that_rings_for_a_caller_taken_out_falls_silent(d: Driver) -> None:
    ringing(d)
    d.feed(on.CallerTakenOut(CallId("anna")))
    [withdrawn] = d.did(do.WithdrawOffer)
    assert withdrawn.why is do.Withdrawal.CALLER_GONE
    assert d.state(ALL_ROUND) == "ready"


def test_a_caller_of_the_closed_service_may_be_taken_out() -> None:
    d = Driver(at=SUNDAY_NOON)
    d.caller_arrives("anna")
    d.prompt_ends("anna")
    d.feed(on.CallerTakenOut(CallId("anna")))
    assert d.said == ["taken-out goodbye"]
    d.wait(7)
    assert d.said == []
    d.prompt_ends("anna")
    assert d.outcomes() == {"anna": "overflowed"}


def test_a_caller_whom_an_agent_has_answered_is_not_taken_out(d: Driver) -> None:
    ringing(d)
    d.answers("anna")
    d.feed(on.CallerTakenOut(CallId("anna")))
    assert d.step == []
    d.feed(on.CallConnected(d.offer_of("anna")))
    d.feed(on.CallerTakenOut(CallId("anna")))
    assert d.step == []


def test_a_caller_to_whom_a_promise_is_being_made_is_not_taken_out(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.feed(on.CallerTakenOut(CallId("anna")))
    assert d.step == []
    d.stores("anna")
    assert d.said == [
        "callback-confirmed 01713920001 callback-due on-day Wednesday by 14:00 goodbye"
    ]


def test_a_second_time_changes_nothing(d: Driver) -> None:
    waiting(d)
    d.feed(on.CallerTakenOut(CallId("anna")))
    d.feed(on.CallerTakenOut(CallId("anna")), on.CallerTakenOut(CallId("nobody")))
    assert d.step == []
