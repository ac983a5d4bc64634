"""An offer is answered, or comes to nothing: the caller keeps the place, the agent is freed,
paused or given a rest, depending on whose doing it was."""

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.ids import CallId, OfferId
from ivr.domain.live import Phase
from tests.examples import ALL_ROUND, ONLY_UMWELT
from tests.unit.domain.driver import Driver

ANNA = CallId("anna")


@pytest.fixture
def ringing(d: Driver) -> Driver:
    """Anna's call rings the agent who answers for all; Bert came later."""
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.wait(1)
    d.caller_waits("bert")
    return d


@pytest.fixture
def answered(ringing: Driver) -> Driver:
    """The agent picked up; they don't hear each other yet."""
    ringing.answers("anna")
    return ringing


@pytest.fixture
def talking(answered: Driver) -> Driver:
    answered.feed(on.CallConnected(answered.offer_of("anna")))
    return answered


def anna_is_next(d: Driver) -> bool:
    """Whether Anna, not Bert, is offered to the next agent."""
    d.agent_ready(ONLY_UMWELT)
    return d.offered == [("anna", ONLY_UMWELT)]


# -- from ringing to talking ---------------------------------------------------------------------


def test_an_offered_agent_rings_and_the_caller_goes_on_waiting(ringing: Driver) -> None:
    assert ringing.state(ALL_ROUND) == "offered"
    assert ringing.call("anna").phase is Phase.WAITING
    assert ringing.did(do.StopMusic) == []


def test_an_answer_ends_the_music_and_joins_them(answered: Driver) -> None:
    offer = answered.offer_of("anna")
    assert answered.step == [do.StopMusic(ANNA), do.ConnectCall(ANNA, offer)]
    assert answered.call("anna").phase is Phase.WAITING
    assert answered.state(ALL_ROUND) == "offered"


