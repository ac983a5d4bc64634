"""What agents say came of a call, and what the report makes of it."""

from __future__ import annotations

import asyncio
from collections import Counter

from testbed.phone import Phone
from testbed.stack import Stack

JUGEND = "044619195010"

_POLL_SECONDS = 0.2


async def _served(stack: Stack, agent: Phone, number: str) -> None:
    """Let a citizen call, be answered and hang up."""
    since = len(stack.ivr.output)
    async with stack.citizen(number) as citizen:
        call = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await stack.talk("1001", ringing)
        await call.hang_up()
        await ringing.ended()
    await stack.ended_call(since=since)


async def _results(stack: Stack) -> Counter[str]:
    """Count the results in today's report, beside the running service."""
    return Counter((await stack.command("report"))["results"])


async def _told(stack: Stack, wanted: Counter[str]) -> None:
    """Wait until the report tells just these results."""
    async with asyncio.timeout(10):
        while True:
            if await _results(stack) == wanted:
                return
            await asyncio.sleep(_POLL_SECONDS)


async def test_results_by_key_and_by_command_are_in_the_report(stack: Stack) -> None:
    before = await _results(stack)
    async with stack.ready_agent("1001") as agent:
        await _served(stack, agent, "+491713920331")
        code = await agent.dial("*171")
        await code.ended()
        await stack.wants("1001", "ready")
        await _served(stack, agent, "+491713920332")
        await stack.command("agents", "result", "1001", "referred")

    await _told(stack, before + Counter(settled=1, referred=1))
