"""Calling back: the caseworker's telephone rings, then the citizen's, and both are joined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.due import PLAYBACK_LIMIT
from ivr.domain.events import CallBackWished, FailureCause
from ivr.domain.ids import E164, CallbackId, CallId, CaseworkerId, DepartmentId, PlaybackId
from ivr.domain.outgoing import OutgoingPhase, OutgoingResult
from tests.examples import CALLER, COMMON_NUMBER, JUGEND, PHONES, UMWELT, county
from tests.unit.domain.driver import Driver

CALL = "out-1"
PHONE = PHONES[UMWELT]
ANNOUNCED = "call-back-for department-umwelt call-back-dialling"


def wish(
    call: str = CALL, callback: str = "cb-1", phone: E164 = PHONE, number: E164 = CALLER
) -> CallBackWished:
    return CallBackWished(
        CallId(call),
        CallbackId(callback),
        UMWELT,
        CaseworkerId("umwelt.1"),
        phone,
        number,
        "de",
    )


def results(d: Driver) -> list[OutgoingResult]:
    """What came of the outgoing calls, in the order of their ends."""
    return [command.result for command in d.ever if isinstance(command, do.NoteOutgoingCall)]


def phase(d: Driver) -> OutgoingPhase:
    (view,) = d.engine.snapshot().outgoing
    return view.phase


@pytest.fixture
def wished(d: Driver) -> Driver:
    """The caseworker's telephone rings."""
    d.feed(wish())
    return d


@pytest.fixture
def dialling(wished: Driver) -> Driver:
    """The citizen's telephone rings, and the caseworker waits."""
    wished.party_answers(CALL)
    wished.prompt_ends(CALL)
    return wished


@pytest.fixture
def talking(dialling: Driver) -> Driver:
    dialling.party_answers(CALL)
    return dialling


def test_the_caseworker_is_rung_first(d: Driver) -> None:
    d.feed(wish())
    (dialled,) = d.did(do.DialParty)
    assert (dialled.to, dialled.shown, dialled.label) == (PHONE, COMMON_NUMBER, "Umwelt")
    assert phase(d) is OutgoingPhase.CASEWORKER


def test_who_picks_up_hears_what_the_call_is_about(wished: Driver) -> None:
    wished.party_answers(CALL)
    assert wished.doings == ["AdoptCaller", "Play"]
    assert wished.said == [ANNOUNCED]
    assert phase(wished) is OutgoingPhase.ANNOUNCING


def test_then_the_citizen_is_dialled(wished: Driver) -> None:
    wished.party_answers(CALL)
    wished.prompt_ends(CALL)
    assert wished.doings == ["StartRinging", "DialParty"]
    (dialled,) = wished.did(do.DialParty)
    assert (dialled.to, dialled.shown) == (CALLER, COMMON_NUMBER)
    assert phase(wished) is OutgoingPhase.CITIZEN


def test_both_are_joined(dialling: Driver) -> None:
    dialling.party_answers(CALL)
    assert dialling.doings == ["StopRinging", "HandOver"]
    assert phase(dialling) is OutgoingPhase.TALKING


def test_the_citizen_ends_the_talk(talking: Driver) -> None:
    talking.wait(61)
    talking.party_hangs_up(CALL)
    assert talking.doings == ["HangUpCall", "NoteOutgoingCall"]
    (noted,) = talking.did(do.NoteOutgoingCall)
    assert (noted.result, noted.talked_seconds) == (OutgoingResult.REACHED, 61)
    assert (noted.callback, noted.caseworker) == ("cb-1", "umwelt.1")
    assert noted.ended_at == talking.now
    assert talking.engine.snapshot().outgoing == ()


def test_the_caseworker_ends_the_talk(talking: Driver) -> None:
    talking.wait(3)
    talking.hangs_up(CALL)
    assert talking.doings == ["EndParty", "NoteOutgoingCall"]
    assert results(talking) == [OutgoingResult.REACHED]


