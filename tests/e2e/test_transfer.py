"""Agents consult colleagues and put callers through: by key, and with a button of the telephone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest_asyncio

from testbed.audio import dominant_frequency
from testbed.desk_phone import DeskPhone
from testbed.exchange import Exchange
from testbed.phone import Call, Phone
from testbed.ports import Ports
from testbed.stack import Stack
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"
COLLEAGUE = "+4944619194711"
EXTENSION = "4711"


@pytest_asyncio.fixture(loop_scope="session")
async def exchange(stack: Stack) -> AsyncIterator[Exchange]:
    async with Exchange(stack.installation.exchange) as exchange:
        yield exchange


@dataclass
class _Talk:
    """A caller (660 Hz) and agent 1001 (440 Hz) talk; a colleague (880 Hz) has a telephone."""

    agent: Call
    caller: Call
    colleague: Phone
    since: int


@asynccontextmanager
async def _talk(stack: Stack, exchange: Exchange) -> AsyncIterator[_Talk]:
    async with AsyncExitStack() as open_:
        agent = await open_.enter_async_context(stack.ready_agent("1001", tone=440))
        citizen = await open_.enter_async_context(stack.citizen(tone=660))
        colleague = await open_.enter_async_context(stack.citizen(COLLEAGUE, tone=880))
        exchange.connect(COLLEAGUE, colleague)
        since = len(stack.ivr.output)
        call = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        yield _Talk(ringing, call, colleague, since)


async def test_by_key_after_a_word_with_the_colleague(stack: Stack, exchange: Exchange) -> None:
    async with _talk(stack, exchange) as talk:
        await talk.agent.press(f"*8{EXTENSION}#")
        ringing = await talk.colleague.incoming()
        await ringing.answer()
        await ringing.talk(1.5)
        await talk.agent.hang_up()
        await stack.agent_state("1001", "ready")
        await talk.caller.talk(1.5)
        await talk.caller.hang_up()
        await ringing.ended()
        ended = await stack.ended_call(since=talk.since)

        assert (ended["outcome"], ended["agent"]) == ("completed", "1001")
        assert dominant_frequency(talk.agent.heard()) == 880
        assert dominant_frequency(talk.caller.heard()) == 880
        assert dominant_frequency(ringing.heard()) == 660


async def test_by_key_without_a_word(stack: Stack, exchange: Exchange) -> None:
    async with _talk(stack, exchange) as talk:
        await talk.agent.press(f"*8{EXTENSION}#")
        ringing = await talk.colleague.incoming()
        await talk.agent.hang_up()
        await ringing.answer()
        await talk.caller.talk(1.5)
        await ringing.hang_up()
        await talk.caller.ended()
        assert dominant_frequency(talk.caller.heard()) == 880


async def test_a_colleague_who_does_not_answer_gives_the_caller_back(
    stack: Stack, exchange: Exchange
) -> None:
    async with _talk(stack, exchange) as talk:
        await talk.agent.press(f"*8{EXTENSION}#")
        await (await talk.colleague.incoming()).reject()
        await talk.caller.talk(3)
        await talk.caller.hang_up()
        await talk.agent.ended()
        assert "transfer-failed" in prompts_heard(talk.agent.heard())
        assert dominant_frequency(talk.caller.heard()) == 440


async def test_a_blind_transfer_that_fails_gives_the_caller_the_place_back(
    stack: Stack, exchange: Exchange
) -> None:
    async with _talk(stack, exchange) as talk:
        await talk.agent.press(f"*8{EXTENSION}#")
        ringing = await talk.colleague.incoming()
        await talk.agent.hang_up()
        await stack.wants("1001", "paused")
        await ringing.reject()
        await stack.status(lambda status: len(status["waiting"]) == 1, "the caller waits again")
        await talk.caller.hang_up()


async def test_back_to_the_caller(stack: Stack, exchange: Exchange) -> None:
    async with _talk(stack, exchange) as talk:
        await talk.agent.press(f"*8{EXTENSION}#")
        ringing = await talk.colleague.incoming()
        await ringing.answer()
        await talk.agent.press("*9")
        await ringing.ended()
        await talk.caller.talk(1.5)
        await talk.caller.hang_up()
        await talk.agent.ended()
        assert dominant_frequency(talk.caller.heard()) == 440


async def test_all_three_together(stack: Stack, exchange: Exchange) -> None:
    async with _talk(stack, exchange) as talk:
        await talk.agent.press(f"*8{EXTENSION}#")
        ringing = await talk.colleague.incoming()
        await ringing.answer()
        await ringing.talk(0.5)
        await talk.agent.press("*3")
        await talk.caller.talk(2)
        await talk.agent.hang_up()
        await talk.caller.talk(1.5)
        await talk.caller.hang_up()
        await ringing.ended()
        assert dominant_frequency(talk.caller.heard()) == 880


async def test_nobody_is_put_through_to_a_number_that_is_not_allowed(
    stack: Stack, exchange: Exchange
) -> None:
    async with _talk(stack, exchange) as talk:
        await talk.agent.press("*809001234567#")
        await talk.caller.talk(6)  # thirteen keys take a while
        await talk.caller.hang_up()
        await talk.agent.ended()
        assert "transfer-refused" in prompts_heard(talk.agent.heard())
        assert len(exchange.calls) == 0


async def test_with_the_telephone_s_button(stack: Stack, exchange: Exchange, ports: Ports) -> None:
    async with (
        _desk_phone(stack, ports) as phone,
        stack.citizen(tone=660) as citizen,
        stack.citizen(COLLEAGUE, tone=880) as colleague,
    ):
        exchange.connect(COLLEAGUE, colleague)
        call = await citizen.dial(JUGEND)
        offered = await phone.incoming()
        await offered.answer()
        await stack.agent_state("1001", "on_call")
        await offered.transfer(COLLEAGUE)
        ringing = await colleague.incoming()
        await ringing.answer()
        assert await offered.told() == 200
        await call.talk(1.5)
        await call.hang_up()
        await ringing.ended()
        assert dominant_frequency(call.heard()) == 880


async def test_with_the_telephone_s_button_after_a_word(
    stack: Stack, exchange: Exchange, ports: Ports
) -> None:
    async with (
        _desk_phone(stack, ports) as phone,
        stack.citizen(tone=660) as citizen,
        stack.citizen(COLLEAGUE, tone=880) as colleague,
    ):
        exchange.connect(COLLEAGUE, colleague)
        since = len(stack.ivr.output)
        call = await citizen.dial(JUGEND)
        offered = await phone.incoming()
        await offered.answer()
        await stack.agent_state("1001", "on_call")
        await offered.hold()
        second = await phone.dial(EXTENSION)
        ringing = await colleague.incoming()
        await ringing.answer()
        await second.answered()
        await offered.transfer_to(second)
        assert await offered.told() == 200
        await call.talk(1.5)
        await ringing.hang_up()
        await call.ended()
        ended = await stack.ended_call(since=since)
        assert (ended["outcome"], ended["agent"]) == ("completed", "1001")
        assert dominant_frequency(call.heard()) == 880


async def test_the_button_can_fail_and_the_talk_goes_on(
    stack: Stack, exchange: Exchange, ports: Ports
) -> None:
    async with _desk_phone(stack, ports) as phone, stack.citizen(tone=660) as citizen:
        call = await citizen.dial(JUGEND)
        offered = await phone.incoming()
        await offered.answer()
        await stack.agent_state("1001", "on_call")
        await offered.transfer(COLLEAGUE)  # nobody has this number
        assert await offered.told() >= 400
        await stack.agent_state("1001", "on_call")
        await call.hang_up()
        await offered.ended()
    assert [each.number for each in exchange.calls] == [COLLEAGUE]


@asynccontextmanager
async def _desk_phone(stack: Stack, ports: Ports) -> AsyncIterator[DeskPhone]:
    """Agent 1001 with a desk phone, ready."""
    installation = stack.installation
    password = installation.agent_password("1001")
    async with DeskPhone("1001", password, server=installation.sip, ports=ports) as phone:
        await stack.wants("1001", "ready")
        try:
            yield phone
        finally:
            await stack.wants("1001", "logged_out")
