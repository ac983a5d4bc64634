from __future__ import annotations

import pytest

from ivr.domain.agents import AgentState, Presence
from ivr.domain.errors import Refused
from ivr.domain.ids import AgentId
from tests.examples import ALL_ROUND
from tests.service_lab import running_service

NOBODY = AgentId("9999")


async def test_an_agent_is_what_was_chosen_when_the_desk_answers() -> None:
    async with running_service() as lab:
        view = await lab.desk.choose_presence(ALL_ROUND, Presence.PAUSED, "Mittag")
        assert (view.state, view.reason) == (AgentState.PAUSED, "Mittag")
        view = await lab.desk.choose_presence(ALL_ROUND, Presence.READY)
        assert (view.presence, view.reason) == (Presence.READY, "")


async def test_wrap_up_ends_on_demand() -> None:
    async with running_service() as lab:
        await lab.caller_waits()
        await lab.agent_answers(ALL_ROUND)
        await lab.agent_hangs_up(lab.switch.offers[-1].offer)
        assert lab.desk.agent(ALL_ROUND).state is AgentState.WRAP_UP
        view = await lab.desk.end_wrap_up(ALL_ROUND)
        assert view.state is AgentState.READY
        assert (await lab.desk.end_wrap_up(ALL_ROUND)).state is AgentState.READY


async def test_an_agent_nobody_knows_is_refused() -> None:
    async with running_service() as lab:
        with pytest.raises(Refused) as refusals:
            lab.desk.agent(NOBODY)
        assert refusals.value.code == "agent_not_found"
        with pytest.raises(Refused):
            await lab.desk.choose_presence(NOBODY, Presence.READY)
        with pytest.raises(Refused):
            await lab.desk.end_wrap_up(NOBODY)


async def test_readiness_names_what_does_not_work_and_why() -> None:
    async with running_service() as lab:
        assert await lab.desk.readiness() == {"switch": None, "store": None}
        lab.switch.connected = False
        lab.store.full = True
        assert await lab.desk.readiness() == {
            "switch": "Asterisk is not connected.",
            "store": "The disk is full.",
        }