def test_an_answer_cuts_a_prompt_short(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.fails_to_store("anna")  # "… you keep your place"
    d.agent_ready(ALL_ROUND)
    d.answers("anna")
    assert d.did(do.StopPlaying)


def test_connected_they_talk_and_the_wait_ended_with_the_answer(answered: Driver) -> None:
    picked_up_at = answered.now
    answered.wait(1)
    answered.feed(on.CallConnected(answered.offer_of("anna")))
    assert answered.call("anna").phase is Phase.TALKING
    assert answered.call("anna").answered_at == picked_up_at
    assert answered.call("anna").agent == ALL_ROUND
    assert answered.state(ALL_ROUND) == "on_call"


def test_a_talk_has_no_deadline(talking: Driver) -> None:
    talking.hangs_up("bert")
    talking.wait(180)  # Bert could have had his place back
    assert talking.engine.next_deadline() is None


def test_the_agent_hangs_up_the_talk(talking: Driver) -> None:
    talking.agent_hangs_up("anna")
    assert talking.did(do.HangUpCall) == [do.HangUpCall(ANNA)]
    assert talking.outcomes() == {"anna": "completed"}
    assert talking.state(ALL_ROUND) == "wrap_up"


# -- nobody picks up -----------------------------------------------------------------------------


def test_an_agent_who_does_not_pick_up_is_paused_as_missed(ringing: Driver) -> None:
    ringing.wait(18.9)
    assert ringing.state(ALL_ROUND) == "offered"
    ringing.wait(0.1)
    [withdrawn] = ringing.did(do.WithdrawOffer)
    assert withdrawn.why is do.Withdrawal.NO_ANSWER
    assert ringing.state(ALL_ROUND) == "paused missed"


def test_a_missed_caller_keeps_the_place(ringing: Driver) -> None:
    ringing.wait(20)
    assert anna_is_next(ringing)


def test_a_missed_caller_is_offered_to_another_at_once(ringing: Driver) -> None:
    ringing.hangs_up("bert")
    ringing.agent_ready(ONLY_UMWELT)
    ringing.wait(20)
    assert ringing.offered == [("anna", ONLY_UMWELT)]


@pytest.mark.parametrize(
    ("cause", "state"),
    [
        (on.FailureCause.NO_ANSWER, "paused missed"),
        (on.FailureCause.REJECTED, "paused rejected"),
        (on.FailureCause.BUSY, "paused rejected"),
        (on.FailureCause.UNREACHABLE, "paused unreachable"),
    ],
)
def test_an_agent_who_caused_the_failure_is_paused(
    ringing: Driver, cause: on.FailureCause, state: str
) -> None:
    ringing.offer_fails("anna", cause)
    assert ringing.state(ALL_ROUND) == state
    assert ringing.did(do.WithdrawOffer) == []
    assert anna_is_next(ringing)


def test_a_paused_agent_is_back_with_one_choice(ringing: Driver) -> None:
    ringing.wait(20)
    ringing.chooses(ALL_ROUND, Presence.READY)
    assert ringing.offered == [("anna", ALL_ROUND)]


def test_an_agent_paused_for_the_phone_is_back_with_the_phone(ringing: Driver) -> None:
    ringing.offer_fails("anna", on.FailureCause.UNREACHABLE)
    ringing.feed(on.PhoneUnreachable(ALL_ROUND))
    ringing.feed(on.PhoneReachable(ALL_ROUND))
    assert ringing.offered == [("anna", ALL_ROUND)]


def test_an_agent_paused_for_another_reason_is_not_back_with_the_phone(ringing: Driver) -> None:
    ringing.wait(20)
    ringing.feed(on.PhoneUnreachable(ALL_ROUND), on.PhoneReachable(ALL_ROUND))
    assert ringing.state(ALL_ROUND) == "paused missed"


def test_a_phone_that_goes_away_while_ringing_does_not_keep_the_caller(ringing: Driver) -> None:
    ringing.hangs_up("bert")
    ringing.agent_ready(ONLY_UMWELT)
    ringing.feed(on.PhoneUnreachable(ALL_ROUND))
    assert ringing.did(do.WithdrawOffer)
    assert ringing.offered == [("anna", ONLY_UMWELT)]


def test_an_agent_whose_phone_went_away_while_ringing_is_back_with_it(ringing: Driver) -> None:
    ringing.feed(on.PhoneUnreachable(ALL_ROUND))
    ringing.wait(60)
    ringing.feed(on.PhoneReachable(ALL_ROUND))
    assert ringing.offered == [("anna", ALL_ROUND)]


def test_a_fault_gives_the_agent_a_rest_and_then_the_same_caller(ringing: Driver) -> None:
    ringing.offer_fails("anna", on.FailureCause.FAULT)
    assert ringing.offered == []
    assert ringing.state(ALL_ROUND) == "ready"
    ringing.wait(2)
    assert ringing.offered == [("anna", ALL_ROUND)]


def test_a_fault_does_not_keep_the_caller_from_others(ringing: Driver) -> None:
    ringing.hangs_up("bert")
    ringing.agent_ready(ONLY_UMWELT)
    ringing.offer_fails("anna", on.FailureCause.FAULT)
    assert ringing.offered == [("anna", ONLY_UMWELT)]


def test_an_agent_who_asks_to_be_ready_ends_the_rest(ringing: Driver) -> None:
    ringing.offer_fails("anna", on.FailureCause.FAULT)
    ringing.chooses(ALL_ROUND, Presence.READY)
    assert ringing.offered == [("anna", ALL_ROUND)]


# -- picked up, but not connected ----------------------------------------------------------------


def test_an_agent_who_hangs_up_before_being_connected_has_rejected(answered: Driver) -> None:
    answered.agent_hangs_up("anna")
    assert answered.state(ALL_ROUND) == "paused rejected"
    assert answered.did(do.StartMusic) == [do.StartMusic(ANNA)]
    assert anna_is_next(answered)


def test_a_leg_that_fails_after_the_answer_is_an_agent_who_hung_up(answered: Driver) -> None:
    answered.offer_fails("anna", on.FailureCause.FAULT)
    assert answered.state(ALL_ROUND) == "paused rejected"


def test_a_hang_up_without_an_answer_is_a_rejection(ringing: Driver) -> None:
    ringing.agent_hangs_up("anna")
    assert ringing.state(ALL_ROUND) == "paused rejected"


def test_an_agent_who_could_not_be_connected_is_freed_after_a_rest(answered: Driver) -> None:
    answered.feed(on.ConnectFailed(answered.offer_of("anna")))
    assert answered.did(do.WithdrawOffer)
    assert answered.did(do.StartMusic) == [do.StartMusic(ANNA)]
    assert answered.offered == []
    answered.wait(2)
    assert answered.offered == [("anna", ALL_ROUND)]


def test_a_caller_who_could_not_be_connected_keeps_the_place(answered: Driver) -> None:
    answered.feed(on.ConnectFailed(answered.offer_of("anna")))
    answered.chooses(ALL_ROUND, Presence.PAUSED)
    assert anna_is_next(answered)


def test_connecting_that_takes_five_seconds_has_failed(answered: Driver) -> None:
    answered.wait(5)
    assert answered.did(do.WithdrawOffer)
    assert answered.call("anna").phase is Phase.WAITING
    assert answered.records == []


def test_an_agent_may_choose_a_pause_before_being_connected(answered: Driver) -> None:
    answered.chooses(ALL_ROUND, Presence.PAUSED)
    assert answered.did(do.WithdrawOffer) == []
    answered.agent_hangs_up("anna")
    assert answered.state(ALL_ROUND) == "paused"


# -- late, repeated, unknown ---------------------------------------------------------------------


def test_a_second_answer_changes_nothing(answered: Driver) -> None:
    answered.answers("anna")
    assert answered.step == []


def test_a_second_connection_changes_nothing(talking: Driver) -> None:
    before = talking.call("anna")
    talking.wait(1)
    talking.feed(on.CallConnected(talking.offer_of("anna")))
    assert talking.step == []
    assert talking.call("anna") == before


def test_a_connection_without_an_answer_changes_nothing(ringing: Driver) -> None:
    ringing.feed(on.CallConnected(ringing.offer_of("anna")))
    assert ringing.state(ALL_ROUND) == "offered"


def test_a_failed_connection_without_an_answer_changes_nothing(ringing: Driver) -> None:
    ringing.feed(on.ConnectFailed(ringing.offer_of("anna")))
    assert ringing.step == []
    assert ringing.state(ALL_ROUND) == "offered"


def test_a_connection_that_fails_after_it_was_made_changes_nothing(talking: Driver) -> None:
    talking.feed(on.ConnectFailed(talking.offer_of("anna")))
    assert talking.step == []


def test_an_answer_after_the_ring_time_changes_nothing(ringing: Driver) -> None:
    ringing.wait(20)
    ringing.answers("anna")
    assert ringing.step == []
    assert ringing.state(ALL_ROUND) == "paused missed"


def test_a_leg_that_ends_after_its_talk_changes_nothing(talking: Driver) -> None:
    talking.hangs_up("anna")
    talking.agent_hangs_up("anna")
    assert talking.step == []
    assert talking.state(ALL_ROUND) == "wrap_up"


def test_facts_about_unknown_offers_change_nothing(d: Driver) -> None:
    offer = OfferId("unknown")
    d.feed(on.OfferAnswered(offer), on.AgentPressed(offer, "*"), on.AgentHungUp(offer))
    assert d.ever == []
