"""The agent's phone transfers: blind, or by joining its second call with the first (REFER)."""

from __future__ import annotations

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.commands import TransferProgress
from ivr.domain.due import VISIT_LIMIT
from ivr.domain.ids import AgentId, CallId, OfferId, VisitId
from ivr.domain.live import Phase
from tests.examples import ALL_ROUND, DIDS, ONLY_UMWELT, PHONES, UMWELT
from tests.unit.domain.driver import Driver

ANNA = CallId("anna")
VISIT = VisitId("v1")


@pytest.fixture
def d(d: Driver) -> Driver:
    """Anna asks about the environment and talks with the agent who answers for all."""
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", DIDS[UMWELT])
    d.talks("anna")
    return d


def reported(d: Driver) -> list[TransferProgress]:
    return [report.progress for report in d.did(do.ReportTransfer)]


# -- blind -----------------------------------------------------------------------------------------


def test_blind_the_agent_stays_until_somebody_answers(d: Driver) -> None:
    d.refers("anna", "311")
    assert d.doings == ["HoldCaller", "DialParty"]
    assert d.call("anna").phase is Phase.CONSULTING
    assert d.state(ALL_ROUND) == "on_call"
    d.party_answers("anna")

    assert d.doings == ["HandOver", "ReportTransfer", "ReleaseAgent"]
    assert reported(d) == [TransferProgress.ANSWERED]
    assert d.call("anna").phase is Phase.HANDED_OVER
    assert d.state(ALL_ROUND) == "wrap_up"


def test_blind_the_phone_hangs_up_at_once(d: Driver) -> None:
    d.refers("anna", "311")
    d.agent_hangs_up("anna")
    assert d.doings == ["ReleaseAgent"]
    d.party_answers("anna")

    assert d.doings == ["HandOver"]


def test_blind_nobody_answers_and_the_talk_goes_on(d: Driver) -> None:
    d.refers("anna", "311")
    d.party_fails("anna")

    assert d.doings == ["ReportTransfer", "ReturnToCaller"]
    assert reported(d) == [TransferProgress.FAILED]
    assert d.call("anna").phase is Phase.TALKING


def test_blind_nobody_answers_and_the_agent_is_gone(d: Driver) -> None:
    d.refers("anna", "311")
    d.agent_hangs_up("anna")
    d.chooses(ALL_ROUND, Presence.PAUSED)
    d.wait(30)

    assert d.doings == ["EndParty", "StartMusic"]
    assert d.call("anna").phase is Phase.WAITING


def test_blind_the_agent_takes_it_back(d: Driver) -> None:
    d.refers("anna", "311")
    d.agent_presses("anna", "*9")

    assert d.doings == ["EndParty", "ReportTransfer", "ReturnToCaller"]
    assert reported(d) == [TransferProgress.FAILED]


@pytest.mark.parametrize("number", ["01713920001", ALL_ROUND, "112", ""])
def test_blind_to_whom_it_is_not_allowed(d: Driver, number: str) -> None:
    d.refers("anna", number)

    assert d.doings == ["ReportTransfer"]
    assert reported(d) == [TransferProgress.REFUSED]
    assert d.call("anna").phase is Phase.TALKING


def test_blind_to_an_agent_who_is_not_free(d: Driver) -> None:
    d.refers("anna", ONLY_UMWELT)

    assert reported(d) == [TransferProgress.FAILED]


def test_a_second_transfer_before_the_first_is_over(d: Driver) -> None:
    d.refers("anna", "311")
    d.refers("anna", "311")

    assert reported(d) == [TransferProgress.REFUSED]


def test_a_transfer_while_a_callback_is_being_requested(d: Driver) -> None:
    d.agent_presses("anna", "*7")
    d.refers("anna", "311")

    assert reported(d) == [TransferProgress.REFUSED]


def test_a_transfer_before_caller_and_agent_are_joined(d: Driver) -> None:
    d.caller_waits("bert")
    d.agent_ready(ONLY_UMWELT)
    d.answers("bert")
    d.refers("bert", "311")

    assert d.doings == ["ReportTransfer"]
    assert reported(d) == [TransferProgress.REFUSED]


def test_a_transfer_of_a_talk_that_is_over(d: Driver) -> None:
    d.feed(on.TransferRequested(OfferId("none"), "311"))

    assert d.step == []


# -- the second call -------------------------------------------------------------------------------


