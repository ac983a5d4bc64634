"""Callers whom a run of the program finds in the line and does not remember."""

from datetime import datetime, timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import CallId
from ivr.domain.rules import Limits, QueueRules
from tests.examples import ALL_ROUND, CALLER, COMMON_NUMBER, DIDS, JUGEND, UMWELT, county
from tests.unit.domain.driver import MONDAY_NOON, SUNDAY_NOON, Driver
from tests.unit.domain.scenes import away
from tests.unit.domain.test_engine_always import MENU, any_county

OTHER = "+493023125002"
STAYS = "place-regained please-wait"
CLOSING = MONDAY_NOON.replace(hour=18)


def found(d: Driver, call: str, since: datetime, caller: str | None = OTHER) -> None:
    """Find ``call``, which has been there since ``since``."""
    d.feed(on.CallArrived(CallId(call), COMMON_NUMBER, caller, arrived_at=since))


def ago(d: Driver, **units: float) -> datetime:
    return d.now - timedelta(**units)


def test_who_was_there_before_stands_where_the_wait_began(d: Driver) -> None:
    d.caller_waits("bert")
    d.wait(30)
    found(d, "anna", ago(d, minutes=2))
    assert d.call("anna").position == 1
    assert d.call("anna").arrived_at == d.call("anna").queued_at == ago(d, minutes=2)
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]


def test_a_found_caller_hears_a_word_in_place_of_the_greeting_and_then_music(d: Driver) -> None:
    found(d, "anna", ago(d, minutes=2))
    assert d.doings == ["AnswerCall", "StopMusic", "Play"]
    assert d.said == [STAYS]
    d.prompt_ends("anna")
    assert d.doings == ["StartMusic"]


def test_a_found_caller_is_not_asked_for_a_department() -> None:
    d = Driver(any_county(QueueRules(), MENU))
    found(d, "anna", ago(d, minutes=2))
    d.prompt_ends("anna")
    d.presses("anna", "2")
    assert d.said == []
    assert d.call("anna").department is None


def test_a_head_start_counts_as_ever() -> None:
    d = Driver(county(QueueRules(head_starts={CALLER: timedelta(seconds=45)})))
    found(d, "anna", ago(d, minutes=2), CALLER)
    assert d.placed_at("anna") == ago(d, minutes=2, seconds=45)


def test_two_found_callers_keep_their_order(d: Driver) -> None:
    found(d, "bert", ago(d, minutes=1))
    found(d, "anna", ago(d, minutes=2))
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]


def test_a_found_caller_is_not_turned_away_from_a_full_queue() -> None:
    d = Driver(county(QueueRules(limits=Limits(max_waiting=1, join_empty=False))))
    found(d, "anna", ago(d, minutes=1))
    found(d, "bert", ago(d, minutes=1))
    assert d.said == [STAYS]


@pytest.mark.parametrize("hours", [-1, 5])
def test_nobody_is_believed_to_come_from_the_future_or_to_have_waited_for_hours(
    d: Driver, hours: float
) -> None:
    found(d, "anna", ago(d, hours=hours))
    assert d.call("anna").queued_at == d.now
    assert d.said == [STAYS]


def test_who_came_in_time_is_served_after_closing_time() -> None:
    d = Driver(at=CLOSING + timedelta(minutes=1))
    found(d, "anna", ago(d, minutes=5))
    assert d.said == [STAYS]


def test_who_waits_since_before_the_opening_is_served() -> None:
    d = Driver(at=MONDAY_NOON.replace(hour=7, minute=1))
    found(d, "anna", ago(d, minutes=5))
    assert d.said == [STAYS]


def test_out_of_hours_a_found_caller_hears_that_as_ever() -> None:
    d = Driver(at=SUNDAY_NOON)
    found(d, "anna", ago(d, minutes=5))
    assert d.said == ["closed open-again tomorrow from 07:00 closed-callback-offer"]
    assert d.call("anna").queued_at is None


def test_a_found_caller_who_dialled_what_is_not_ours_is_turned_away(d: Driver) -> None:
    since = ago(d, minutes=5)
    d.feed(on.CallArrived(CallId("anna"), "+493023125001", arrived_at=since))
    [record] = d.records
    assert (record.outcome.value, record.arrived_at) == ("failed", since)


def test_who_is_known_is_not_found(d: Driver) -> None:
    d.caller_waits("anna", DIDS[JUGEND])
    before = d.engine.snapshot()
    found(d, "anna", ago(d, minutes=5))
    assert d.step == []
    assert d.engine.snapshot() == before


def test_who_called_again_while_the_program_was_away_regains_the_place(d: Driver) -> None:
    d.caller_waits("anna")
    began = d.now
    d.wait(10)
    d.hangs_up("anna")
    d.wait(60)
    found(d, "anna again", ago(d, seconds=30), CALLER)
    assert d.placed_at("anna again") == began
    found(d, "her colleague", ago(d, seconds=20), CALLER)
    assert d.placed_at("her colleague") == ago(d, seconds=20)


def test_who_was_there_before_does_not_exchange_the_place_for_a_worse_one(d: Driver) -> None:
    d.caller_waits("anna")
    d.hangs_up("anna")
    d.wait(60)
    found(d, "on another line", ago(d, minutes=2), CALLER)
    assert d.placed_at("on another line") == ago(d, minutes=2)
    d.caller_is_greeted("anna again")
    assert d.said == [STAYS]


def test_who_waits_longer_on_another_line_keeps_that_place() -> None:
    d = away()
    since = ago(d, minutes=5)
    d.feed(on.CallArrived(CallId("on another line"), DIDS[UMWELT], CALLER, arrived_at=since))
    assert d.outcomes() == {"anna": "callback"}
    assert d.placed_at("on another line") == ago(d, minutes=5)


def test_a_found_caller_gives_up_as_any_other(d: Driver) -> None:
    found(d, "anna", ago(d, minutes=2))
    d.hangs_up("anna")
    [record] = d.records
    assert (record.outcome.value, record.waited_seconds) == ("abandoned", 120)


def test_what_the_earlier_run_played_is_silenced(d: Driver) -> None:
    found(d, "anna", ago(d, minutes=2))
    assert d.step.index(do.StopMusic(CallId("anna"))) < d.doings.index("Play")
