"""A caller asks for a callback instead of waiting, or because the service is closed."""

from datetime import datetime

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.ids import CallbackId, CallId
from ivr.domain.live import Phase
from ivr.domain.rules import QueueRules
from tests.examples import ALL_ROUND, BERLIN, DIDS, ONLY_UMWELT, UMWELT, county
from tests.unit.domain.driver import SUNDAY_NOON, Driver

KEYED = "03023125001"
DUE = "callback-due on-day Wednesday by 14:00"
DUE_OF_SUNDAY = "callback-due on-day Wednesday by 09:00"
PROMISE = f"callback-confirmed 01713920001 {DUE} goodbye"
PROMISE_KEYED = f"callback-confirmed 03023125001 {DUE} goodbye"


@pytest.fixture
def storing(d: Driver) -> Driver:
    """Anna waited and asks for a callback to the number she calls from; Bert came later."""
    d.caller_waits("anna", DIDS[UMWELT])
    d.wait(1)
    d.caller_waits("bert", DIDS[UMWELT])
    d.presses("anna", "1")
    return d


@pytest.fixture
def keying(d: Driver) -> Driver:
    """Anna withholds her number and is asked for one; Bert came later."""
    d.caller_waits("anna", caller=None)
    d.wait(1)
    d.caller_waits("bert")
    d.presses("anna", "1")
    return d


def anna_is_next(d: Driver) -> bool:
    """Whether Anna, not Bert, is offered to the next agent."""
    d.agent_ready(ONLY_UMWELT)
    return d.offered == [("anna", ONLY_UMWELT)]


# -- the request ---------------------------------------------------------------------------------


def test_a_callback_goes_to_the_caseworker_on_duty_and_is_due_after_service_time(
    storing: Driver,
) -> None:
    [callback] = storing.requested
    assert callback.department == UMWELT
    assert callback.caseworker == "umwelt.1"
    assert callback.caller_number == "+491713920001"
    assert callback.source.value == "caller_dtmf"
    assert callback.call == "anna"
    assert callback.requested_at == storing.now
    # six hours (less a second) are left on Monday, eleven on Tuesday, seven are needed on Wednesday
    assert callback.due_at == datetime(2026, 11, 25, 14, 0, 1, tzinfo=BERLIN)


