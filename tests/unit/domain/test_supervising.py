"""A supervisor listens in, whispers to the agent or barges into a talk."""

from __future__ import annotations

import pytest

from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.commands import Supervision
from ivr.domain.ids import AgentId, CallId, LegId
from ivr.domain.rules import QueueRules
from tests import examples
from tests.examples import ALL_ROUND, DIDS, ONLY_JUGEND, ONLY_UMWELT, UMWELT
from tests.unit.domain.driver import Driver

ANNA = CallId("anna")
LEG = LegId("s1")


def talking(*, allowed: bool = True) -> Driver:
    """Anna talks with the agent who answers for all; the supervisor has another agent's phone."""
    d = Driver(examples.county(rules=QueueRules(supervision=allowed)))
    d.agent_ready(ALL_ROUND)
    d.caller_waits("anna", DIDS[UMWELT])
    d.talks("anna")
    d.agent_ready(ONLY_UMWELT)
    return d


@pytest.fixture
def d() -> Driver:
    return talking()


def supervises(
    d: Driver,
    how: Supervision = Supervision.LISTEN,
    *,
    agent: AgentId = ONLY_UMWELT,
    call: str = "anna",
    leg: LegId = LEG,
) -> None:
    d.feed(on.SupervisionRequested(CallId(call), leg, agent, how, "onken"))


def done(d: Driver) -> list[Supervision]:
    return [command.how for command in d.did(do.Supervise)]


def test_the_supervisor_s_phone_rings_and_then_hears_the_talk(d: Driver) -> None:
    supervises(d, Supervision.WHISPER)
    [dialled] = d.did(do.DialParty)
    assert (dialled.leg, dialled.to, dialled.label) == (LEG, ONLY_UMWELT, "Umwelt")
    d.party_answers("anna")

    assert d.step == [do.Supervise(ANNA, d.offer_of("anna"), LEG, Supervision.WHISPER)]
    assert d.call("anna").party == ""


def test_without_permission_nobody_listens_in() -> None:
    d = talking(allowed=False)
    supervises(d)

    assert d.step == []


@pytest.mark.parametrize("agent", [ALL_ROUND, ONLY_JUGEND, AgentId("1999")])
def test_only_with_a_free_phone_of_somebody_else(d: Driver, agent: AgentId) -> None:
    supervises(d, agent=agent)

    assert d.step == []


def test_only_in_a_talk(d: Driver) -> None:
    d.caller_waits("bert")
    d.agent_ready(ONLY_JUGEND)
    supervises(d, call="bert", agent=ONLY_JUGEND)
    assert d.step == []
    supervises(d, call="nobody", agent=ONLY_JUGEND)
    assert d.step == []


def test_not_before_caller_and_agent_are_joined(d: Driver) -> None:
    d.caller_waits("bert")
    d.answers("bert")
    d.agent_ready(ONLY_JUGEND)
    supervises(d, call="bert", agent=ONLY_JUGEND)

    assert d.step == []


def test_by_key(d: Driver) -> None:
    supervises(d)
    d.party_answers("anna")
    d.party_presses("anna", "2")
    keyed = do.KeyPressedBy("onken", ONLY_UMWELT, ALL_ROUND)
    assert d.step == [do.Supervise(ANNA, d.offer_of("anna"), LEG, Supervision.WHISPER, keyed)]
    d.party_presses("anna", "3")
    assert done(d) == [Supervision.BARGE]
    d.party_presses("anna", "3")
    assert d.step == []
    d.party_presses("anna", "9")
    assert d.step == []
    d.party_presses("anna", "1")

    assert done(d) == [Supervision.LISTEN]


def test_by_another_request(d: Driver) -> None:
    supervises(d)
    d.party_answers("anna")
    supervises(d, Supervision.BARGE)

    assert d.step == [do.Supervise(ANNA, d.offer_of("anna"), LEG, Supervision.BARGE)]


def test_before_answering_the_last_wish_counts(d: Driver) -> None:
    supervises(d)
    supervises(d, Supervision.BARGE)
    assert d.step == []
    d.party_answers("anna")

    assert done(d) == [Supervision.BARGE]


def test_a_leg_that_is_something_else_supervises_nothing(d: Driver) -> None:
    d.agent_presses("anna", "*8311#")
    supervises(d, leg=d.party_of("anna"))

    assert d.step == []


def test_it_ends_with_the_talk(d: Driver) -> None:
    supervises(d)
    d.party_answers("anna")
    d.hangs_up("anna")

    assert d.doings == ["EndParty", "ReleaseAgent", "RecordCall"]


def test_it_ends_when_the_agent_puts_the_caller_through(d: Driver) -> None:
    supervises(d)
    d.party_answers("anna")
    d.agent_presses("anna", "*8311#")
    d.party_answers("anna")
    d.agent_hangs_up("anna")

    assert d.doings == ["HandOver", "EndParty", "ReleaseAgent"]


def test_the_supervisor_hangs_up(d: Driver) -> None:
    supervises(d)
    d.party_answers("anna")
    d.party_hangs_up("anna")

    assert d.step == []
    assert d.state(ONLY_UMWELT) == "ready"


def test_the_supervisor_does_not_pick_up(d: Driver) -> None:
    supervises(d)
    d.wait(QueueRules().ring_time.total_seconds())

    assert d.doings == ["EndParty"]


def test_the_supervisor_s_phone_rejects(d: Driver) -> None:
    supervises(d)
    d.party_fails("anna", on.FailureCause.REJECTED)

    assert d.step == []


def test_a_supervisor_who_hears_nothing_is_not_left_in_silence(d: Driver) -> None:
    supervises(d)
    d.party_answers("anna")
    d.party_fails("anna", on.FailureCause.FAULT)

    assert d.doings == ["EndParty"]


def test_the_supervisor_is_offered_nothing_meanwhile(d: Driver) -> None:
    supervises(d)
    d.party_answers("anna")
    assert d.state(ONLY_UMWELT) == "on_call"
    d.caller_waits("bert", DIDS[UMWELT])
    assert d.offered == []
    d.party_hangs_up("anna")

    assert d.offered == [("bert", ONLY_UMWELT)]
