"""A caller hangs up, keeps the place, and is phoned when it is the caller's turn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from testbed.audio import dominant_frequency
from testbed.exchange import Exchange
from testbed.phone import Call, Phone
from testbed.stack import Stack
from tests.e2e.conftest import Admin
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"
CALLER = "+491713920031"

KEEP_PLACE = """
[keep_place]
first = "{first}"
attempts = 1
retry_after = 30
ring_time = 10
"""


@pytest_asyncio.fixture(loop_scope="session")
async def exchange(stack: Stack) -> AsyncIterator[Exchange]:
    async with Exchange(stack.installation.exchange) as exchange:
        yield exchange


async def _keeps_place(stack: Stack, citizen: Phone) -> Call:
    """Call, press the key, and hang up after the confirmation; returns that call."""
    call = await citizen.dial(JUGEND)
    await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
    await call.press("2")
    await call.ended(within=20)
    assert prompts_heard(call.heard())[-2:] == ["keep-place-confirmed", "goodbye"]
    return call


@pytest.mark.parametrize("first", ["agent", "caller"])
async def test_the_caller_is_phoned_and_talks(
    stack: Stack, admin: Admin, exchange: Exchange, first: str
) -> None:
    await admin.sets(queue=KEEP_PLACE.format(first=first))
    since = len(stack.ivr.output)
    async with stack.citizen(CALLER, tone=660) as citizen:
        exchange.connect(CALLER, citizen)
        await _keeps_place(stack, citizen)
        async with stack.ready_agent("1001", tone=440) as agent:
            if first == "agent":
                offered = await agent.incoming()
                await offered.answer()
                phoned = await citizen.incoming()
                await phoned.answer()
            else:
                phoned = await citizen.incoming()
                await phoned.answer()
                offered = await agent.incoming()
                await offered.answer()
            await stack.agent_state("1001", "on_call")
            await phoned.talk(1.5)
            await phoned.hang_up()
            await offered.ended()
            ended = await stack.ended_call(since=since)

            assert phoned.display.number.endswith("44619197777")
            assert (ended["outcome"], ended["agent"]) == ("completed", "1001")
            assert dominant_frequency(phoned.heard()) == 440
            assert dominant_frequency(offered.heard()) == 660


async def test_who_is_not_reached_has_a_callback_instead(
    stack: Stack, admin: Admin, exchange: Exchange
) -> None:
    await admin.sets(queue=KEEP_PLACE.format(first="agent"))
    since = len(stack.ivr.output)
    async with stack.citizen(CALLER) as citizen:
        await _keeps_place(stack, citizen)
        exchange.refuse(CALLER, 486)
        async with stack.ready_agent("1001") as agent:
            offered = await agent.incoming()
            await offered.answer()
            told = await stack.caseworker.told("requested", caller_number=CALLER)
            await offered.ended(within=20)
            await stack.agent_state("1001", "ready")
            ended = await stack.ended_call(since=since)

            assert told["callback"]["source"] == "caller_dtmf"
            assert ended["outcome"] == "callback"
            assert prompts_heard(offered.heard()) == ["caller-phoned-back", "caller-not-reached"]


async def test_a_kept_place_outlives_the_program(
    stack: Stack, admin: Admin, exchange: Exchange
) -> None:
    await admin.sets(queue=KEEP_PLACE.format(first="agent"))
    async with stack.citizen(CALLER) as citizen:
        exchange.connect(CALLER, citizen)
        await _keeps_place(stack, citizen)
        await stack.ivr.kill()
        await stack.start_ivr()
        since = len(stack.ivr.output)
        async with stack.ready_agent("1001") as agent:
            offered = await agent.incoming()
            await offered.answer()
            phoned = await citizen.incoming()
            await phoned.answer()
            await stack.agent_state("1001", "on_call")
            await phoned.hang_up()
            await offered.ended()
            assert (await stack.ended_call(since=since))["outcome"] == "completed"