def test_the_common_number_has_a_department_of_its_own_for_callbacks(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    assert d.requested[0].caseworker == "jugend.1"


def test_the_music_stops_while_the_callback_is_stored(storing: Driver) -> None:
    assert storing.did(do.StopMusic)
    assert storing.said == []


def test_the_promise_is_spoken_when_it_is_stored_and_ends_the_call(storing: Driver) -> None:
    storing.stores("anna")
    assert storing.said == [PROMISE]
    assert storing.call("anna").phase is Phase.LEAVING
    storing.prompt_ends("anna")
    assert storing.did(do.HangUpCall)
    assert storing.outcomes() == {"anna": "callback"}


def test_a_caller_may_ask_during_the_greeting(d: Driver) -> None:
    d.caller_arrives("anna")
    d.presses("anna", "1")
    assert d.did(do.StopPlaying)
    assert len(d.requested) == 1
    d.stores("anna")
    assert d.said == [PROMISE]


def test_other_keys_mean_nothing(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "234567890*#")
    assert d.step == []


def test_the_key_is_configurable() -> None:
    d = Driver(county(QueueRules(callback_key="5")))
    d.caller_waits("anna")
    d.presses("anna", "1")
    assert d.requested == []
    d.presses("anna", "5")
    assert len(d.requested) == 1


def test_a_caller_who_asks_while_a_phone_rings_frees_the_agent_for_the_next(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.caller_waits("bert")
    d.presses("anna", "1")
    [withdrawn] = d.did(do.WithdrawOffer)
    assert withdrawn.why is do.Withdrawal.ELSEWHERE
    assert d.offered == [("bert", ALL_ROUND)]


def test_a_caller_whose_agent_picked_up_asks_too_late(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.answers("anna")
    d.presses("anna", "1")
    assert d.step == []


def test_a_caller_in_a_talk_asks_the_agent(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    d.presses("anna", "1")
    assert d.step == []


def test_a_caller_whose_callback_is_being_stored_is_not_offered(storing: Driver) -> None:
    storing.agent_ready(ALL_ROUND)
    assert storing.offered == [("bert", ALL_ROUND)]


def test_keys_while_storing_change_nothing(storing: Driver) -> None:
    storing.presses("anna", "1*#")
    assert storing.step == []


# -- the number ----------------------------------------------------------------------------------


def test_a_withheld_number_is_asked_for(keying: Driver) -> None:
    assert keying.said == ["callback-key-number"]
    keying.presses("anna", KEYED + "#")
    assert keying.requested[0].caller_number == "+493023125001"
    keying.stores("anna")
    assert keying.said == [PROMISE_KEYED]


def test_a_premium_number_is_not_called_back(d: Driver) -> None:
    d.caller_waits("anna", caller="09001234567")
    d.presses("anna", "1")
    assert d.said == ["callback-key-number"]


def test_the_first_key_cuts_the_question_short(keying: Driver) -> None:
    keying.presses("anna", "0")
    assert keying.did(do.StopPlaying)
    keying.presses("anna", "3")
    assert keying.did(do.StopPlaying) == []


def test_a_number_counts_after_a_long_pause(keying: Driver) -> None:
    keying.presses("anna", KEYED)
    keying.wait(7)
    assert keying.requested == []
    keying.wait(1)
    assert keying.requested[0].caller_number == "+493023125001"


def test_every_key_starts_the_pause_again(keying: Driver) -> None:
    for key in KEYED:
        keying.presses("anna", key)
        keying.wait(7)
        assert keying.requested == []


def test_the_star_starts_the_number_over(keying: Driver) -> None:
    keying.presses("anna", "0171*" + KEYED + "#")
    assert keying.requested[0].caller_number == "+493023125001"


def test_a_number_of_twenty_digits_is_complete(keying: Driver) -> None:
    keying.presses("anna", "0" * 20)
    assert keying.said == []
    keying.presses("anna", "0")
    assert keying.said == ["callback-number-invalid"]


@pytest.mark.parametrize("keyed", ["0301", "09001234567", "112", "110", "115", "0" * 15, "A1"])
def test_a_number_nobody_can_or_should_call_is_asked_for_again(keying: Driver, keyed: str) -> None:
    keying.presses("anna", keyed + "#")
    assert keying.said == ["callback-number-invalid"]
    keying.presses("anna", KEYED + "#")
    assert len(keying.requested) == 1


def test_silence_after_the_question_asks_again(keying: Driver) -> None:
    keying.prompt_ends("anna")
    keying.wait(8)
    assert keying.said == ["callback-key-number"]


def test_a_question_whose_end_got_lost_is_asked_again(keying: Driver) -> None:
    keying.hangs_up("bert")
    keying.wait(60 + 8)
    assert keying.said == ["callback-key-number"]


def test_after_three_tries_the_caller_is_told_and_keeps_the_place(keying: Driver) -> None:
    keying.presses("anna", "1#")
    keying.presses("anna", "1#")
    assert keying.said == ["callback-number-invalid"]
    keying.presses("anna", "1#")
    assert keying.said == ["callback-cancelled place-kept"]
    assert anna_is_next(keying)


def test_a_caller_who_gave_up_hears_music_again(keying: Driver) -> None:
    keying.presses("anna", "1#1#1#")
    keying.prompt_ends("anna")
    assert keying.step == [do.StartMusic(CallId("anna"))]


def test_a_caller_who_gave_up_may_ask_again(keying: Driver) -> None:
    keying.presses("anna", "1#1#1#")
    keying.presses("anna", "1")
    assert keying.said == ["callback-key-number"]


def test_a_caller_who_leaves_while_keying_is_abandoned(keying: Driver) -> None:
    keying.presses("anna", "030")
    keying.hangs_up("anna")
    assert keying.outcomes() == {"anna": "abandoned"}
    keying.hangs_up("bert")
    keying.wait(180)  # Bert could have had his place back
    assert keying.engine.next_deadline() is None


def test_a_number_that_is_being_stored_is_stored_once(keying: Driver) -> None:
    keying.presses("anna", KEYED + "#")
    keying.wait(9)
    assert keying.requested == []


# -- the store fails -----------------------------------------------------------------------------


def test_a_callback_that_can_t_be_stored_is_not_promised_and_the_place_is_kept(
    storing: Driver,
) -> None:
    storing.fails_to_store("anna")
    assert storing.said == ["callback-unavailable place-kept"]
    assert anna_is_next(storing)


def test_a_store_that_does_not_answer_in_ten_seconds_has_failed(storing: Driver) -> None:
    storing.wait(10)
    assert storing.said == ["callback-unavailable place-kept"]
    assert anna_is_next(storing)


def test_a_failure_during_the_greeting_gives_a_place_then(d: Driver) -> None:
    d.caller_arrives("anna", DIDS[UMWELT])
    d.presses("anna", "1")
    d.fails_to_store("anna")
    assert d.call("anna").queued_at == d.now
    d.caller_waits("bert", DIDS[UMWELT])
    assert anna_is_next(d)


def test_a_failure_does_not_lose_the_call_s_outcome(storing: Driver) -> None:
    storing.fails_to_store("anna")
    storing.hangs_up("anna")
    assert storing.outcomes() == {"anna": "abandoned"}


def test_a_caller_may_ask_again_after_a_failure(storing: Driver) -> None:
    storing.fails_to_store("anna")
    storing.presses("anna", "1")
    assert len(storing.requested) == 1
    storing.stores("anna")
    assert storing.said == [PROMISE]


def test_a_commit_after_its_time_is_not_spoken_of(storing: Driver) -> None:
    storing.wait(10)
    storing.stores("anna")
    assert storing.said == []
    assert storing.call("anna").phase is Phase.WAITING


def test_facts_about_another_callback_change_nothing(storing: Driver) -> None:
    other = CallbackId("other")
    storing.feed(on.CallbackStored(other, CallId("anna")))
    storing.feed(on.CallbackNotStored(other, CallId("anna")))
    assert storing.step == []
    storing.stores("anna")
    assert storing.said == [PROMISE]


def test_a_callback_stored_twice_is_promised_once(storing: Driver) -> None:
    storing.stores("anna")
    storing.stores("anna")
    assert storing.said == []
    storing.fails_to_store("anna")
    assert storing.step == []


# -- the caller leaves ---------------------------------------------------------------------------


def test_a_caller_who_leaves_while_storing_gets_the_callback(storing: Driver) -> None:
    storing.hangs_up("anna")
    assert storing.records == []
    assert [call.id for call in storing.engine.snapshot().calls] == ["bert"]
    storing.stores("anna")
    assert storing.said == []
    assert storing.outcomes() == {"anna": "callback"}


def test_a_caller_who_left_while_storing_was_abandoned_if_the_store_failed(
    storing: Driver,
) -> None:
    storing.hangs_up("anna")
    storing.hangs_up("anna")
    storing.fails_to_store("anna")
    assert storing.outcomes() == {"anna": "abandoned"}


def test_a_caller_who_left_while_storing_is_not_awaited_for_ever(storing: Driver) -> None:
    storing.hangs_up("anna")
    storing.wait(10)
    assert storing.outcomes() == {"anna": "abandoned"}


def test_hanging_up_twice_does_not_make_the_store_be_awaited_longer(storing: Driver) -> None:
    storing.hangs_up("anna")
    storing.wait(5)
    storing.hangs_up("anna")
    storing.wait(5)
    assert storing.outcomes() == {"anna": "abandoned"}


def test_a_caller_who_leaves_during_the_promise_has_it(storing: Driver) -> None:
    storing.stores("anna")
    storing.hangs_up("anna")
    assert storing.outcomes() == {"anna": "callback"}


# -- out of hours --------------------------------------------------------------------------------


@pytest.fixture
def closed() -> Driver:
    return Driver(at=SUNDAY_NOON)


@pytest.mark.parametrize("when", ["during the announcement", "after it"])
def test_a_closed_service_takes_callbacks(closed: Driver, when: str) -> None:
    closed.caller_arrives("anna")
    if when == "after it":
        closed.prompt_ends("anna")
    closed.presses("anna", "1")
    [callback] = closed.requested
    assert callback.source.value == "out_of_hours"
    # eleven hours on Monday, eleven on Tuesday, two on Wednesday
    assert callback.due_at == datetime(2026, 11, 25, 9, tzinfo=BERLIN)
    closed.stores("anna")
    assert closed.said == [PROMISE.replace(DUE, DUE_OF_SUNDAY)]
    closed.prompt_ends("anna")
    assert closed.outcomes() == {"anna": "callback"}


def test_a_closed_service_asks_for_a_withheld_number(closed: Driver) -> None:
    closed.caller_arrives("anna", caller=None)
    closed.presses("anna", "1")
    closed.wait(60)
    assert closed.call("anna").phase is Phase.CLOSED
    closed.presses("anna", KEYED + "#")
    closed.stores("anna")
    assert closed.said == [PROMISE_KEYED.replace(DUE, DUE_OF_SUNDAY)]


def test_the_announcement_is_cut_short_by_the_request(closed: Driver) -> None:
    closed.caller_arrives("anna")
    closed.presses("anna", "1")
    assert closed.did(do.StopPlaying)


def test_the_time_to_think_is_over_with_the_request(closed: Driver) -> None:
    closed.caller_arrives("anna", caller=None)
    closed.prompt_ends("anna")
    closed.presses("anna", "1")
    closed.wait(6)
    assert closed.said == []


def test_a_closed_service_tells_that_it_could_not_store(closed: Driver) -> None:
    closed.caller_arrives("anna")
    closed.presses("anna", "1")
    closed.fails_to_store("anna")
    assert closed.said == ["callback-unavailable goodbye"]
    closed.prompt_ends("anna")
    assert closed.outcomes() == {"anna": "closed"}


def test_a_closed_service_s_caller_who_gives_no_number_hears_goodbye(closed: Driver) -> None:
    closed.caller_arrives("anna", caller=None)
    closed.presses("anna", "1")
    closed.presses("anna", "#")
    closed.presses("anna", "#")
    closed.presses("anna", "#")
    assert closed.said == ["callback-cancelled goodbye"]


def test_a_closed_service_s_caller_may_leave_while_storing(closed: Driver) -> None:
    closed.caller_arrives("anna")
    closed.presses("anna", "1")
    closed.hangs_up("anna")
    closed.stores("anna")
    assert closed.outcomes() == {"anna": "callback"}