def test_the_agent_calls_somebody_besides(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    assert d.doings == ["DialParty"]
    assert (d.call("anna").phase, d.call("anna").party) == (Phase.TALKING, PHONES[UMWELT])
    d.party_answers("anna")

    assert d.step == [do.ConsultByVisit(ANNA, VISIT, d.party_of("anna"))]


def test_a_second_call_told_twice_is_one_call(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.calls(ALL_ROUND, "311")

    assert d.step == []


@pytest.mark.parametrize("number", ["01713920001", ALL_ROUND, "112"])
def test_the_agent_calls_whom_it_is_not_allowed(d: Driver, number: str) -> None:
    d.calls(ALL_ROUND, number)

    assert d.doings == ["SpeakAndHangUp"]
    assert d.said == ["transfer-refused"]


def test_the_agent_calls_a_third_besides(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.calls(ALL_ROUND, "4444", visit="v2")

    assert d.said == ["transfer-refused"]


def test_an_agent_without_a_caller_calls_nobody(d: Driver) -> None:
    d.agent_ready(ONLY_UMWELT)
    d.calls(ONLY_UMWELT, "311")

    assert d.said == ["transfer-refused"]


def test_nobody_calls_from_a_phone_that_is_no_agent_s(d: Driver) -> None:
    d.calls(AgentId("1999"), "311")

    assert d.said == ["agent-unknown"]


def test_whom_the_agent_calls_is_not_reached(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.party_fails("anna")

    assert d.doings == ["SpeakAndHangUp"]
    assert d.said == ["transfer-failed"]
    assert d.call("anna").phase is Phase.TALKING
    assert d.call("anna").party == ""


def test_the_agent_hangs_up_the_second_call(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    d.feed(on.LegEnded(VISIT))

    assert d.doings == ["EndParty"]
    d.agent_presses("anna", "*7")
    assert d.doings == ["StoreCallback"]


def test_whom_the_agent_called_hangs_up(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    d.party_hangs_up("anna")

    assert d.doings == ["EndVisit"]
    assert d.call("anna").phase is Phase.TALKING


@pytest.mark.parametrize("keys", ["*9", "*3", "*7", "*8311#"])
def test_keys_mean_nothing_beside_a_second_call(d: Driver, keys: str) -> None:
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    d.agent_presses("anna", keys)

    assert d.step == []


def test_the_agent_leaves_the_caller_with_the_second_call_open(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    d.agent_hangs_up("anna")

    assert d.doings == ["ReleaseAgent", "HangUpCall", "EndVisit", "EndParty", "RecordCall"]


def test_the_caller_leaves_with_the_second_call_open(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    d.hangs_up("anna")

    assert d.doings == ["ReleaseAgent", "EndVisit", "EndParty", "RecordCall"]
    assert d.state(ALL_ROUND) == "wrap_up"


# -- joining both calls ----------------------------------------------------------------------------


def test_attended_the_phone_joins_both_calls(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    d.refers("anna", "311", consultation="v1")

    assert d.doings == ["HandOver", "EndVisit", "ReportTransfer", "ReleaseAgent"]
    assert reported(d) == [TransferProgress.ANSWERED]
    assert (d.call("anna").phase, d.call("anna").party) == (Phase.HANDED_OVER, PHONES[UMWELT])


def test_attended_before_somebody_answered_is_blind(d: Driver) -> None:
    d.calls(ALL_ROUND, "311")
    d.refers("anna", "311", consultation="v1")
    assert d.doings == ["EndVisit", "HoldCaller"]
    assert d.call("anna").phase is Phase.CONSULTING
    d.agent_hangs_up("anna")
    assert d.doings == ["ReleaseAgent"]
    d.party_answers("anna")

    assert d.doings == ["HandOver"]


def test_attended_with_a_call_that_is_none(d: Driver) -> None:
    d.refers("anna", "311", consultation="v1")

    assert reported(d) == [TransferProgress.REFUSED]
    d.calls(ALL_ROUND, "311")
    d.refers("anna", "311", consultation="v9")
    assert reported(d) == [TransferProgress.REFUSED]


def test_the_agent_is_offered_nothing_before_the_second_call_is_gone(d: Driver) -> None:
    d.lines_are_free_at_once = False
    d.calls(ALL_ROUND, "311")
    d.party_answers("anna")
    d.refers("anna", "311", consultation="v1")
    d.caller_waits("bert")
    d.feed(on.LegEnded(d.offer_of("anna")), on.WrapUpEnded(ALL_ROUND))
    assert d.offered == []
    d.feed(on.LegEnded(VISIT))

    assert d.offered == [("bert", ALL_ROUND)]


def test_a_refused_call_whose_end_got_lost_does_not_hold_up_the_agent_for_long(d: Driver) -> None:
    d.lines_are_free_at_once = False
    d.agent_ready(ONLY_UMWELT)
    d.calls(ONLY_UMWELT, "311")
    d.caller_waits("bert", DIDS[UMWELT])
    d.wait(VISIT_LIMIT.total_seconds())

    assert d.offered == [("bert", ONLY_UMWELT)]
