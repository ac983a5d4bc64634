"""What agents' telephones do when the queue's rules say so."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from testbed.stack import Stack
from tests.e2e.conftest import Admin
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"


async def test_several_ring_and_the_others_see_it_answered_elsewhere(
    stack: Stack, admin: Admin
) -> None:
    await admin.sets(queue='strategy = "ring_several"')
    async with AsyncExitStack() as open_:
        phones = [
            await open_.enter_async_context(stack.ready_agent(agent))
            for agent in ("1001", "1002", "1003")
        ]
        citizen = await open_.enter_async_context(stack.citizen())
        call = await citizen.dial(JUGEND)
        ringing = [await phone.incoming() for phone in phones]

        await stack.talk("1002", ringing[1])

        for other in (ringing[0], ringing[2]):
            await other.ended()
        for agent in ("1001", "1003"):
            view = await stack.agent_state(agent, "ready")
            assert view["reason"] == ""
        await call.hang_up()
        await ringing[1].ended()


async def test_the_agent_hears_the_department_before_the_caller(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue="whisper = true\nconnect_announcement = true")
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await call.talk(0.5)
        await call.hang_up()
        await ringing.ended()

        assert prompts_heard(ringing.heard()) == ["department-jugend"]
        assert prompts_heard(call.heard())[-1] == "connecting"
        assert "department-jugend" not in prompts_heard(call.heard())


async def test_a_pause_has_a_reason_and_a_last_call_logs_out(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue='[pause_reasons]\n1 = "Mittag"')
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        code = await agent.dial("*121")
        await code.ended()
        view = await stack.agent_state("1001", "paused")
        assert view["reason"] == "Mittag"

        for dialled in ("*11", "*16"):
            code = await agent.dial(dialled)
            await code.ended()
        call = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await call.hang_up()
        await ringing.ended()
        await stack.agent_state("1001", "logged_out")


async def test_wrap_up_can_be_extended_and_ended(stack: Stack, admin: Admin) -> None:
    await admin.sets(queue="wrap_up = 30\nwrap_up_extension = 60")
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await call.hang_up()
        await ringing.ended()
        before = datetime.fromisoformat((await stack.agent_state("1001", "wrap_up"))["until"])
        code = await agent.dial("*15")
        await code.ended()
        view = await stack.agent_state("1001", "wrap_up")
        assert datetime.fromisoformat(view["until"]) - before == timedelta(seconds=60)

        code = await agent.dial("*14")
        await code.ended()
        await stack.agent_state("1001", "ready")


async def test_levels_widen_while_the_caller_waits(stack: Stack, admin: Admin) -> None:
    await admin.sets(
        queue="[widening]\nlevels = [5]",
        agents="""
            [[agent]]
            id = "1001"
            name = "Hilft aus"
            skills = { jugend = 2 }
            [[agent]]
            id = "1002"
            name = "Kennt sich aus"
            languages = ["de", "en"]
            """,
    )
    async with stack.ready_agent("1001") as agent, stack.citizen() as citizen:
        call = await citizen.dial(JUGEND)
        status = await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        assert next(a for a in status["agents"] if a["id"] == "1001")["state"] == "ready"
        ringing = await agent.incoming()
        await call.hang_up()
        await ringing.ended()


async def test_an_agent_s_telephone_that_vanishes_costs_the_caller_nothing(stack: Stack) -> None:
    async with (
        stack.ready_agent("1001") as vanishing,
        stack.citizen() as citizen,
    ):
        await vanishing.unregister()
        await stack.status(
            lambda status: not next(a for a in status["agents"] if a["id"] == "1001")["reachable"],
            "1001 away",
        )
        async with stack.ready_agent("1002") as there:
            call = await citizen.dial(JUGEND)
            ringing = await there.incoming()
            await stack.talk("1002", ringing)
            await call.hang_up()
            await ringing.ended()
