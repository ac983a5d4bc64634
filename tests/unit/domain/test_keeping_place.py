"""A caller hangs up, keeps the place, and is phoned when it is the caller's turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.ids import CallbackId, CallId, LegId, PlaybackId
from ivr.domain.kept_place import KeptPlace
from ivr.domain.live import Phase
from ivr.domain.rules import (
    Announcing,
    CallbackRules,
    FirstReached,
    KeepingPlace,
    Limits,
    QueueRules,
)
from tests.examples import (
    ALL_ROUND,
    CALLER,
    COMMON_NUMBER,
    DIDS,
    JUGEND,
    ONLY_JUGEND,
    ONLY_UMWELT,
    UMWELT,
    county,
)
from tests.unit.domain.driver import MONDAY_NOON, Driver

ANNA = CallId("anna")
QUIET = Announcing(after=timedelta(0))
AGENT_FIRST = KeepingPlace()
CALLER_FIRST = KeepingPlace(first=FirstReached.CALLER)
CONFIRMED = "keep-place-confirmed 01713920001 goodbye"
OTHER = "01713920002"


def keeping(rules: KeepingPlace | None, at: datetime = MONDAY_NOON) -> Driver:
    return Driver(county(QueueRules(keeping_place=rules, announcing=QUIET)), at)


@pytest.fixture
def d() -> Driver:
    return keeping(AGENT_FIRST)


def asks(d: Driver) -> None:
    """Anna waits, Bert behind her, and Anna wants to keep her place."""
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(1)
    d.caller_waits("bert", DIDS[UMWELT], OTHER)
    d.presses("anna", "2")


def goes_away(d: Driver) -> None:
    """Anna has hung up and keeps her place before Bert."""
    asks(d)
    d.feed(on.PlaceStored(ANNA))
    d.prompt_ends("anna")


@pytest.fixture
def away(d: Driver) -> Driver:
    goes_away(d)
    return d


@pytest.fixture
def phoned(away: Driver) -> Driver:
    """An agent has answered and been told, and Anna's telephone rings."""
    away.agent_ready(ONLY_UMWELT)
    away.answers("anna")
    agent_has_heard(away)
    return away


@pytest.fixture
def caller_first() -> Driver:
    """Anna's telephone rings, because an agent is ready."""
    d = keeping(CALLER_FIRST)
    goes_away(d)
    d.agent_ready(ONLY_UMWELT)
    return d


def leg(d: Driver) -> LegId:
    """The leg dialled last."""
    return [command.leg for command in d.ever if isinstance(command, do.DialParty)][-1]


def agent_has_heard(d: Driver) -> None:
    d.feed(on.WhisperFinished(d.offer_of("anna")))


def not_reached(d: Driver, cause: on.FailureCause = on.FailureCause.NO_ANSWER) -> None:
    d.feed(on.PartyFailed(leg(d), cause))


# -- asking for it -------------------------------------------------------------------------------


def test_the_place_is_stored_before_it_is_promised(d: Driver) -> None:
    asks(d)
    assert d.said == []
    assert d.did(do.StopMusic)
    [keep] = d.did(do.KeepPlace)
    assert keep.kept.number == CALLER
    assert keep.kept.expires_at == d.now + timedelta(hours=2)
    d.feed(on.PlaceStored(ANNA))
    assert d.said == [CONFIRMED]
    d.prompt_ends("anna")
    assert d.did(do.HangUpCall)
    assert d.records == []
    assert d.call("anna").phase is Phase.AWAY
    assert [call.id for call in d.engine.snapshot().calls] == ["anna", "bert"]


def test_the_key_means_nothing_where_it_is_not_configured() -> None:
    d = keeping(None)
    asks(d)
    assert d.step == []


def test_the_key_is_configurable() -> None:
    d = keeping(replace(AGENT_FIRST, key="5"))
    asks(d)
    assert d.step == []
    d.presses("anna", "5")
    assert d.did(do.KeepPlace)


