"""Consultation and transfer by key: ``*8`` and whom, ``*9`` back, ``*3`` all three."""

from __future__ import annotations

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.ids import CallId, LegId
from ivr.domain.live import Phase
from ivr.domain.rules import QueueRules
from tests.examples import ALL_ROUND, DIDS, ONLY_UMWELT, PHONES, UMWELT
from tests.unit.domain.driver import Driver

RULES = QueueRules()


@pytest.fixture
def d(d: Driver) -> Driver:
    """Anna asks about the environment and talks with the agent who answers for all."""
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", DIDS[UMWELT])
    d.talks("anna")
    return d


def consults(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.party_answers("anna")


# -- ringing ---------------------------------------------------------------------------------------


def test_the_caller_hears_music_while_somebody_is_rung(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")

    assert d.doings == ["HoldCaller", "DialParty"]
    [dialled] = d.did(do.DialParty)
    assert dialled.to == PHONES[UMWELT]
    assert dialled.label == "Umwelt · 0171 3920001"
    assert dialled.shown == "+4944619197777"
    call = d.call("anna")
    assert (call.phase, call.party, call.agent) == (Phase.CONSULTING, PHONES[UMWELT], ALL_ROUND)
    assert d.state(ALL_ROUND) == "on_call"


def test_a_pause_ends_the_number_too(d: Driver) -> None:
    d.agent_presses("anna", "*8311")
    d.wait(RULES.number_pause.total_seconds() - 1)
    assert d.step == []
    d.wait(1)

    assert d.doings == ["HoldCaller", "DialParty"]


def test_a_star_starts_the_number_over(d: Driver) -> None:
    d.agent_presses("anna", "*8999*311#")

    assert [dialled.to for dialled in d.did(do.DialParty)] == [PHONES[UMWELT]]


def test_an_agent_who_thinks_better_of_it_goes_on_talking(d: Driver) -> None:
    d.agent_presses("anna", "*8#")
    assert d.step == []
    d.agent_presses("anna", "*7")

    assert len(d.requested) == 1


@pytest.mark.parametrize("keys", ["*801713920001#", f"*8{ALL_ROUND}#", "*8110#"])
def test_a_number_that_is_not_allowed_is_refused(d: Driver, keys: str) -> None:
    d.agent_presses("anna", keys)

    assert d.doings == ["PlayToAgent"]
    assert d.told_agents == ["transfer-refused"]
    assert d.call("anna").phase is Phase.TALKING


def test_a_prompt_under_way_ends_before_the_caller_is_put_on_hold(d: Driver) -> None:
    d.agent_presses("anna", "*7")
    d.stores("anna")
    d.agent_presses("anna", "*8311#")

    assert d.doings == ["StopPlaying", "HoldCaller", "DialParty"]


def test_nobody_is_dialled_while_a_callback_is_being_requested(d: Driver) -> None:
    d.agent_presses("anna", "*7*8311#")

    assert d.doings == ["StoreCallback"]


def test_no_callback_is_requested_while_somebody_is_consulted(d: Driver) -> None:
    consults(d)
    d.agent_presses("anna", "*7")

    assert d.step == []


def test_nobody_else_is_dialled_in_a_consultation(d: Driver) -> None:
    consults(d)
    d.agent_presses("anna", "*8311#")

    assert d.step == []


def test_the_agent_gives_up_ringing(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.agent_presses("anna", "*9")

    assert d.doings == ["EndParty", "ReturnToCaller"]
    assert d.call("anna").phase is Phase.TALKING
    assert d.call("anna").party == ""


def test_somebody_who_is_not_reached(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.party_fails("anna")

    assert d.doings == ["PlayToAgent", "ReturnToCaller"]
    assert d.told_agents == ["transfer-failed"]
    assert d.call("anna").phase is Phase.TALKING


def test_somebody_who_lets_it_ring(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.wait(30)

    assert d.doings == ["EndParty", "PlayToAgent", "ReturnToCaller"]


# -- consulting ------------------------------------------------------------------------------------


def test_agent_and_party_talk_while_the_caller_hears_music(d: Driver) -> None:
    consults(d)

    assert d.step == [do.Consult(CallId("anna"), d.offer_of("anna"), d.party_of("anna"))]


def test_an_answer_told_twice_changes_nothing(d: Driver) -> None:
    consults(d)
    d.party_answers("anna")

    assert d.step == []


def test_keys_of_the_party_mean_nothing(d: Driver) -> None:
    consults(d)
    d.party_presses("anna", "1")

    assert d.step == []


def test_back_to_the_caller(d: Driver) -> None:
    consults(d)
    d.agent_presses("anna", "*9")

    assert d.doings == ["EndParty", "ReturnToCaller"]


def test_the_party_hangs_up(d: Driver) -> None:
    consults(d)
    d.party_hangs_up("anna")

    assert d.doings == ["ReturnToCaller"]
    assert d.call("anna").phase is Phase.TALKING


def test_agent_and_party_could_not_be_joined(d: Driver) -> None:
    consults(d)
    d.party_fails("anna", on.FailureCause.FAULT)

    assert d.doings == ["EndParty", "PlayToAgent", "ReturnToCaller"]


def test_a_second_consultation_after_the_first(d: Driver) -> None:
    consults(d)
    first = d.party_of("anna")
    d.agent_presses("anna", "*9")
    consults(d)

    assert d.party_of("anna") != first
    assert d.doings == ["Consult"]


def test_the_caller_hangs_up_in_a_consultation(d: Driver) -> None:
    consults(d)
    d.hangs_up("anna")

    assert d.doings == ["ReleaseAgent", "EndParty", "RecordCall"]
    assert d.outcomes() == {"anna": "completed"}
    assert d.state(ALL_ROUND) == "wrap_up"


# -- all three -------------------------------------------------------------------------------------


def test_all_three_talk(d: Driver) -> None:
    consults(d)
    d.agent_presses("anna", "*3")

    assert d.doings == ["JoinThree"]
    assert d.call("anna").phase is Phase.TALKING
    d.agent_presses("anna", "*3")
    assert d.step == []


@pytest.mark.parametrize("keys", ["*3", "*9"])
def test_without_a_consultation_there_is_nobody_to_join_or_leave(d: Driver, keys: str) -> None:
    d.agent_presses("anna", keys)

    assert d.step == []


def test_nobody_is_joined_before_answering(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.agent_presses("anna", "*3")

    assert d.step == []


def test_the_party_leaves_the_other_two(d: Driver) -> None:
    consults(d)
    d.agent_presses("anna", "*3")
    d.party_hangs_up("anna")

    assert d.doings == ["ReturnToCaller"]


def test_the_agent_leaves_the_other_two(d: Driver) -> None:
    consults(d)
    d.agent_presses("anna", "*3")
    d.agent_hangs_up("anna")

    assert d.doings == ["HandOver", "ReleaseAgent"]
    assert d.call("anna").phase is Phase.HANDED_OVER


# -- handed over -----------------------------------------------------------------------------------


def test_hanging_up_hands_the_caller_over(d: Driver) -> None:
    consults(d)
    d.agent_hangs_up("anna")

    assert d.doings == ["HandOver", "ReleaseAgent"]
    call = d.call("anna")
    assert (call.phase, call.party) == (Phase.HANDED_OVER, PHONES[UMWELT])
    assert d.state(ALL_ROUND) == "wrap_up"


def test_the_party_ends_the_call_after_it_was_handed_over(d: Driver) -> None:
    consults(d)
    d.agent_hangs_up("anna")
    d.wait(120)
    d.party_hangs_up("anna")

    assert d.doings == ["HangUpCall", "RecordCall"]
    [record] = d.records
    assert record.outcome.value == "completed"
    assert record.agent == ALL_ROUND
    assert record.transferred_to == PHONES[UMWELT]
    assert record.talked_seconds == 120


def test_the_caller_ends_the_call_after_it_was_handed_over(d: Driver) -> None:
    consults(d)
    d.agent_hangs_up("anna")
    d.hangs_up("anna")

    assert d.doings == ["EndParty", "RecordCall"]
    assert d.outcomes() == {"anna": "completed"}


def test_keys_of_a_caller_who_was_handed_over_mean_nothing(d: Driver) -> None:
    consults(d)
    d.agent_hangs_up("anna")
    d.presses("anna", "1")

    assert d.step == []


# -- blind: the agent hangs up while it rings ------------------------------------------------------


def test_blind_the_caller_goes_on_hearing_music_until_somebody_answers(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.agent_hangs_up("anna")
    assert d.doings == ["ReleaseAgent"]
    assert d.call("anna").phase is Phase.CONSULTING
    d.party_answers("anna")

    assert d.doings == ["HandOver"]
    assert d.call("anna").phase is Phase.HANDED_OVER


def test_blind_a_caller_nobody_takes_gets_the_old_place_back(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.caller_waits("bert")
    d.agent_hangs_up("anna")
    queued_at = d.call("anna").queued_at
    d.wait(5)
    d.party_fails("anna")
    assert d.doings == ["StartMusic"]
    call = d.call("anna")
    assert (call.phase, call.queued_at, call.agent) == (Phase.WAITING, queued_at, None)
    d.feed(on.WrapUpEnded(ALL_ROUND))

    assert d.offered == [("anna", ALL_ROUND)]


def test_blind_a_caller_nobody_takes_in_time_gets_the_old_place_back(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.agent_hangs_up("anna")
    d.feed(on.PresenceChosen(ALL_ROUND, Presence.PAUSED))
    d.wait(30)

    assert d.doings == ["EndParty", "StartMusic"]


def test_a_caller_who_came_back_is_answered_again_and_waited_only_once(d: Driver) -> None:
    answered_at = d.call("anna").answered_at
    d.agent_presses("anna", "*8311#")
    d.agent_hangs_up("anna")
    d.party_fails("anna")
    d.agent_ready(ONLY_UMWELT)
    d.wait(3)
    d.talks("anna")
    d.wait(60)
    d.hangs_up("anna")

    [record] = d.records
    assert (record.answered_at, record.agent) == (answered_at, ONLY_UMWELT)
    assert record.transferred_to == ""


def test_a_caller_who_came_back_and_gave_up_was_answered_before(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.agent_hangs_up("anna")
    d.party_fails("anna")
    d.hangs_up("anna")

    [record] = d.records
    assert (record.outcome.value, record.agent) == ("completed", ALL_ROUND)


def test_a_caller_who_could_not_be_joined_gets_the_old_place_back(d: Driver) -> None:
    consults(d)
    d.agent_hangs_up("anna")
    d.party_fails("anna", on.FailureCause.FAULT)

    assert d.doings == ["EndParty", "StartMusic"]
    assert d.call("anna").phase is Phase.WAITING


def test_blind_the_caller_hangs_up_first(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.agent_hangs_up("anna")
    d.hangs_up("anna")

    assert d.doings == ["EndParty", "RecordCall"]


def test_a_party_that_is_gone_before_it_answered_was_not_reached(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    d.party_hangs_up("anna")

    assert d.doings == ["PlayToAgent", "ReturnToCaller"]


# -- another agent ---------------------------------------------------------------------------------


def test_another_agent_is_offered_nothing_meanwhile(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    d.agent_presses("anna", f"*8{ONLY_UMWELT}#")
    assert [dialled.to for dialled in d.did(do.DialParty)] == [ONLY_UMWELT]
    d.caller_waits("bert", DIDS[UMWELT])
    d.party_answers("anna")
    assert d.state(ONLY_UMWELT) == "on_call"
    d.agent_hangs_up("anna")
    assert d.offered == []
    d.party_hangs_up("anna")

    assert d.offered == [("bert", ONLY_UMWELT)]
    assert d.records[0].transferred_to == ONLY_UMWELT


def test_another_agent_is_free_when_the_leg_is_gone(d: Driver) -> None:
    d.lines_are_free_at_once = False
    d.agent_ready(ONLY_UMWELT)
    d.agent_presses("anna", f"*8{ONLY_UMWELT}#")
    d.caller_waits("bert", DIDS[UMWELT])
    d.agent_presses("anna", "*9")
    assert d.offered == []
    d.party_fails("anna")

    assert d.offered == [("bert", ONLY_UMWELT)]


def test_another_agent_s_leg_whose_end_got_lost(d: Driver) -> None:
    d.lines_are_free_at_once = False
    d.agent_ready(ONLY_UMWELT)
    d.agent_presses("anna", f"*8{ONLY_UMWELT}#")
    d.caller_waits("bert", DIDS[UMWELT])
    d.agent_presses("anna", "*9")
    d.wait(5)

    assert d.offered == [("bert", ONLY_UMWELT)]


def test_another_agent_who_talks_is_not_rung(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    d.caller_waits("bert", DIDS[UMWELT])
    d.agent_presses("anna", f"*8{ONLY_UMWELT}#")

    assert d.doings == ["PlayToAgent"]
    assert d.told_agents == ["transfer-failed"]


def test_another_agent_without_a_phone_is_not_rung(d: Driver) -> None:
    d.agent_presses("anna", f"*8{ONLY_UMWELT}#")

    assert d.told_agents == ["transfer-failed"]


@pytest.mark.parametrize(
    "late",
    [
        on.PartyAnswered(LegId("none")),
        on.PartyFailed(LegId("none"), on.FailureCause.FAULT),
        on.PartyHungUp(LegId("none")),
        on.PartyPressed(LegId("none"), "1"),
    ],
)
def test_parties_nobody_knows_change_nothing(d: Driver, late: on.Event) -> None:
    d.feed(late)

    assert d.step == []
