"""Who can't enter the queue or stay in it, and the way out: never silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.ids import E164, CallId, LegId
from ivr.domain.live import Phase
from ivr.domain.rules import Announcing, Limits, QueueRules, WayOut
from tests.examples import ALL_ROUND, DIDS, ONLY_JUGEND, ONLY_UMWELT, UMWELT, VERKEHR, county
from tests.unit.domain.driver import Driver

ELSEWHERE = E164("+4944619190")
ANNA = CallId("anna")
FULL = "queue-full way-out-callback"


def limited(limits: Limits) -> Driver:
    """A county with these limits, and no announcements between."""
    return Driver(county(QueueRules(limits=limits, announcing=Announcing(after=timedelta(0)))))


def full(way_out: WayOut = WayOut.CALLBACK, number: E164 | None = None) -> Driver:
    """Nobody may wait at all; Anna has been greeted and told."""
    d = limited(Limits(max_waiting=0, way_out=way_out, number=number))
    d.caller_is_greeted("anna", DIDS[UMWELT])
    return d


# -- entering ------------------------------------------------------------------------------------


def test_only_so_many_callers_may_wait() -> None:
    d = limited(Limits(max_waiting=1))
    d.caller_waits("anna")
    d.caller_is_greeted("bert")
    assert d.said == [FULL]
    assert d.call("bert").phase is Phase.WAY_OUT
    d.hangs_up("anna")
    d.caller_is_greeted("carl", caller="01713920002")
    assert d.said == ["please-wait"]


def test_whoever_could_be_served_at_once_waits_for_nobody_and_takes_no_room() -> None:
    d = limited(Limits(max_waiting=1))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.caller_is_greeted("bert")
    assert d.said == ["please-wait"]


def test_callers_may_enter_while_nobody_is_there(d: Driver) -> None:
    d.caller_is_greeted("anna")
    assert d.said == ["please-wait"]


def test_callers_may_be_kept_out_while_nobody_who_could_serve_them_is_there() -> None:
    d = limited(Limits(join_empty=False))
    d.agent_ready(ONLY_JUGEND)
    d.caller_is_greeted("anna", DIDS[UMWELT])
    assert d.said == ["nobody-there way-out-callback"]
    d.agent_ready(ONLY_UMWELT)
    d.chooses(ONLY_UMWELT, Presence.PAUSED)  # will be back
    d.caller_is_greeted("bert", DIDS[UMWELT])
    assert d.said == ["please-wait"]
    d.feed(on.PhoneUnreachable(ONLY_UMWELT))
    d.caller_is_greeted("carl", DIDS[UMWELT])
    assert d.said == ["nobody-there way-out-callback"]


# -- staying -------------------------------------------------------------------------------------


def test_nobody_waits_longer_than_allowed() -> None:
    d = limited(Limits(max_wait=timedelta(minutes=10)))
    d.caller_waits("anna")
    d.wait(599)
    assert d.step == []
    d.wait(1)
    assert d.did(do.StopMusic)
    assert d.said == ["waited-too-long way-out-callback"]
    d.agent_ready(ALL_ROUND)
    assert d.offered == []


def test_a_caller_whose_agent_rings_is_not_sent_away() -> None:
    d = limited(Limits(max_wait=timedelta(minutes=10)))
    d.caller_waits("anna")
    d.wait(590)
    d.agent_ready(ALL_ROUND)
    d.wait(19)
    assert d.said == []
    d.wait(1)
    assert d.state(ALL_ROUND) == "paused missed"
    assert d.said == ["waited-too-long way-out-callback"]


def test_a_caller_who_asks_for_a_callback_is_not_sent_away_before_the_answer() -> None:
    d = limited(Limits(max_wait=timedelta(minutes=10)))
    d.caller_waits("anna")
    d.wait(599)
    d.presses("anna", "1")
    d.wait(9)
    assert d.said == []
    d.fails_to_store("anna")
    assert d.said == ["callback-unavailable place-kept"]
    d.wait(5)
    assert d.said == ["waited-too-long way-out-callback"]


def test_a_caller_who_is_back_from_a_transfer_waits_until_served() -> None:
    d = limited(Limits(max_wait=timedelta(minutes=10), leave_when_empty=True))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", DIDS[UMWELT])
    queued_at = d.call("anna").queued_at
    d.talks("anna")
    d.agent_presses("anna", "*8311#")
    d.chooses(ALL_ROUND, Presence.LOGGED_OUT)
    d.agent_hangs_up("anna")
    d.wait(3600)
    assert d.call("anna").phase is Phase.WAITING
    assert d.placed_at("anna") == queued_at
    d.agent_ready(ALL_ROUND)
    d.talks("anna")
    d.hangs_up("anna")
    assert d.outcomes() == {"anna": "completed"}


def test_a_talk_is_not_limited() -> None:
    d = limited(Limits(max_wait=timedelta(minutes=10), leave_when_empty=True))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.chooses(ALL_ROUND, Presence.LOGGED_OUT)
    d.wait(3600)
    assert d.step == []


def test_callers_leave_when_the_last_agent_has_left() -> None:
    d = limited(Limits(leave_when_empty=True))
    d.agent_ready(ALL_ROUND)
    d.chooses(ALL_ROUND, Presence.PAUSED)
    d.caller_waits("anna", DIDS[VERKEHR])
    d.wait(600)
    assert d.step == []
    d.chooses(ALL_ROUND, Presence.LOGGED_OUT)
    d.wait(20)
    assert d.step == []
    d.wait(20)
    assert d.said == ["nobody-there way-out-callback"]


def test_a_phone_that_is_away_for_a_moment_sends_nobody_away() -> None:
    d = limited(Limits(leave_when_empty=True))
    d.agent_ready(ALL_ROUND)
    d.chooses(ALL_ROUND, Presence.PAUSED)
    d.caller_waits("anna", DIDS[VERKEHR])
    for _ in range(10):
        d.wait(30)
        assert d.step == []
        d.feed(on.PhoneUnreachable(ALL_ROUND))
        d.wait(15)
        assert d.step == []
        d.feed(on.PhoneReachable(ALL_ROUND))


def test_callers_stay_where_nobody_is_there_unless_it_is_said_otherwise(d: Driver) -> None:
    d.caller_waits("anna")
    d.wait(3600)
    assert d.call("anna").phase is Phase.WAITING


# -- the way out: a callback ---------------------------------------------------------------------


def test_a_caller_sent_away_may_ask_for_a_callback() -> None:
    d = full()
    d.presses("anna", "1")
    [callback] = d.requested
    assert callback.source.value == "caller_dtmf"
    d.stores("anna")
    d.prompt_ends("anna")
    assert d.outcomes() == {"anna": "callback"}


def test_a_caller_may_think_about_it_for_a_while() -> None:
    d = full()
    d.prompt_ends("anna")
    d.wait(5)
    d.presses("anna", "1")
    assert d.requested
    d.wait(9)
    assert d.said == []


def test_a_caller_who_does_not_want_one_is_seen_off() -> None:
    d = full()
    d.prompt_ends("anna")
    d.wait(6)
    assert d.said == ["goodbye"]
    d.prompt_ends("anna")
    assert d.outcomes() == {"anna": "overflowed"}


def test_a_caller_who_hangs_up_then_has_overflowed() -> None:
    d = full()
    d.hangs_up("anna")
    assert d.outcomes() == {"anna": "overflowed"}


def test_a_caller_sent_away_whose_callback_can_t_be_stored_is_told_so() -> None:
    d = full()
    d.presses("anna", "1")
    d.fails_to_store("anna")
    assert d.said == ["callback-unavailable goodbye"]
    d.prompt_ends("anna")
    assert d.outcomes() == {"anna": "overflowed"}


# -- the way out: an announcement ----------------------------------------------------------------


def test_a_caller_may_just_be_told() -> None:
    d = full(WayOut.ANNOUNCEMENT)
    assert d.said == ["queue-full goodbye"]
    d.presses("anna", "1")
    assert d.requested == []
    d.prompt_ends("anna")
    assert d.did(do.HangUpCall)
    assert d.outcomes() == {"anna": "overflowed"}


# -- the way out: another number -----------------------------------------------------------------


def dialling() -> tuple[Driver, LegId]:
    """Anna is being put through."""
    d = full(WayOut.NUMBER, ELSEWHERE)
    assert d.said == ["queue-full putting-through"]
    d.presses("anna", "1")
    assert d.step == []
    d.prompt_ends("anna")
    [music, dial] = d.step
    assert music == do.StartMusic(ANNA)
    assert isinstance(dial, do.DialParty)
    assert dial.to == ELSEWHERE
    assert dial.label == "Umwelt"
    return d, dial.leg


@pytest.fixture
def elsewhere() -> tuple[Driver, LegId]:
    """Anna talks to somebody elsewhere."""
    d, leg = dialling()
    d.feed(on.PartyAnswered(leg))
    assert d.step == [do.StopMusic(ANNA), do.HandOver(ANNA, leg)]
    return d, leg


def test_the_call_ends_when_the_other_side_hangs_up(elsewhere: tuple[Driver, LegId]) -> None:
    d, leg = elsewhere
    d.feed(on.PartyAnswered(leg), on.PartyPressed(leg, "1"))
    assert d.step == []
    d.wait(3600)
    assert d.step == []
    d.feed(on.PartyHungUp(leg))
    assert d.did(do.HangUpCall)
    [record] = d.records
    assert (record.outcome.value, record.transferred_to) == ("overflowed", ELSEWHERE)


def test_the_other_side_is_hung_up_when_the_caller_leaves(elsewhere: tuple[Driver, LegId]) -> None:
    d, leg = elsewhere
    d.hangs_up("anna")
    assert d.did(do.EndParty) == [do.EndParty(ANNA, leg)]
    assert d.outcomes() == {"anna": "overflowed"}


def test_a_caller_who_leaves_is_not_put_through_any_more() -> None:
    d, leg = dialling()
    d.hangs_up("anna")
    assert d.did(do.EndParty) == [do.EndParty(ANNA, leg)]
    assert d.outcomes() == {"anna": "overflowed"}


@pytest.mark.parametrize(
    "fails",
    [
        lambda leg: on.PartyFailed(leg, on.FailureCause.REJECTED),
        on.PartyHungUp,
    ],
)
def test_where_nobody_answers_a_callback_is_offered(fails: type[on.PartyHungUp]) -> None:
    d, leg = dialling()
    d.feed(fails(leg))
    assert d.did(do.StopMusic)
    assert d.said == [FULL]
    d.presses("anna", "1")
    assert d.requested


def test_nobody_rings_for_ever() -> None:
    d, leg = dialling()
    d.wait(30)
    assert d.did(do.EndParty) == [do.EndParty(ANNA, leg)]
    assert d.said == [FULL]
    d.prompt_ends("anna")
    assert d.step == []


def test_a_caller_who_could_not_be_joined_is_offered_a_callback(
    elsewhere: tuple[Driver, LegId],
) -> None:
    d, leg = elsewhere
    d.feed(on.PartyFailed(leg, on.FailureCause.FAULT))
    assert d.said == [FULL]
    d.prompt_ends("anna")
    d.wait(6)
    d.prompt_ends("anna")
    [record] = d.records
    assert (record.outcome.value, record.transferred_to) == ("overflowed", "")
