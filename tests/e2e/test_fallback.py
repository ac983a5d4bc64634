"""The program is gone or frozen: `ivr fallback` stands by."""

from __future__ import annotations

import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from testbed.exchange import Exchange
from testbed.installation import IVR, Installation
from testbed.ports import Ports
from testbed.process import Process
from testbed.stack import Stack
from tests.e2e.conftest import QUEUE

JUGEND = "044619195010"
KEEP_PLACE = '[keep_place]\nfirst = "caller"\n'
AFTER = 3
"""Seconds without an answer that make the program count as dead."""
PATIENCE = 60
"""Seconds for what takes a few, on a machine that does other things as well."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system of this module's own, with the process that stands by."""
    folder = tmp_path_factory.mktemp("guarded") / "config"
    shutil.copytree(config, folder)
    (folder / "queue.toml").write_text(QUEUE + KEEP_PLACE)
    async with Stack(another(folder), ports) as stack:
        await stack.start_fallback(after=AFTER)
        yield stack


async def waits(stack: Stack) -> None:
    await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")


async def nobody_is_left(stack: Stack) -> None:
    """Not in Asterisk, and the program knows it."""
    await stack.asterisk.idle()
    assert await stack.asterisk.bridges() == []
    await stack.status(lambda status: status["counts"]["calls"] == {}, "nobody is left")


async def test_a_second_one_is_refused(guarded: Stack) -> None:
    async with await Process.start(
        IVR, "fallback", name="second", env=guarded.installation.environment
    ) as second:
        status = await second.ended(PATIENCE)

    assert status == 1
    assert "running already" in "\n".join(second.output)


async def test_who_waits_in_a_killed_program_is_answered(guarded: Stack) -> None:
    since = len(guarded.fallback.output)
    async with guarded.ready_agent("1001") as agent, guarded.citizen("+491713920131") as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await guarded.ivr.kill()
        await guarded.fallback.line('"caller_moved"', since=since, within=PATIENCE)
        # The telephone that rang for the dead program is free, and rings for the queue.
        await ringing.ended()
        again = await agent.incoming(within=PATIENCE)
        await again.answer()
        await again.audible()

        assert again.display.name == "Jugend"
        assert again.display.number == "+491713920131"
        await again.hang_up()
        await caller.ended()
        await guarded.start_ivr()
    await nobody_is_left(guarded)


async def test_a_talk_is_left_alone(guarded: Stack) -> None:
    since = len(guarded.fallback.output)
    async with (
        guarded.ready_agent("1001") as agent,
        guarded.citizen("+491713920132") as citizen,
        guarded.citizen("+491713920133") as another,
    ):
        caller = await citizen.dial(JUGEND)
        talk = await agent.incoming()
        await guarded.talk("1001", talk)
        other = await another.dial(JUGEND)
        await other.answered()
        await waits(guarded)
        await guarded.ivr.kill()
        await guarded.fallback.line('"caller_moved"', since=since, within=PATIENCE)
        assert len(await guarded.asterisk.bridges()) == 1
        await talk.audible()
        await talk.hang_up()
        await caller.ended()
        await other.hang_up()
        await guarded.start_ivr()
    await nobody_is_left(guarded)


async def test_who_waits_in_a_frozen_program_is_answered(guarded: Stack) -> None:
    since = len(guarded.fallback.output)
    async with guarded.ready_agent("1001") as agent, guarded.citizen("+491713920134") as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        guarded.ivr.freeze()
        try:
            await guarded.fallback.line('"caller_moved"', since=since, within=PATIENCE)
            await ringing.ended()
            again = await agent.incoming(within=PATIENCE)
        finally:
            guarded.ivr.thaw()
        await guarded.fallback.line('"ivr_answers"', since=since, within=PATIENCE)
        await again.answer()
        await again.audible()
        await again.hang_up()
        await caller.ended()
    await nobody_is_left(guarded)


async def test_who_was_phoned_back_and_waits_in_a_killed_program_is_answered(
    guarded: Stack,
) -> None:
    number = "+491713920314"
    since = len(guarded.fallback.output)
    async with (
        Exchange(guarded.installation.exchange) as exchange,
        guarded.citizen(number) as citizen,
    ):
        exchange.connect(number, citizen)
        first = await citizen.dial(JUGEND)
        await waits(guarded)
        await first.press("2")
        await first.ended(within=PATIENCE)
        async with guarded.ready_agent("1001") as agent:
            phoned = await citizen.incoming(within=PATIENCE)
            await guarded.wants("1001", "paused")
            await phoned.answer()
            await waits(guarded)
            await guarded.ivr.kill()
            await guarded.fallback.line('"caller_moved"', since=since, within=PATIENCE)
            ready = await agent.dial("*11")
            await ready.ended(within=PATIENCE)
            ringing = await agent.incoming(within=PATIENCE)
            await ringing.answer()
            await ringing.audible()

            assert ringing.display.name == "Jugend"
            assert ringing.display.number == number
            await ringing.hang_up()
            await phoned.ended()
            await guarded.start_ivr()
            await guarded.ivr.line('"fallback_calls_counted"', within=PATIENCE)
            # The place is not kept for somebody who was served: nobody is phoned again.
            await nobody_is_left(guarded)
            assert [call.number for call in exchange.calls] == [number]


async def test_callback_from_asterisks_own_queue(guarded: Stack) -> None:
    number = "+491713920135"
    since = len(guarded.fallback.output)
    await guarded.ivr.kill()
    async with guarded.citizen(number) as citizen:
        caller = await citizen.dial(JUGEND)
        await caller.answered()
        await caller.talk(3)  # greeted, and in the queue
        await caller.press("1")
        await guarded.fallback.line('"callback_dialog"', since=since, within=PATIENCE)
        await caller.ended(within=PATIENCE)
        await guarded.fallback.line('"result":"stored"', since=since)
    await guarded.start_ivr()
    told = await guarded.caseworker.told("requested", within=PATIENCE, caller_number=number)
    stored = await guarded.command("callbacks", "list", "--number", number)

    assert [told["callback"]["id"]] == [callback["id"] for callback in stored]
    assert told["callback"]["source"] == "caller_dtmf"
    assert told["callback"]["department"] == "jugend"


async def test_stops_within_a_second(guarded: Stack) -> None:
    since = len(guarded.fallback.output)
    guarded.fallback.send(signal.SIGTERM)
    await guarded.fallback.line('"stopped"', since=since, within=1)
    # Python's own end takes longer on a busy machine.
    assert await guarded.fallback.ended(within=PATIENCE) == 0
    await guarded.start_fallback(after=AFTER)
