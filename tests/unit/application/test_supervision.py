"""What is done with others' calls is written down first, and only done where it may be."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from ivr.application.ports.store import CallbackFilter
from ivr.domain.agents import Presence
from ivr.domain.commands import Supervision as How
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.events import CallerPressed, PartyAnswered, PartyPressed, PhoneReachable
from ivr.domain.ids import AgentId, CallId, LegId
from ivr.domain.live import Phase
from ivr.domain.rules import KeepingPlace, QueueRules
from tests.examples import ALL_ROUND, ONLY_JUGEND
from tests.service_lab import ServiceLab, running_service

ON = QueueRules(supervision=True)
CALL = CallId("call-1")
SUPERVISOR = ONLY_JUGEND
"""Whose telephone is used; not ready."""


async def talking(lab: ServiceLab) -> None:
    await lab.caller_waits(CALL)
    await lab.agent_answers(ALL_ROUND)
    await lab.inbox.handled(PhoneReachable(SUPERVISOR))


async def refusal(lab: ServiceLab, phone: AgentId = SUPERVISOR) -> str:
    with pytest.raises(Refused) as refused:
        await lab.parts.supervision.take_part(CALL, phone, How.LISTEN, "onken")
    return refused.value.code


async def audited(lab: ServiceLab) -> list[tuple[str, str, str]]:
    return [(entry.by, entry.action, entry.target) for entry in await lab.audited()][::-1]


async def test_a_supervisor_takes_part_and_it_is_written_down() -> None:
    async with running_service(ON) as lab:
        await talking(lab)
        view = await lab.parts.supervision.take_part(CALL, SUPERVISOR, How.LISTEN, "onken")
        assert view.supervisors == ("call-1-run-s1003-1",)
        [entry] = await lab.audited()
        assert (entry.by, entry.action, entry.target) == ("onken", "listen", "call-1")
        assert entry.details == {"phone": "1003", "agent": "1001"}
        assert entry.at == lab.clock.now()


async def test_how_is_changed_on_the_same_telephone() -> None:
    async with running_service(ON) as lab:
        await talking(lab)
        for how in (How.LISTEN, How.BARGE):
            view = await lab.parts.supervision.take_part(CALL, SUPERVISOR, how, "onken")
            assert len(view.supervisors) == 1
        assert await audited(lab) == [("onken", "listen", CALL), ("onken", "barge", CALL)]


async def test_nothing_happens_that_can_t_be_written_down() -> None:
    async with running_service(ON) as lab:
        await talking(lab)
        await lab.caller_waits("call-2")
        await lab.caller_waits("call-3")
        lab.store.full = True
        with pytest.raises(Unavailable):
            await lab.parts.supervision.take_part(CALL, SUPERVISOR, How.LISTEN, "onken")
        with pytest.raises(Unavailable):
            await lab.parts.supervision.move_up(CallId("call-3"), "onken")
        with pytest.raises(Unavailable):
            await lab.parts.supervision.take_out(CallId("call-2"), "onken")
        with pytest.raises(Unavailable):
            await lab.desk.choose_presence(ALL_ROUND, Presence.LOGGED_OUT, by="onken")
        assert lab.desk.call(CALL).supervisors == ()
        waiting = [call.id for call in lab.desk.snapshot().calls if call.phase is Phase.WAITING]
        assert waiting == ["call-2", "call-3"]
        assert lab.desk.agent(ALL_ROUND).presence is Presence.READY


async def test_it_is_off_unless_configured() -> None:
    async with running_service() as lab:
        await talking(lab)
        assert await refusal(lab) == "supervision_off"
        assert await audited(lab) == []


async def test_only_in_a_talk_with_a_free_telephone() -> None:
    async with running_service(ON) as lab:
        assert await refusal(lab) == "call_not_found"
        await lab.caller_waits(CALL)
        assert await refusal(lab) == "call_not_talking"
        await lab.agent_answers(ALL_ROUND)
        assert await refusal(lab, AgentId("9999")) == "agent_not_found"
        assert await audited(lab) == []
        assert await refusal(lab) == "phone_not_free"  # it is not registered
        assert await refusal(lab, ALL_ROUND) == "phone_not_free"


async def test_a_waiting_caller_is_moved_up() -> None:
    async with running_service() as lab:
        for name in ("call-1", "call-2", "call-3"):
            await lab.caller_waits(name)
        view = await lab.parts.supervision.move_up(CallId("call-3"), "onken")
        assert view.position == 1
        assert [call.id for call in lab.desk.snapshot().calls] == ["call-3", "call-1", "call-2"]
        assert await audited(lab) == [("onken", "move_up", "call-3")]


async def test_a_caller_is_taken_out() -> None:
    async with running_service() as lab:
        await lab.caller_waits(CALL)
        await lab.parts.supervision.take_out(CALL, "onken")
        assert [call.phase for call in lab.desk.snapshot().calls] != [Phase.WAITING]
        assert await audited(lab) == [("onken", "take_out", CALL)]


async def test_who_keeps_the_place_is_moved_up_and_taken_out_with_a_callback() -> None:
    async with running_service(QueueRules(keeping_place=KeepingPlace())) as lab:
        for name in ("call-1", "call-2"):
            await lab.caller_waits(name)
        await lab.inbox.handled(CallerPressed(CallId("call-2"), "2"))
        await lab.places.flush()
        await lab.until(lambda: lab.desk.call(CallId("call-2")).phase is Phase.AWAY)

        view = await lab.parts.supervision.move_up(CallId("call-2"), "onken")
        assert (view.phase, view.position) == (Phase.AWAY, 1)

        await lab.parts.supervision.take_out(CallId("call-2"), "onken")
        await lab.until(lambda: [call.id for call in lab.desk.snapshot().calls] == ["call-1"])
        async with lab.store.transaction() as transaction:
            [callback] = await transaction.callbacks(CallbackFilter())
        assert callback.call == "call-2"
        assert await audited(lab) == [
            *(("onken", "move_up", "call-2"), ("onken", "take_out", "call-2"))
        ]


async def test_only_who_waits_is_moved_up_or_taken_out() -> None:
    async with running_service() as lab:
        await talking(lab)
        for action in (lab.parts.supervision.move_up, lab.parts.supervision.take_out):
            with pytest.raises(Refused) as refused:
                await action(CALL, "onken")
            assert refused.value.code == "call_not_waiting"
            with pytest.raises(Refused) as refused:
                await action(CallId("call-9"), "onken")
            assert refused.value.code == "call_not_found"
        assert await audited(lab) == []


async def listening(lab: ServiceLab) -> LegId:
    """Let the supervisor be in the talk; nobody else does anything."""
    await talking(lab)
    [leg] = (
        await lab.parts.supervision.take_part(CALL, SUPERVISOR, How.LISTEN, "onken")
    ).supervisors
    lab.inbox.post(PartyAnswered(leg))
    await lab.until(lambda: lab.switch.supervised == [How.LISTEN])
    return leg


async def test_what_is_changed_by_key_is_written_down_as_well() -> None:
    async with running_service(ON) as lab:
        leg = await listening(lab)
        for key in "2231":
            await lab.inbox.handled(PartyPressed(leg, key))
        await lab.until(lambda: len(lab.switch.supervised) == 4)
        assert lab.switch.supervised == [How.LISTEN, How.WHISPER, How.BARGE, How.LISTEN]
        actions = ["listen", "whisper", "barge", "listen"]
        assert await audited(lab) == [("onken", action, CALL) for action in actions]
        latest, *_ = await lab.audited()
        assert latest.details == {"phone": "1003", "agent": "1001", "via": "keys"}


async def test_by_turns_by_key_and_by_request_each_is_written_down_once() -> None:
    async with running_service(ON) as lab:
        leg = await listening(lab)
        await lab.parts.supervision.take_part(CALL, SUPERVISOR, How.BARGE, "heine")
        await lab.inbox.handled(PartyPressed(leg, "2"))
        await lab.until(lambda: len(lab.switch.supervised) == 3)
        assert lab.switch.supervised == [How.LISTEN, How.BARGE, How.WHISPER]
        assert await audited(lab) == [
            ("onken", "listen", CALL),
            ("heine", "barge", CALL),
            ("onken", "whisper", CALL),
        ]


async def test_who_can_t_be_written_down_is_put_out_of_the_talk() -> None:
    async with running_service(ON) as lab:
        leg = await listening(lab)
        lab.store.full = True
        with capture_logs() as logs:
            lab.inbox.post(PartyPressed(leg, "3"))
            await lab.until(lambda: lab.switch.ended == [leg])
        assert lab.switch.supervised == [How.LISTEN]
        assert lab.desk.call(CALL).supervisors == ()
        assert lab.desk.call(CALL).phase is Phase.TALKING
        assert [line["event"] for line in logs if line["log_level"] == "error"] == [
            "supervision_ended"
        ]