@pytest.mark.parametrize(
    "caller",
    [None, "09001234567", "+31205551234", "+494461110", COMMON_NUMBER],
    ids=["withheld", "premium", "abroad", "police", "our own"],
)
def test_only_a_number_that_was_transmitted_and_may_be_phoned_is_phoned(
    d: Driver, caller: str | None
) -> None:
    d.caller_waits("anna", caller=caller)
    d.presses("anna", "2")
    assert d.step == []


def test_a_number_abroad_is_phoned_where_that_is_wished() -> None:
    rules = QueueRules(
        keeping_place=AGENT_FIRST, announcing=QUIET, callbacks=CallbackRules(call_abroad=True)
    )
    d = Driver(county(rules), MONDAY_NOON)
    d.caller_waits("anna", caller="+31205551234")
    d.presses("anna", "2")
    assert d.did(do.KeepPlace)


def test_the_key_means_nothing_before_the_queue_and_with_an_agent(d: Driver) -> None:
    d.caller_arrives("anna")
    d.presses("anna", "2")
    assert d.did(do.KeepPlace) == []
    d.agent_ready(ALL_ROUND)
    d.caller_waits("bert", caller=OTHER)
    d.answers("bert")
    d.presses("bert", "2")
    assert d.step == []


def test_a_ringing_agent_is_free_for_the_next(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    asks(d)
    assert d.did(do.WithdrawOffer)
    assert d.offered == [("bert", ONLY_UMWELT)]


def test_a_place_that_can_t_be_stored_is_not_promised(d: Driver) -> None:
    asks(d)
    d.feed(on.PlaceNotStored(ANNA))
    assert d.said == ["keep-place-unavailable place-kept"]
    d.prompt_ends("anna")
    assert d.did(do.StartMusic)
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_a_silent_store_is_not_waited_for_and_its_late_answer_changes_nothing(d: Driver) -> None:
    asks(d)
    d.wait(10)
    assert d.did(do.ReleasePlace)
    assert d.said == ["keep-place-unavailable place-kept"]
    d.feed(on.PlaceStored(ANNA), on.PlaceNotStored(ANNA))
    assert d.step == []


def test_after_that_it_is_not_tried_again(d: Driver) -> None:
    asks(d)
    d.feed(on.PlaceNotStored(ANNA))
    d.presses("anna", "2")
    assert d.step == []


def test_keys_mean_nothing_while_it_is_stored_and_afterwards(d: Driver) -> None:
    asks(d)
    d.presses("anna", "12")
    assert d.step == []
    d.feed(on.PlaceStored(ANNA))
    d.presses("anna", "12")
    assert d.step == []


def test_whoever_hangs_up_before_the_promise_still_has_it(d: Driver) -> None:
    asks(d)
    d.hangs_up("anna")
    assert d.step == []
    d.hangs_up("anna")
    d.feed(on.PlaceStored(ANNA))
    assert d.step == []
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_whoever_hangs_up_while_it_can_t_be_stored_has_abandoned(d: Driver) -> None:
    asks(d)
    d.hangs_up("anna")
    d.feed(on.PlaceNotStored(ANNA))
    assert d.outcomes() == {"anna": "abandoned"}


def test_whoever_hangs_up_during_the_promise_is_away(d: Driver) -> None:
    asks(d)
    d.feed(on.PlaceStored(ANNA))
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("bert", ALL_ROUND)]  # Anna is on the line, and can't be phoned
    d.hangs_up("anna")
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_the_offer_to_keep_the_place_comes_with_that_of_a_callback() -> None:
    announcing = Announcing(position=False, estimate=False, offer_callback_above=timedelta(1))
    rules = QueueRules(
        keeping_place=AGENT_FIRST,
        announcing=replace(announcing, offer_callback_above=timedelta(seconds=60)),
    )
    d = Driver(county(rules))
    d.agent_ready(ONLY_UMWELT)
    for number in range(5):
        d.caller_waits(f"earlier-{number}", DIDS[UMWELT])
        d.talks(f"earlier-{number}")
        d.wait(90)
        d.hangs_up(f"earlier-{number}")
        d.wait(10)
    d.caller_waits("talking", DIDS[UMWELT])
    d.talks("talking")
    d.caller_waits("anna", DIDS[UMWELT])
    d.caller_waits("withheld", DIDS[UMWELT], None)
    d.wait(30)
    assert d.said == ["callback-offer keep-place-offer", "callback-offer"]


