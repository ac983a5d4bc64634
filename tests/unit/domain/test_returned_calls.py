"""Who returns a missed call may be put through to the caseworker."""

from dataclasses import replace
from datetime import datetime, time

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.callback import CallbackState
from ivr.domain.ids import E164, CallbackId, CallId, CaseworkerId, DepartmentId
from ivr.domain.known import KnownCallback
from ivr.domain.live import Phase
from ivr.domain.opening import OpeningHours, Span
from ivr.domain.rules import CallbackRules, KeepingPlace, QueueRules
from tests.examples import ALL_ROUND, BERLIN, DIDS, JUGEND, PHONES, UMWELT, county
from tests.unit.domain.driver import Driver

MISSED = KnownCallback(
    CallbackId("k1"),
    JUGEND,
    CaseworkerId("jugend.1"),
    CallbackState.ATTEMPTED,
    datetime(2026, 11, 25, 14, tzinfo=BERLIN),
    attempts=1,
    missed=True,
)
CALL = CallId("anna")
OFFER = "return-offer 3 please-wait"


def enters(d: Driver, known: KnownCallback = MISSED) -> Driver:
    """Anna returns a missed call, and enters the queue; Bert comes later."""
    d.caller_arrives("anna", DIDS[UMWELT])
    d.recognises("anna", known)
    d.prompt_ends("anna")
    return d


@pytest.fixture
def waiting(d: Driver) -> Driver:
    return enters(d)


@pytest.fixture
def ringing(waiting: Driver) -> Driver:
    """The caseworker's telephone rings; Bert came later than Anna."""
    waiting.presses("anna", "3")
    waiting.prompt_ends("anna")
    step = waiting.step
    waiting.wait(1)
    waiting.caller_waits("bert", DIDS[UMWELT])
    waiting.step = step
    return waiting


# -- the offer -----------------------------------------------------------------------------------


def test_the_caller_hears_of_it_on_entering_the_queue(waiting: Driver) -> None:
    assert waiting.said == [OFFER]
    assert waiting.call("anna").phase is Phase.WAITING


def test_who_does_not_press_the_key_waits_like_any_other(waiting: Driver) -> None:
    waiting.agent_ready(ALL_ROUND)
    assert waiting.offered == [("anna", ALL_ROUND)]


@pytest.mark.parametrize(
    "known",
    [
        replace(MISSED, missed=False),
        replace(MISSED, caseworker=CaseworkerId("jugend.2")),  # has no telephone
        replace(MISSED, caseworker=CaseworkerId("gone")),
        replace(MISSED, department=DepartmentId("gone")),
    ],
)
def test_where_nobody_can_be_rung_there_is_no_offer(d: Driver, known: KnownCallback) -> None:
    enters(d, known)
    assert d.said == ["please-wait"]
    d.presses("anna", "3")
    assert d.step == []


def test_an_empty_key_switches_it_off() -> None:
    d = enters(Driver(county(QueueRules(callbacks=CallbackRules(return_key="")))))
    assert d.said == ["please-wait"]


def test_the_key_is_configurable() -> None:
    d = enters(Driver(county(QueueRules(callbacks=CallbackRules(return_key="5")))))
    assert d.said == ["return-offer 5 please-wait"]
    d.presses("anna", "3")
    assert d.step == []
    d.presses("anna", "5")
    assert d.said == ["putting-through"]


def test_outside_the_caseworker_s_hours_nobody_is_rung() -> None:
    plain = county()
    mornings = OpeningHours(BERLIN, dict.fromkeys(range(5), (Span(time(8), time(11)),)))
    jugend = replace(plain.departments[JUGEND], hours=mornings)
    d = enters(Driver(replace(plain, departments={**plain.departments, JUGEND: jugend})))
    assert d.said == ["please-wait"]


# -- being put through ---------------------------------------------------------------------------


def test_the_key_takes_the_caller_out_of_the_queue(waiting: Driver) -> None:
    waiting.presses("anna", "3")
    assert waiting.said == ["putting-through"]
    assert waiting.call("anna").phase is Phase.RETURNING
    assert waiting.call("anna").position is None


def test_the_caseworker_s_telephone_rings_and_the_caller_hears_music(ringing: Driver) -> None:
    assert ringing.did(do.StartMusic)
    [dialled] = ringing.did(do.DialParty)
    assert dialled.to == PHONES[JUGEND]
    assert dialled.label == "Umwelt · 0171 3920001"
    assert ringing.call("anna").party == PHONES[JUGEND]


def test_a_phone_that_rings_for_the_caller_falls_silent(waiting: Driver) -> None:
    waiting.agent_ready(ALL_ROUND)
    waiting.presses("anna", "3")
    assert waiting.did(do.WithdrawOffer)


def test_who_is_as_good_as_answered_presses_too_late(waiting: Driver) -> None:
    waiting.agent_ready(ALL_ROUND)
    waiting.answers("anna")
    waiting.presses("anna", "3")
    assert waiting.did(do.DialParty) == []
    assert waiting.said == []


def test_the_key_means_nothing_in_the_dialog_about_a_callback(d: Driver) -> None:
    waiting = enters(d, replace(MISSED, department=UMWELT, caseworker=CaseworkerId("umwelt.1")))
    waiting.presses("anna", "1")
    waiting.presses("anna", "3")
    assert waiting.said == []
    assert waiting.did(do.AddToCallback)