@pytest.mark.parametrize(
    ("cause", "result", "words"),
    [
        (FailureCause.BUSY, OutgoingResult.BUSY, "call-back-busy"),
        (FailureCause.NO_ANSWER, OutgoingResult.NOT_REACHED, "call-back-not-reached"),
        (FailureCause.REJECTED, OutgoingResult.NOT_REACHED, "call-back-not-reached"),
        (FailureCause.UNREACHABLE, OutgoingResult.NOT_REACHED, "call-back-not-reached"),
        (FailureCause.FAULT, OutgoingResult.FAILED, "call-back-not-reached"),
    ],
)
def test_the_caseworker_is_told_that_the_citizen_was_not_reached(
    dialling: Driver, cause: FailureCause, result: OutgoingResult, words: str
) -> None:
    dialling.party_fails(CALL, cause)
    assert dialling.said == [words]
    assert dialling.doings == ["StopRinging", "Play"]
    dialling.prompt_ends(CALL)
    assert dialling.doings == ["HangUpCall", "NoteOutgoingCall"]
    assert results(dialling) == [result]


def test_nobody_lets_a_citizen_s_telephone_ring_for_ever(dialling: Driver) -> None:
    dialling.wait(30)
    assert dialling.said == ["call-back-not-reached"]
    dialling.wait(60)
    assert results(dialling) == [OutgoingResult.NOT_REACHED]


def test_a_caseworker_need_not_hear_that_out(dialling: Driver) -> None:
    dialling.party_fails(CALL, FailureCause.BUSY)
    dialling.hangs_up(CALL)
    assert results(dialling) == [OutgoingResult.BUSY]


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        (FailureCause.BUSY, OutgoingResult.CASEWORKER_NOT_REACHED),
        (FailureCause.UNREACHABLE, OutgoingResult.CASEWORKER_NOT_REACHED),
        (FailureCause.FAULT, OutgoingResult.FAILED),
    ],
)
def test_nobody_is_phoned_without_the_caseworker(
    wished: Driver, cause: FailureCause, result: OutgoingResult
) -> None:
    wished.party_fails(CALL, cause)
    assert wished.doings == ["NoteOutgoingCall"]
    assert results(wished) == [result]


def test_nobody_waits_for_a_caseworker_for_ever(wished: Driver) -> None:
    wished.wait(30)
    assert "EndParty" in wished.doings
    assert results(wished) == [OutgoingResult.CASEWORKER_NOT_REACHED]


def test_a_caseworker_gives_up_before_the_citizen_is_dialled(wished: Driver) -> None:
    wished.party_answers(CALL)
    wished.hangs_up(CALL)
    assert wished.doings == ["NoteOutgoingCall"]
    assert results(wished) == [OutgoingResult.GIVEN_UP]


def test_a_caseworker_gives_up_while_the_citizen_s_telephone_rings(dialling: Driver) -> None:
    dialling.hangs_up(CALL)
    assert dialling.doings == ["EndParty", "NoteOutgoingCall"]
    assert results(dialling) == [OutgoingResult.NOT_REACHED]


def test_a_caseworker_hangs_up_before_the_switch_knows_who_that_is(wished: Driver) -> None:
    wished.party_answers(CALL)
    wished.feed(on.PartyHungUp(wished.party_of(CALL)))
    assert results(wished) == [OutgoingResult.GIVEN_UP]


def test_a_citizen_who_can_t_be_joined_was_not_reached(talking: Driver) -> None:
    talking.party_fails(CALL, FailureCause.FAULT)
    assert talking.said == ["call-back-not-reached"]
    talking.prompt_ends(CALL)
    (noted,) = talking.did(do.NoteOutgoingCall)
    assert (noted.result, noted.talked_seconds) == (OutgoingResult.NOT_REACHED, 0)


def test_words_whose_end_gets_lost_hold_nothing_up(wished: Driver) -> None:
    wished.party_answers(CALL)
    wished.wait(PLAYBACK_LIMIT.total_seconds())
    assert wished.doings == ["StopPlaying", "StartRinging", "DialParty"]


def breaks_off(d: Driver) -> None:
    """What the caseworker hears breaks off."""
    playback = d.did(do.Play)[-1].playback
    d.feed(on.PlaybackFinished(CallId(CALL), playback, failed=True))


def test_words_that_break_off_as_the_caseworker_hangs_up_call_nobody(wished: Driver) -> None:
    wished.party_answers(CALL)
    breaks_off(wished)
    assert wished.doings == []
    wished.hangs_up(CALL)
    assert results(wished) == [OutgoingResult.GIVEN_UP]