# -- the agent first -----------------------------------------------------------------------------


def test_the_agent_is_offered_the_caller_who_is_away_in_turn(away: Driver) -> None:
    away.agent_ready(ONLY_UMWELT)
    [offer] = away.did(do.OfferCall)
    assert offer.phoned_back
    assert (offer.call, offer.label) == ("anna", "↩ Umwelt · 0171 3920001")
    away.answers("anna")
    tell, dial = away.step
    assert isinstance(tell, do.PlayToAgent)
    assert [str(phrase) for phrase in tell.utterance] == ["Sound(name='caller-phoned-back')"]
    assert isinstance(dial, do.DialParty)
    assert (dial.to, dial.shown) == (CALLER, COMMON_NUMBER)
    assert dial.ring_time == AGENT_FIRST.ring_time
    assert dial.kept is not None
    assert (dial.kept.call, dial.kept.number) == ("anna", CALLER)


def test_whoever_is_reached_talks_to_the_agent(phoned: Driver) -> None:
    phoned.wait(9)
    phoned.feed(on.PartyAnswered(leg(phoned)))
    assert [type(c) for c in phoned.step] == [do.AdoptCaller, do.StopMusic, do.ConnectCall]
    phoned.feed(on.CallConnected(phoned.offer_of("anna")))
    assert phoned.did(do.ReleasePlace) == [do.ReleasePlace(ANNA)]
    assert phoned.call("anna").phase is Phase.TALKING
    phoned.wait(60)
    phoned.hangs_up("anna")
    [record] = phoned.records
    assert (record.outcome.value, record.agent, record.talked_seconds) == (
        "completed",
        ONLY_UMWELT,
        60,
    )
    assert phoned.did(do.ReleasePlace) == []


def test_the_agent_hears_one_thing_at_a_time(away: Driver) -> None:
    away.agent_ready(ONLY_UMWELT)
    away.answers("anna")
    away.wait(1)
    not_reached(away, on.FailureCause.REJECTED)
    assert away.did(do.PlayToAgent) == []
    agent_has_heard(away)
    assert [str(p) for p in away.did(do.PlayToAgent)[0].utterance] == [
        "Sound(name='caller-not-reached')"
    ]
    agent_has_heard(away)
    assert away.did(do.WithdrawOffer)


def test_a_caller_reached_at_once_is_joined_once(away: Driver) -> None:
    away.agent_ready(ONLY_UMWELT)
    away.answers("anna")
    away.feed(on.PartyAnswered(leg(away)))
    assert away.did(do.ConnectCall)
    agent_has_heard(away)
    assert away.step == []
    away.wait(4)
    assert away.step == []


def test_what_does_not_fit_changes_nothing(phoned: Driver) -> None:
    offer = phoned.offer_of("anna")
    phoned.feed(
        on.OfferAnswered(offer),
        on.CallConnected(offer),
        on.ConnectFailed(offer),
        on.AgentPressed(offer, "*"),
        on.PartyPressed(leg(phoned), "1"),
        on.CallerHungUp(ANNA),
        on.PlaceStored(ANNA),
        on.PlaceNotStored(ANNA),
        on.CallbackStored(CallbackId("none"), ANNA),
        on.CallbackNotStored(CallbackId("none"), ANNA),
        on.PlaybackFinished(ANNA, PlaybackId("none")),
    )
    assert phoned.step == []


