"""What agents say came of their calls."""

from __future__ import annotations

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.agents import Presence
from ivr.domain.calls import CallResult
from ivr.domain.ids import AgentId, CallId, VisitId
from tests.examples import ALL_ROUND, ONLY_JUGEND, ONLY_UMWELT, PHONES, UMWELT
from tests.unit.domain.driver import Driver


@pytest.fixture
def talking(d: Driver) -> Driver:
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna")
    d.talks("anna")
    return d


def dial(d: Driver, code: str, agent: AgentId = ALL_ROUND) -> None:
    d.feed(on.FeatureCodeDialled(VisitId("visit"), agent, code), on.LegEnded(VisitId("visit")))


def noted(d: Driver) -> list[tuple[str, str]]:
    return [(each.call, each.result.value) for each in d.did(do.NoteResult)]


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("1", "settled"),
        ("2", "callback"),
        ("3", "transferred"),
        ("4", "referred"),
        ("5", "no_matter"),
    ],
)
def test_by_key_after_the_call(talking: Driver, key: str, result: str) -> None:
    talking.hangs_up("anna")

    dial(talking, f"*17{key}")

    assert noted(talking) == [("anna", result)]
    assert talking.said == ["agent-result-noted"]


def test_a_key_that_stands_for_nothing(talking: Driver) -> None:
    talking.hangs_up("anna")

    dial(talking, "*179")

    assert noted(talking) == []
    assert talking.said == ["agent-code-unknown"]


def test_an_agent_without_a_call_has_nothing_to_say(d: Driver) -> None:
    d.agent_ready(ALL_ROUND)

    dial(d, "*171")

    assert noted(d) == []
    assert d.said == ["agent-no-call"]


def test_by_command(talking: Driver) -> None:
    talking.hangs_up("anna")

    talking.feed(on.ResultGiven(ALL_ROUND, CallResult.SETTLED))

    assert talking.did(do.NoteResult) == [
        do.NoteResult(CallId("anna"), ALL_ROUND, CallResult.SETTLED)
    ]


def test_of_nobody_s_call_nothing_is_noted(d: Driver) -> None:
    d.feed(on.ResultGiven(AgentId("9999"), CallResult.SETTLED))
    d.feed(on.ResultGiven(ALL_ROUND, CallResult.SETTLED))

    assert noted(d) == []


def test_late_until_the_next_call_is_answered(talking: Driver) -> None:
    d = talking
    d.hangs_up("anna")
    d.wait(3600)
    d.chooses(ALL_ROUND, Presence.LOGGED_OUT)
    dial(d, "*174")
    assert noted(d) == [("anna", "referred")]

    d.chooses(ALL_ROUND, Presence.READY)
    d.caller_waits("berta")
    dial(d, "*171")
    assert noted(d)[-1] == ("anna", "settled")
    d.talks("berta")
    d.hangs_up("berta")
    dial(d, "*175")

    assert noted(d)[-1] == ("berta", "no_matter")


def test_during_the_talk_it_is_in_the_record(talking: Driver) -> None:
    talking.feed(on.ResultGiven(ALL_ROUND, CallResult.SETTLED))
    talking.hangs_up("anna")

    assert talking.records[-1].result is CallResult.SETTLED
    assert noted(talking) == []


def test_nothing_said_is_no_result(talking: Driver) -> None:
    talking.hangs_up("anna")

    assert talking.records[-1].result is None


def test_a_callback_that_was_requested_is_the_result(talking: Driver) -> None:
    talking.agent_presses("anna", "*7")
    talking.prompt_ends("anna")
    talking.presses("anna", "1")
    talking.stores("anna")
    talking.hangs_up("anna")

    assert talking.records[-1].result is CallResult.CALLBACK


def test_a_caller_who_asked_for_a_callback_while_waiting_has_no_result(d: Driver) -> None:
    d.caller_waits("anna")
    d.presses("anna", "1")
    d.prompt_ends("anna")
    d.presses("anna", "1")
    d.stores("anna")
    d.hangs_up("anna")

    assert d.records[-1].result is None


def test_a_caller_who_was_put_through_is_transferred(talking: Driver) -> None:
    talking.refers("anna", PHONES[UMWELT])
    talking.party_answers("anna")
    talking.party_hangs_up("anna")

    assert talking.records[-1].transferred_to
    assert talking.records[-1].result is CallResult.TRANSFERRED


def test_while_the_caller_talks_with_somebody_else(talking: Driver) -> None:
    talking.refers("anna", PHONES[UMWELT])
    talking.party_answers("anna")
    dial(talking, "*171")
    assert talking.said == ["agent-result-noted"]
    talking.party_hangs_up("anna")

    assert talking.records[-1].result is CallResult.SETTLED


def test_a_call_that_another_agent_has_now_is_the_other_s(talking: Driver) -> None:
    d = talking
    d.feed(on.ResultGiven(ALL_ROUND, CallResult.REFERRED))
    d.refers("anna", PHONES[UMWELT])
    d.agent_hangs_up("anna")
    d.chooses(ALL_ROUND, Presence.LOGGED_OUT)
    d.agent_ready(ONLY_UMWELT)
    d.agent_ready(ONLY_JUGEND)
    d.party_fails("anna")
    d.talks("anna")

    d.feed(on.ResultGiven(ALL_ROUND, CallResult.SETTLED))
    d.hangs_up("anna")

    assert d.records[-1].agent != ALL_ROUND
    assert d.records[-1].result is None
