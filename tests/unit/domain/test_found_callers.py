"""Callers whom a run of the program finds in the line and does not remember."""

from datetime import datetime, timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import CallId
from ivr.domain.rules import KeepingPlace, Limits, QueueRules
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


# -- beside those who came before ------------------------------------------------------------------


def keeps_place(d: Driver, call: str) -> None:
    """Let a caller who waits keep the place and hang up."""
    d.presses(call, "2")
    d.feed(on.PlaceStored(CallId(call)))
    d.hangs_up(call)


def order(d: Driver) -> list[str]:
    """Return who waits, in order."""
    waiting = [call for call in d.engine.snapshot().calls if call.position is not None]
    return [call.id for call in sorted(waiting, key=lambda call: call.position or 0)]


def test_who_was_being_greeted_then_is_served_before_a_found_caller_who_came_later(
    d: Driver,
) -> None:
    d.caller_arrives("anna", DIDS[UMWELT])
    arrived = d.now
    d.wait(4)
    found(d, "bert", ago(d, seconds=2))
    d.wait(3)
    d.prompt_ends("anna")
    assert order(d) == ["anna", "bert"]
    assert d.placed_at("anna") == d.call("anna").queued_at == arrived


def test_so_is_who_was_choosing_a_department() -> None:
    d = Driver(any_county(QueueRules(), MENU))
    d.caller_arrives("anna", COMMON_NUMBER)
    d.prompt_ends("anna")
    d.wait(4)
    found(d, "bert", ago(d, seconds=2))
    d.presses("anna", "0")
    assert order(d) == ["anna", "bert"]


def test_a_head_start_of_the_department_chosen_then_counts() -> None:
    d = Driver(any_county(QueueRules(), MENU))
    d.caller_arrives("anna", COMMON_NUMBER)
    arrived = d.now
    d.wait(4)
    found(d, "bert", ago(d, seconds=2))
    d.presses("anna", "1")
    assert d.placed_at("anna") == arrived - timedelta(seconds=20)


def test_who_came_later_than_the_found_caller_waits_since_the_greeting(d: Driver) -> None:
    d.caller_arrives("carl", DIDS[UMWELT])
    d.wait(4)
    found(d, "bert", ago(d, seconds=8))
    d.prompt_ends("carl")
    assert order(d) == ["bert", "carl"]
    assert d.placed_at("carl") == d.now


def test_nobody_found_overtakes_who_came_before_and_was_greeted_meanwhile(d: Driver) -> None:
    d.caller_arrives("anna", DIDS[UMWELT])
    d.wait(10)
    d.prompt_ends("anna")
    entered = d.now
    d.wait(5)
    found(d, "bert", ago(d, seconds=8))
    assert order(d) == ["anna", "bert"]
    assert d.placed_at("bert") == d.call("bert").queued_at == entered


def test_nor_does_who_was_being_greeted(d: Driver) -> None:
    """Anna came first and chose for long, bert is being greeted, and carl is found."""
    d.caller_arrives("anna", DIDS[UMWELT])
    d.wait(10)
    d.caller_arrives("bert", DIDS[UMWELT])
    d.wait(10)
    d.prompt_ends("anna")
    d.wait(10)
    found(d, "carl", ago(d, seconds=15))
    d.prompt_ends("bert")
    assert order(d) == ["anna", "bert", "carl"]


def test_a_head_start_is_no_reason_to_stand_behind() -> None:
    d = Driver(county(QueueRules(head_starts={CALLER: timedelta(seconds=45)})))
    d.caller_arrives("anna", DIDS[UMWELT], OTHER)
    d.wait(10)
    d.prompt_ends("anna")
    entered = d.now
    d.wait(5)
    found(d, "bert", ago(d, seconds=8), CALLER)
    assert order(d) == ["bert", "anna"]
    assert d.placed_at("bert") == entered - timedelta(seconds=45)


def test_among_equal_head_starts_who_came_before_stands_first() -> None:
    d = Driver(county(QueueRules(head_starts={CALLER: timedelta(seconds=45)})))
    d.caller_arrives("anna", DIDS[UMWELT], CALLER)
    d.wait(10)
    d.prompt_ends("anna")
    d.wait(5)
    found(d, "bert", ago(d, seconds=8), CALLER)
    assert order(d) == ["anna", "bert"]


def test_who_was_moved_up_holds_nobody_back(d: Driver) -> None:
    d.caller_waits("anna")
    d.caller_waits("bert")
    d.wait(10)
    d.feed(on.CallerMovedUp(CallId("bert")))
    found(d, "carl", ago(d, seconds=5))
    assert order(d) == ["bert", "anna", "carl"]
    assert d.placed_at("carl") == ago(d, seconds=5)


def test_who_keeps_the_place_without_being_there_came_before_as_well() -> None:
    d = Driver(county(QueueRules(keeping_place=KeepingPlace())))
    d.caller_arrives("anna", DIDS[UMWELT])
    d.wait(10)
    d.prompt_ends("anna")
    entered = d.now
    keeps_place(d, "anna")
    found(d, "bert", ago(d, seconds=5))
    assert order(d) == ["anna", "bert"]
    assert d.placed_at("bert") == entered


def test_no_place_ever_moves_back(d: Driver) -> None:
    """Who is found later than those who came after is behind them at worst where they met."""
    d.caller_arrives("anna", DIDS[UMWELT])
    d.wait(10)
    d.prompt_ends("anna")
    entered = d.now
    d.wait(5)
    found(d, "carl", ago(d, seconds=7))
    found(d, "bert", ago(d, seconds=9))
    assert order(d) == ["anna", "carl", "bert"]
    assert d.placed_at("carl") == d.placed_at("bert") == entered


# -- the switch was away ---------------------------------------------------------------------------


def test_whose_greeting_ended_while_nothing_was_heard_waits_since_the_arrival(d: Driver) -> None:
    d.caller_arrives("anna", DIDS[UMWELT])
    arrived = d.now
    d.wait(5)
    d.feed(on.SwitchWasAway())
    d.prompt_ends("anna")
    found(d, "bert", ago(d, seconds=2))
    assert (d.placed_at("anna"), d.placed_at("bert")) == (arrived, ago(d, seconds=2))
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]


def test_who_is_greeted_afterwards_waits_since_the_greeting_as_ever(d: Driver) -> None:
    d.feed(on.SwitchWasAway())
    d.caller_arrives("anna", DIDS[UMWELT])
    d.wait(5)
    d.prompt_ends("anna")
    assert d.placed_at("anna") == d.now


def test_who_waits_does_not_notice_that_the_switch_was_away(d: Driver) -> None:
    d.caller_waits("anna")
    before = d.engine.snapshot()
    d.feed(on.SwitchWasAway())
    assert d.step == []
    assert d.engine.snapshot() == before


def test_who_was_being_greeted_takes_no_worse_place_over_than_the_own() -> None:
    """The place kept on the other line is later than the arrival on this one."""
    d = Driver(county(QueueRules(keeping_place=KeepingPlace())))
    d.caller_arrives("on another line", DIDS[UMWELT])
    arrived = d.now
    d.wait(5)
    d.caller_waits("anna", DIDS[UMWELT])
    keeps_place(d, "anna")
    d.feed(on.SwitchWasAway())
    d.prompt_ends("on another line")
    assert d.outcomes() == {"anna": "callback"}
    assert d.placed_at("on another line") == arrived