def test_the_caseworker_who_answers_has_the_caller(ringing: Driver) -> None:
    ringing.party_answers("anna")
    assert ringing.did(do.StopMusic)
    assert ringing.did(do.HandOver)
    assert ringing.call("anna").phase is Phase.HANDED_OVER


def test_that_the_caller_was_reached_is_noted(ringing: Driver) -> None:
    ringing.party_answers("anna")
    assert ringing.did(do.NoteReached) == [do.NoteReached(CALL, MISSED.id)]


@pytest.mark.parametrize("who", ["caller", "caseworker"])
def test_the_talk_is_over_when_either_hangs_up(ringing: Driver, who: str) -> None:
    ringing.party_answers("anna")
    if who == "caller":
        ringing.hangs_up("anna")
        assert ringing.did(do.EndParty)
    else:
        ringing.party_hangs_up("anna")
        assert ringing.did(do.HangUpCall)
    [record] = ringing.records
    assert record.outcome.value == "completed"
    assert record.transferred_to == PHONES[JUGEND]
    assert record.agent is None


# -- nobody there --------------------------------------------------------------------------------


def anna_has_her_place(d: Driver) -> bool:
    d.agent_ready(ALL_ROUND)
    return d.offered == [("anna", ALL_ROUND)]


@pytest.mark.parametrize("how", ["busy", "silent", "gone"])
def test_where_nobody_answers_the_caller_has_the_old_place(ringing: Driver, how: str) -> None:
    if how == "busy":
        ringing.party_fails("anna", on.FailureCause.REJECTED)
    elif how == "silent":
        ringing.wait(30)
        assert ringing.did(do.EndParty)
    else:
        ringing.party_hangs_up("anna")
    assert "return-not-reached place-kept" in ringing.said
    assert ringing.did(do.StopMusic)
    assert ringing.did(do.NoteReached) == []
    assert anna_has_her_place(ringing)


def test_a_caseworker_who_phones_another_citizen_is_not_disturbed(waiting: Driver) -> None:
    other = E164("+491713920002")
    waiting.feed(
        on.CallBackWished(
            CallId("out-1"),
            CallbackId("k2"),
            JUGEND,
            MISSED.caseworker,
            PHONES[JUGEND],
            other,
            "de",
        )
    )
    waiting.presses("anna", "3")
    waiting.prompt_ends("anna")
    assert waiting.did(do.DialParty) == []
    assert waiting.said == ["return-not-reached place-kept"]
    assert anna_has_her_place(waiting)


def test_a_caseworker_who_is_rung_for_another_caller_is_not_rung_twice(ringing: Driver) -> None:
    ringing.recognises("bert", replace(MISSED, id=CallbackId("k2")))
    ringing.presses("bert", "3")
    ringing.prompt_ends("bert")
    assert len([each for each in ringing.ever if isinstance(each, do.DialParty)]) == 1
    assert "return-not-reached place-kept" in ringing.said


def test_music_goes_on_after_the_words(ringing: Driver) -> None:
    ringing.party_fails("anna")
    ringing.prompt_ends("anna")
    assert ringing.step == [do.StartMusic(CALL)]


def test_the_caseworker_is_rung_once_in_a_call(ringing: Driver) -> None:
    ringing.party_fails("anna")
    ringing.presses("anna", "3")
    assert ringing.step == []


def test_who_can_t_be_joined_with_the_caseworker_has_the_old_place(ringing: Driver) -> None:
    ringing.party_answers("anna")
    ringing.party_fails("anna", on.FailureCause.FAULT)
    assert ringing.said == ["return-not-reached place-kept"]
    assert anna_has_her_place(ringing)
    ringing.hangs_up("anna")
    assert ringing.outcomes() == {"anna": "abandoned"}


def test_who_hangs_up_while_it_rings_is_abandoned(ringing: Driver) -> None:
    ringing.hangs_up("anna")
    assert ringing.did(do.EndParty)
    assert ringing.outcomes() == {"anna": "abandoned"}


def test_a_caseworker_who_is_no_more_is_not_rung(waiting: Driver) -> None:
    waiting.presses("anna", "3")
    plain = county()
    without = {name: each for name, each in plain.departments.items() if name != JUGEND}
    waiting.feed(on.CountyChanged(replace(plain, departments=without, common_department=UMWELT)))
    waiting.prompt_ends("anna")
    assert waiting.did(do.DialParty) == []
    assert waiting.said == ["return-not-reached place-kept"]


def test_after_it_the_caller_may_ask_for_a_callback_or_keep_the_place() -> None:
    d = enters(Driver(county(QueueRules(keeping_place=KeepingPlace()))))
    d.presses("anna", "3")
    d.prompt_ends("anna")
    d.party_fails("anna")
    d.presses("anna", "2")
    assert d.did(do.KeepPlace)


def test_the_supervisor_can_t_take_out_who_is_being_put_through(ringing: Driver) -> None:
    ringing.feed(on.CallerTakenOut(CALL), on.CallerMovedUp(CALL))
    assert ringing.step == []