def test_words_that_can_t_be_played_hold_nothing_up(wished: Driver) -> None:
    wished.party_answers(CALL)
    breaks_off(wished)
    wished.wait(1)
    assert wished.doings == ["StopPlaying", "StartRinging", "DialParty"]


def test_an_older_prompt_s_end_changes_nothing(wished: Driver) -> None:
    wished.party_answers(CALL)
    wished.feed(on.PlaybackFinished(CallId(CALL), PlaybackId("another")))
    assert wished.doings == []


def test_keys_mean_nothing(dialling: Driver) -> None:
    dialling.presses(CALL, "1*7#")
    dialling.feed(on.PartyPressed(dialling.party_of(CALL), "1"))
    assert dialling.doings == []


def test_what_is_told_too_early_changes_nothing(wished: Driver) -> None:
    wished.hangs_up(CALL)
    assert wished.doings == []
    assert phase(wished) is OutgoingPhase.CASEWORKER


def test_a_repeated_wish_changes_nothing(wished: Driver) -> None:
    wished.feed(wish())
    assert wished.doings == []


@pytest.mark.parametrize(
    "second",
    [
        wish("out-2", phone=PHONES[JUGEND], number=E164("+491713920002")),
        wish("out-2", callback="cb-2", number=E164("+491713920002")),
        wish("out-2", callback="cb-2", phone=PHONES[JUGEND]),
    ],
    ids=["the same callback", "the same caseworker", "the same citizen"],
)
def test_nobody_is_called_twice_at_once(wished: Driver, second: CallBackWished) -> None:
    wished.feed(second)
    assert wished.doings == ["NoteOutgoingCall"]
    assert results(wished) == [OutgoingResult.NOT_CALLED]
    assert phase(wished) is OutgoingPhase.CASEWORKER


def test_two_callbacks_are_kept_at_once(wished: Driver) -> None:
    wished.feed(wish("out-2", "cb-2", PHONES[JUGEND], E164("+491713920002")))
    assert wished.doings == ["DialParty"]


def test_a_citizen_who_talks_with_an_agent_is_not_called(d: Driver) -> None:
    d.caller_waits("anna")
    d.feed(wish())
    assert results(d) == [OutgoingResult.NOT_CALLED]


def test_a_citizen_who_is_put_through_to_the_caseworker_is_not_called(d: Driver) -> None:
    d.agent_ready(next(iter(county().agents)))
    d.caller_waits("anna", caller="01713920002")
    d.talks("anna")
    d.agent_presses("anna", "*8311#")
    assert [dialled.to for dialled in d.did(do.DialParty)] == [PHONE]
    d.feed(wish())
    assert results(d) == [OutgoingResult.NOT_CALLED]


def test_a_citizen_whose_callback_is_just_being_stored_may_be_called(d: Driver) -> None:
    """The caller hung up; only the store's answer is awaited."""
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.hangs_up("anna")
    d.feed(wish())
    assert d.doings == ["DialParty"]


def test_the_queue_is_not_concerned(talking: Driver) -> None:
    snapshot = talking.engine.snapshot()
    assert snapshot.calls == ()
    assert [(view.callback, view.label) for view in snapshot.outgoing] == [("cb-1", "Umwelt")]
    talking.hangs_up(CALL)
    assert talking.records == []


def test_a_department_that_is_gone_meanwhile_does_not_stop_it(d: Driver) -> None:
    plain = county()
    departments = {key: it for key, it in plain.departments.items() if key != UMWELT}
    d.feed(on.CountyChanged(replace(plain, departments=departments)), wish())
    (dialled,) = d.did(do.DialParty)
    assert dialled.label == plain.name


def test_only_calls_in_which_the_citizen_was_phoned_are_attempts() -> None:
    attempts = {result.value: result.attempt for result in OutgoingResult}
    assert {name: value.value for name, value in attempts.items() if value is not None} == {
        "reached": "reached",
        "busy": "busy",
        "not_reached": "not_reached",
    }


def test_the_language_is_the_caseworker_s(d: Driver) -> None:
    d.feed(replace(wish(), language="en", department=DepartmentId("umwelt")))
    d.party_answers(CALL)
    (spoken,) = d.did(do.Play)
    assert spoken.language == "en"
