"""Asterisk is killed with people on the telephone, and started again: what can be kept is kept.

Each scene has telephones of its own: those that saw Asterisk die keep dead calls.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from testbed.exchange import Exchange
from testbed.installation import Installation
from testbed.ports import Ports
from testbed.stack import Stack

JUGEND: Final = "044619195010"
TALKS: Final = "+491713920111"
WAITS: Final = "+491713920112"
COMES_LATER: Final = "+491713920113"
KEEPS_PLACE: Final = "+491713920114"

QUEUE: Final = """
ring_time = 5
wrap_up = 1
redial_within = 180

[keep_place]
first = "agent"
attempts = 1
ring_time = 10
"""
_POLL_SECONDS: Final = 0.02


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system of this module's own: the others' is not to be killed."""
    folder = tmp_path_factory.mktemp("asterisk-dies") / "config"
    shutil.copytree(config, folder)
    (folder / "queue.toml").write_text(QUEUE)
    async with Stack(another(folder), ports) as stack:
        yield stack


async def asterisk_dies(stack: Stack) -> None:
    """Kill it and start it again; return when the program has found it."""
    since = len(stack.ivr.output)
    await stack.asterisk.kill()
    await stack.ivr.line('"asterisk_away"', since=since)
    async with asyncio.TaskGroup() as tasks:
        answers = tasks.create_task(ari_answers(stack))
        found = tasks.create_task(found_again(stack, since))
        await stack.asterisk.start()
    seconds = found.result() - answers.result()
    print(f"connected {seconds:.2f} s after ARI answers")  # noqa: T201 - how quick it is


async def ari_answers(stack: Stack) -> float:
    """Wait until ARI answers, though it asks for a password; returns when it did."""
    url = f"http://{stack.installation.environment['IVR_ASTERISK_HTTP_BIND']}/ari/asterisk/ping"
    async with httpx.AsyncClient() as client, asyncio.timeout(30):
        while True:
            try:
                if (await client.get(url)).status_code == httpx.codes.UNAUTHORIZED:
                    return time.monotonic()
            except httpx.TransportError:
                pass
            await asyncio.sleep(_POLL_SECONDS)


async def found_again(stack: Stack, since: int) -> float:
    """Wait until the program is connected; returns when it was."""
    await stack.ivr.line('"asterisk_connected"', since=since, within=30)
    return time.monotonic()


async def someone_waits(stack: Stack, count: int) -> None:
    await stack.status(lambda status: len(status["waiting"]) == count, f"{count} callers wait")


async def finished(stack: Stack, *callers: str) -> dict[str, dict[str, Any]]:
    """Wait for the figure of the last call of each; returns them by the caller's number."""
    async with asyncio.timeout(10):
        while True:
            calls = await stack.command("calls", "list", "--finished", "10")
            last = {call["caller_number"]: call for call in reversed(calls)}
            if last.keys() >= set(callers):
                return last


async def test_calls_fail_agents_stay_and_who_calls_again_has_the_place(own: Stack) -> None:
    async with (
        own.agent_phone("1001") as agent,
        own.citizen(TALKS) as talker,
        own.citizen(WAITS) as waiter,
    ):
        await own.wants("1001", "ready")
        await own.api("PUT", "agents/1002/presence", presence="paused", reason="lunch")
        await talker.dial(JUGEND)
        await own.talk("1001", await agent.incoming())
        await waiter.dial(JUGEND)
        await someone_waits(own, 1)

        await asterisk_dies(own)

        calls = await finished(own, TALKS, WAITS)
    assert [calls[number]["outcome"] for number in (TALKS, WAITS)] == ["failed", "failed"]
    assert calls[TALKS]["agent"] == "1001"
    assert calls[TALKS]["talked_seconds"] > 0
    await own.agent_state("1001", "ready")
    assert (await own.agent_state("1002", "paused"))["reason"] == "lunch"
    await own.agent_state("1003", "logged_out")

    # Somebody new calls before those who were cut off; meanwhile nobody is free.
    await own.wants("1001", "paused")
    async with AsyncExitStack() as people:
        agent = await people.enter_async_context(own.agent_phone("1001"))
        for count, number in enumerate((COMES_LATER, WAITS, TALKS), 1):
            phone = await people.enter_async_context(own.citizen(number))
            await phone.dial(JUGEND)
            await someone_waits(own, count)
        await own.wants("1001", "ready")
        served = []
        for _ in range(3):
            ringing = await agent.incoming()
            served.append(ringing.display.number)
            await own.talk("1001", ringing)
            await ringing.hang_up()
        await own.wants("1001", "logged_out")
    assert served == [TALKS, WAITS, COMES_LATER]
    await own.asterisk.idle()
    assert await own.asterisk.bridges() == []


async def test_who_kept_the_place_is_phoned_afterwards(own: Stack) -> None:
    async with Exchange(own.installation.exchange) as exchange, own.citizen(KEEPS_PLACE) as citizen:
        exchange.connect(KEEPS_PLACE, citizen)
        call = await citizen.dial(JUGEND)
        await someone_waits(own, 1)
        await call.press("2")
        await call.ended(within=20)

        await asterisk_dies(own)

        since = len(own.ivr.output)
        async with own.ready_agent("1001") as agent:
            offered = await agent.incoming()
            assert offered.display.number == KEEPS_PLACE
            await offered.answer()
            phoned = await citizen.incoming()
            await phoned.answer()
            await own.agent_state("1001", "on_call")
            await phoned.hang_up()
            await offered.ended()
            ended = await own.ended_call(since=since)
    assert (ended["outcome"], ended["agent"]) == ("completed", "1001")
    await own.asterisk.idle()