@pytest.mark.parametrize("cause", list(on.FailureCause))
def test_the_agent_of_a_caller_who_is_not_reached_is_told_and_free(
    phoned: Driver, cause: on.FailureCause
) -> None:
    not_reached(phoned, cause)
    [keep] = phoned.did(do.KeepPlace)
    assert keep.kept.attempts == 1
    [tell] = phoned.did(do.PlayToAgent)
    assert [str(phrase) for phrase in tell.utterance] == ["Sound(name='caller-not-reached')"]
    assert phoned.offered == []
    agent_has_heard(phoned)
    assert phoned.did(do.WithdrawOffer)
    assert phoned.state(ONLY_UMWELT) == "offered"
    assert phoned.offered == [("bert", ONLY_UMWELT)]


def test_a_caller_whose_telephone_rings_for_ever_is_not_reached(phoned: Driver) -> None:
    phoned.wait(30)
    assert phoned.did(do.EndParty)
    assert phoned.did(do.KeepPlace)
    phoned.wait(10)  # the end of the words to the agent got lost
    assert phoned.offered == [("bert", ONLY_UMWELT)]


def test_after_a_while_it_is_tried_again_at_the_old_place(phoned: Driver) -> None:
    not_reached(phoned)
    agent_has_heard(phoned)
    phoned.offer_fails("bert", on.FailureCause.NO_ANSWER)
    phoned.wait(299)
    phoned.agent_ready(ALL_ROUND)
    assert phoned.offered == [("bert", ALL_ROUND)]
    phoned.wait(1)
    phoned.agent_ready(ONLY_UMWELT)
    assert phoned.offered == [("anna", ONLY_UMWELT)]


def test_an_agent_who_hangs_up_meanwhile_leaves_the_caller_to_the_next(phoned: Driver) -> None:
    phoned.agent_hangs_up("anna")
    assert phoned.state(ONLY_UMWELT) == "paused rejected"
    assert phoned.did(do.EndParty) == []
    phoned.feed(on.PartyAnswered(leg(phoned)))
    assert phoned.said == ["keep-place-welcome"]
    phoned.agent_ready(ALL_ROUND)
    assert phoned.offered == [("anna", ALL_ROUND)]


def test_an_agent_who_hangs_up_meanwhile_and_a_caller_who_is_not_reached(phoned: Driver) -> None:
    phoned.agent_hangs_up("anna")
    not_reached(phoned)
    assert phoned.did(do.PlayToAgent) == []
    phoned.wait(300)
    phoned.agent_ready(ALL_ROUND)
    assert phoned.offered == [("anna", ALL_ROUND)]


def test_an_agent_who_hangs_up_at_the_bad_news_has_rejected_nothing(phoned: Driver) -> None:
    not_reached(phoned)
    phoned.agent_hangs_up("anna")
    assert phoned.offered == [("bert", ONLY_UMWELT)]


def test_an_agent_who_does_not_answer_costs_no_attempt(away: Driver) -> None:
    away.agent_ready(ONLY_UMWELT)
    away.wait(20)
    assert away.state(ONLY_UMWELT) == "paused missed"
    assert away.did(do.KeepPlace) == []
    away.agent_ready(ALL_ROUND)
    assert away.offered == [("anna", ALL_ROUND)]


def test_whoever_hangs_up_as_soon_as_reached_frees_the_agent(phoned: Driver) -> None:
    party = leg(phoned)
    phoned.feed(on.PartyAnswered(party))
    phoned.feed(on.PartyHungUp(party))  # the switch did not know yet that it is the caller
    assert phoned.did(do.WithdrawOffer)
    assert phoned.did(do.ReleasePlace)
    assert phoned.outcomes() == {"anna": "abandoned"}
    phoned.feed(on.PartyHungUp(party))
    assert phoned.step == []


def test_whoever_is_reached_and_can_t_be_joined_waits_as_ever(phoned: Driver) -> None:
    phoned.feed(on.PartyAnswered(leg(phoned)))
    phoned.feed(on.ConnectFailed(phoned.offer_of("anna")))
    assert phoned.did(do.StartMusic)
    assert phoned.did(do.ReleasePlace) == []
    assert phoned.call("anna").phase is Phase.WAITING
    phoned.presses("anna", "2")  # has been away already
    assert phoned.step == []
    phoned.presses("anna", "1")
    assert phoned.requested


