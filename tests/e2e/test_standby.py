"""The fallback queue stands in for the program, and what happened there is known afterwards."""

from __future__ import annotations

import asyncio

from testbed.phone import Phone
from testbed.stack import Stack

JUGEND = "044619195010"
POLL_SECONDS = 0.1


async def in_step(stack: Stack, **agents: str) -> None:
    """Wait until the fallback queue counts exactly these agents, as ready or paused."""
    async with asyncio.timeout(10):
        while True:
            shown = (await stack.asterisk.cli("queue show ivr-fallback")).splitlines()
            members = {line.split()[0]: line for line in shown if "PJSIP/" in line}
            found = {
                f"agent_{agent}": "paused" if "(paused" in line else "ready"
                for agent, line in members.items()
            }
            if found == agents:
                return
            await asyncio.sleep(POLL_SECONDS)


async def waits(stack: Stack) -> None:
    """Wait until somebody is in the fallback queue."""
    async with asyncio.timeout(10):
        while True:
            if "has 1 calls" in await stack.asterisk.cli("queue show ivr-fallback"):
                return
            await asyncio.sleep(POLL_SECONDS)


async def dials(agent: Phone, code: str) -> None:
    call = await agent.dial(code)
    await call.answered()
    await call.ended()


def rang(agent: Phone) -> int:
    return [event["type"] for event in agent.events].count("CALL_INCOMING")


async def serves(agent: Phone, caller: Phone) -> str:
    """Let a caller call and the agent answer; return the number the agent sees."""
    call = await caller.dial(JUGEND)
    ringing = await agent.incoming(within=20)
    await ringing.answer()
    await ringing.audible()
    await ringing.hang_up()
    await call.ended()
    return ringing.display.number


async def test_the_fallback_serves_with_those_who_are_ready_and_is_counted(
    fragile: Stack,
) -> None:
    before = (await fragile.api("GET", "status"))["today"]
    async with (
        fragile.agent_phone("1001") as ready,
        fragile.agent_phone("1002") as paused,
        fragile.agent_phone("1003") as out,
        fragile.citizen("+491713920121") as first,
        fragile.citizen("+491713920122") as second,
        fragile.citizen("+491713920123") as impatient,
    ):
        await fragile.wants("1001", "ready")
        await fragile.wants("1002", "paused")
        await in_step(fragile, agent_1001="ready", agent_1002="paused")
        await fragile.ivr.kill()

        assert await serves(ready, first) == "+491713920121"
        assert (rang(paused), rang(out)) == (0, 0)
        # Meanwhile one goes home and another comes.
        await dials(ready, "*13")
        await dials(out, "*11")
        assert await serves(out, second) == "+491713920122"
        assert (rang(ready), rang(paused)) == (1, 0)
        await dials(out, "*12")
        gives_up = await impatient.dial(JUGEND)
        await gives_up.answered()
        await waits(fragile)
        await gives_up.hang_up()
        await fragile.asterisk.idle()
        await fragile.start_ivr()

        await fragile.agent_state("1001", "logged_out")
        await fragile.agent_state("1002", "paused")
        await fragile.agent_state("1003", "paused")
        await in_step(fragile, agent_1002="paused", agent_1003="paused")
        counted = await fragile.status(
            lambda status: status["today"]["by_fallback"] == before["by_fallback"] + 3,
            "three calls of the fallback",
        )
        assert counted["today"]["answered"] == before["answered"] + 2
        calls = [
            call
            for call in await fragile.command("calls", "list", "--finished", "10")
            if call["by_fallback"]
        ]
        assert {(call["caller_number"], call["outcome"], call["agent"]) for call in calls} == {
            ("+491713920121", "completed", "1001"),
            ("+491713920122", "completed", "1003"),
            ("+491713920123", "abandoned", None),
        }
        assert {call["department"] for call in calls} == {"jugend"}

        # Read once more from where it was, after another crash: nothing is counted twice.
        await fragile.ivr.kill()
        await fragile.start_ivr()
        await fragile.agent_state("1003", "paused")
        again = (await fragile.api("GET", "status"))["today"]
        assert again["arrived"] == counted["today"]["arrived"]
        for agent in ("1002", "1003"):
            await fragile.wants(agent, "logged_out")
        await in_step(fragile)


async def test_a_crash_logs_nobody_in_or_out(fragile: Stack) -> None:
    async with fragile.agent_phone("1001"), fragile.agent_phone("1002"):
        await fragile.wants("1001", "ready")
        await fragile.wants("1002", "paused")
        for _ in range(2):
            await fragile.ivr.kill()
            await fragile.start_ivr()
            await fragile.agent_state("1001", "ready")
            await fragile.agent_state("1002", "paused")
            await in_step(fragile, agent_1001="ready", agent_1002="paused")
        for agent in ("1001", "1002"):
            await fragile.wants(agent, "logged_out")
        await in_step(fragile)


async def test_asterisk_forgets_nobody_either(fragile: Stack) -> None:
    await fragile.wants("1001", "ready")
    await in_step(fragile, agent_1001="ready")
    since = len(fragile.ivr.output)
    await fragile.asterisk.kill()
    await fragile.ivr.line('"ami_away"', since=since)
    await fragile.wants("1001", "paused")
    await fragile.asterisk.start()
    await fragile.ivr.line('"ami_connected"', since=since, within=20)
    await in_step(fragile, agent_1001="paused")
    await fragile.wants("1001", "logged_out")
    await in_step(fragile)