# -- the caller first ----------------------------------------------------------------------------


def test_the_caller_is_phoned_when_an_agent_is_ready(caller_first: Driver) -> None:
    assert [dial.to for dial in caller_first.did(do.DialParty)] == [CALLER]
    assert caller_first.offered == [("bert", ONLY_UMWELT)]


def test_whoever_answers_is_next(caller_first: Driver) -> None:
    caller_first.offer_fails("bert", on.FailureCause.NO_ANSWER)
    caller_first.feed(on.PartyAnswered(leg(caller_first)))
    assert caller_first.said == ["keep-place-welcome"]
    caller_first.prompt_ends("anna")
    assert caller_first.did(do.StartMusic)
    caller_first.agent_ready(ALL_ROUND)
    assert caller_first.offered == [("anna", ALL_ROUND)]
    caller_first.talks("anna")
    assert caller_first.did(do.ReleasePlace)


def test_the_caller_is_phoned_once_at_a_time(caller_first: Driver) -> None:
    caller_first.agent_ready(ALL_ROUND)
    assert caller_first.did(do.DialParty) == []


def test_callers_who_wait_in_front_have_the_first_agents() -> None:
    d = keeping(CALLER_FIRST)
    d.caller_waits("zoe", DIDS[UMWELT], OTHER)
    goes_away(d)
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == [("zoe", ONLY_UMWELT)]
    assert d.did(do.DialParty) == []
    d.agent_ready(ALL_ROUND)
    assert d.did(do.DialParty)


def test_nobody_is_phoned_for_an_agent_who_can_t_serve_the_caller() -> None:
    d = keeping(CALLER_FIRST)
    goes_away(d)
    d.feed(on.PhoneReachable(ONLY_JUGEND), on.PresenceChosen(ONLY_JUGEND, Presence.READY))
    assert d.did(do.DialParty) == []


def test_a_caller_who_is_not_reached_is_phoned_again_after_a_while(caller_first: Driver) -> None:
    not_reached(caller_first)
    caller_first.talks("bert")
    caller_first.agent_ready(ALL_ROUND)
    assert caller_first.did(do.DialParty) == []
    caller_first.wait(300)
    assert caller_first.did(do.DialParty)
    caller_first.wait(30)
    assert caller_first.did(do.EndParty)
    assert len(caller_first.requested) == 1


def test_whoever_leaves_after_having_been_reached_has_abandoned(caller_first: Driver) -> None:
    caller_first.feed(on.PartyAnswered(leg(caller_first)))
    caller_first.hangs_up("anna")
    assert caller_first.did(do.ReleasePlace)
    assert caller_first.outcomes() == {"anna": "abandoned"}


def test_whoever_was_phoned_back_is_not_sent_away() -> None:
    limits = Limits(max_wait=timedelta(minutes=5), leave_when_empty=True)
    rules = QueueRules(keeping_place=CALLER_FIRST, announcing=QUIET, limits=limits)
    d = Driver(county(rules))
    goes_away(d)
    d.agent_ready(ONLY_UMWELT)
    d.feed(on.PartyAnswered(leg(d)))
    d.prompt_ends("anna")
    d.chooses(ONLY_UMWELT, Presence.LOGGED_OUT)
    d.wait(3600)
    assert d.call("anna").phase is Phase.WAITING


# -- giving up -----------------------------------------------------------------------------------


def test_after_the_last_attempt_it_becomes_a_callback_request(away: Driver) -> None:
    away.hangs_up("bert")
    away.agent_ready(ONLY_UMWELT)
    away.answers("anna")
    agent_has_heard(away)
    not_reached(away)
    agent_has_heard(away)
    away.wait(300)
    away.answers("anna")
    agent_has_heard(away)
    not_reached(away)
    away.wait(4)
    assert away.requested == []  # the agent is being told
    agent_has_heard(away)
    assert away.state(ONLY_UMWELT) == "ready"
    away.wait(5)
    requests = away.requested
    assert [request.id for request in requests] == ["cb-anna-place"]
    assert requests[0].caller_number == CALLER
    assert requests[0].source.value == "caller_dtmf"
    assert requests[0].caseworker == "umwelt.1"
    away.feed(on.CallbackStored(requests[0].id, ANNA))
    assert away.did(do.ReleasePlace)
    assert away.outcomes()["anna"] == "callback"


def test_it_is_tried_until_the_store_has_it(away: Driver) -> None:
    away.wait(2 * 3600)
    [request] = away.requested
    away.feed(on.CallbackNotStored(request.id, ANNA))
    assert away.step == []
    away.wait(30)
    [again] = away.requested
    assert again.id == request.id
    away.wait(60)
    assert len(away.requested) == 2
    assert away.records == []
    away.feed(on.CallbackStored(again.id, ANNA))
    assert away.outcomes() == {"anna": "callback"}


def test_a_place_expires(away: Driver) -> None:
    away.wait(2 * 3600 - 1)
    assert away.requested == []
    away.wait(1)
    assert away.requested
    away.agent_ready(ONLY_UMWELT)
    assert away.offered == [("bert", ONLY_UMWELT)]


def test_a_place_that_expires_while_the_agent_rings_is_given_up(away: Driver) -> None:
    away.wait(2 * 3600 - 1)
    away.agent_ready(ONLY_UMWELT)
    away.wait(1)
    assert away.did(do.WithdrawOffer)
    assert away.offered == [("bert", ONLY_UMWELT)]
    assert away.requested


def test_a_place_that_expires_while_the_caller_is_phoned_is_honoured(away: Driver) -> None:
    away.wait(2 * 3600 - 1)
    away.agent_ready(ONLY_UMWELT)
    away.answers("anna")
    away.wait(10)
    assert away.requested == []
    away.feed(on.PartyAnswered(leg(away)))
    away.feed(on.CallConnected(away.offer_of("anna")))
    away.wait(3600)
    assert away.requested == []


def test_after_the_day_is_over_and_everybody_has_left_it_is_given_up() -> None:
    d = keeping(AGENT_FIRST, MONDAY_NOON.replace(hour=17, minute=30))
    d.agent_ready(ONLY_UMWELT)
    d.chooses(ONLY_UMWELT, Presence.PAUSED)
    goes_away(d)
    d.wait(3600)
    assert d.requested == []  # somebody is still there
    d.chooses(ONLY_UMWELT, Presence.LOGGED_OUT)
    d.wait(60)
    assert d.requested


def test_a_supervisor_can_turn_it_into_a_callback(away: Driver) -> None:
    away.feed(on.CallerTakenOut(ANNA))
    assert away.requested
    away.feed(on.CallbackStored(away.requested[0].id, ANNA))
    assert away.outcomes() == {"anna": "callback"}


def test_a_supervisor_can_move_up_a_caller_who_is_away(d: Driver) -> None:
    d.caller_waits("zoe", DIDS[UMWELT], OTHER)
    goes_away(d)
    d.feed(on.CallerMovedUp(ANNA))
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == [("anna", ONLY_UMWELT)]


# -- the caller calls again ----------------------------------------------------------------------


def test_whoever_calls_again_has_the_place(away: Driver) -> None:
    away.wait(60)
    away.caller_is_greeted("anna-2", DIDS[UMWELT])
    assert away.said == ["place-regained please-wait"]
    assert away.did(do.ReleasePlace) == [do.ReleasePlace(ANNA)]
    assert away.outcomes() == {"anna": "callback"}
    away.agent_ready(ONLY_UMWELT)
    assert away.offered == [("anna-2", ONLY_UMWELT)]


def test_whoever_still_hears_the_promise_on_another_line_keeps_the_place(d: Driver) -> None:
    asks(d)
    d.feed(on.PlaceStored(ANNA))
    d.caller_is_greeted("anna-2", DIDS[UMWELT])
    assert d.said == ["please-wait"]
    d.prompt_ends("anna")
    d.agent_ready(ONLY_UMWELT)
    assert d.offered == [("anna", ONLY_UMWELT)]


def test_whoever_calls_for_another_matter_has_not(away: Driver) -> None:
    away.caller_is_greeted("anna-2", DIDS[JUGEND])
    assert away.said == ["please-wait"]
    assert away.records == []


def test_whoever_calls_again_while_being_phoned_gets_the_agent(phoned: Driver) -> None:
    phoned.caller_is_greeted("anna-2", DIDS[UMWELT])
    assert phoned.did(do.EndParty)
    assert phoned.did(do.WithdrawOffer)
    assert phoned.offered == [("anna-2", ONLY_UMWELT)]


def test_a_full_queue_has_room_for_whoever_is_in_it() -> None:
    rules = QueueRules(keeping_place=AGENT_FIRST, announcing=QUIET, limits=Limits(max_waiting=2))
    d = Driver(county(rules))
    goes_away(d)
    d.caller_is_greeted("carl", DIDS[UMWELT], None)
    assert d.said == ["queue-full way-out-callback"]
    d.caller_is_greeted("anna-2", DIDS[UMWELT])
    assert d.said == ["place-regained please-wait"]


# -- the program starts again --------------------------------------------------------------------


def kept(d: Driver) -> KeptPlace:
    return [command.kept for command in d.ever if isinstance(command, do.KeepPlace)][-1]


def test_a_place_outlives_the_program(away: Driver) -> None:
    later = keeping(AGENT_FIRST, away.now + timedelta(minutes=5))
    later.caller_waits("carl", DIDS[UMWELT])
    later.feed(on.PlaceRestored(kept(away)), on.PlaceRestored(kept(away)))
    assert later.step == []
    later.agent_ready(ONLY_UMWELT)
    assert later.offered == [("anna", ONLY_UMWELT)]
    later.answers("anna")
    later.feed(on.PartyAnswered(leg(later)), on.CallConnected(later.offer_of("anna")))
    later.hangs_up("anna")
    [record] = later.records
    assert (record.id, record.outcome.value) == ("anna", "completed")
    assert record.arrived_at == MONDAY_NOON


def test_a_place_that_expired_meanwhile_becomes_a_callback_request(away: Driver) -> None:
    later = keeping(AGENT_FIRST, away.now + timedelta(hours=3))
    later.feed(on.PlaceRestored(kept(away)))
    assert [request.id for request in later.requested] == ["cb-anna-place"]


def test_a_place_for_a_department_that_is_gone_is_one_for_the_county(away: Driver) -> None:
    here = county(QueueRules(keeping_place=AGENT_FIRST))
    left = {name: each for name, each in here.departments.items() if name != UMWELT}
    later = Driver(replace(here, departments=left))
    later.feed(on.PlaceRestored(kept(away)))
    assert later.call("anna").department is None


def test_a_promise_holds_where_no_more_are_made(away: Driver) -> None:
    away.feed(on.CountyChanged(county(QueueRules(announcing=QUIET))))
    away.agent_ready(ONLY_UMWELT)
    away.answers("anna")
    assert away.did(do.DialParty)


# -- supervisors ---------------------------------------------------------------------------------


def test_a_caller_who_is_away_may_be_moved_up_and_the_store_knows(d: Driver) -> None:
    d.caller_waits("bert", DIDS[UMWELT], OTHER)
    d.wait(1)
    d.caller_waits("anna", DIDS[UMWELT])
    d.presses("anna", "2")
    d.feed(on.PlaceStored(ANNA))
    d.prompt_ends("anna")
    d.feed(on.CallerMovedUp(ANNA))
    [keep] = d.did(do.KeepPlace)
    assert keep.kept.place[0] == d.placed_at("anna")
    d.feed(on.CallerMovedUp(ANNA))
    assert d.step == []
    d.agent_ready(ALL_ROUND)
    assert d.offered == [("anna", ALL_ROUND)]
