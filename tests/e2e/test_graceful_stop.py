"""The program is ended in order and started again while people are on the phone: nobody notices."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from testbed.audio import longest_gap, seconds_of
from testbed.installation import Installation
from testbed.ports import Ports
from testbed.stack import Stack

JUGEND: Final = "044619195010"
_END_SECONDS: Final = 5
_UNNOTICED_SECONDS: Final = 0.3
"""A telephone's own jitter on a busy machine; without the program nobody would hear anything."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system of this module's own, to be stopped."""
    folder = tmp_path_factory.mktemp("stopped") / "config"
    shutil.copytree(config, folder)
    # A start takes a while where a machine does other things as well.
    (folder / "queue.toml").write_text("ring_time = 60\nwrap_up = 1\n")
    async with Stack(another(folder), ports) as stack:
        yield stack


async def restart(stack: Stack) -> None:
    """End the program in order, in time, and start it again."""
    assert await stack.ivr.stop(within=_END_SECONDS) == 0
    await stack.start_ivr()


async def test_a_talk_goes_on_and_ends_as_what_it_was(own: Stack) -> None:
    async with own.ready_agent("1001") as agent, own.citizen("+491713920151") as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()
        await own.talk("1001", ringing)
        began = time.monotonic()
        await own.ivr.stop(within=_END_SECONDS)
        await ringing.talk(1)
        await own.start_ivr()
        await own.agent_state("1001", "on_call")
        [there] = (await own.api("GET", "status"))["callers"]
        assert there["phase"] == "talking"
        await ringing.hang_up()
        talked = time.monotonic() - began
        await caller.ended()
        ended = await own.ended_call(since=0)

    assert ended["outcome"] == "completed"
    assert ended["agent"] == "1001"
    assert ended["talked_seconds"] == pytest.approx(talked, abs=2)
    for heard, hertz in ((ringing.heard(), citizen.tone), (caller.heard(), agent.tone)):
        assert longest_gap(heard, hertz) <= _UNNOTICED_SECONDS
        assert seconds_of(heard, hertz) >= talked - 2
    await own.asterisk.idle()
    assert await own.asterisk.bridges() == []


async def test_who_waits_keeps_waiting_in_order_with_the_waiting_time(own: Stack) -> None:
    async with own.citizen("+491713920152") as early, own.citizen("+491713920153") as late:
        first = await early.dial(JUGEND)
        await own.status(lambda status: len(status["waiting"]) == 1, "one waits")
        second = await late.dial(JUGEND)
        before = await own.status(lambda status: len(status["waiting"]) == 2, "two wait")

        await restart(own)

        after = await own.status(lambda status: len(status["waiting"]) == 2, "two still wait")
        assert [each["call"] for each in after["waiting"]] == [
            each["call"] for each in before["waiting"]
        ]
        for now, then in zip(after["waiting"], before["waiting"], strict=True):
            assert now["waits_seconds"] > then["waits_seconds"]
        async with own.ready_agent("1001") as agent:
            for number, call in (("+491713920152", first), ("+491713920153", second)):
                ringing = await agent.incoming()
                assert ringing.display.number == number
                await own.talk("1001", ringing)
                await call.hang_up()
                await ringing.ended()
    await own.asterisk.idle()


async def test_a_telephone_that_rings_goes_on_ringing_and_is_answered(own: Stack) -> None:
    async with own.ready_agent("1002") as agent, own.citizen("+491713920154") as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await agent.incoming()

        await restart(own)

        with pytest.raises(TimeoutError):
            await ringing.ended(within=0.5)
        await own.talk("1002", ringing)
        await caller.hang_up()
        await ringing.ended()
    await own.asterisk.idle()


async def test_ends_in_time_while_asterisk_and_broker_are_frozen(own: Stack) -> None:
    async with own.citizen("+491713920155") as citizen:
        caller = await citizen.dial(JUGEND)
        await own.status(lambda status: len(status["waiting"]) == 1, "one waits")
        own.asterisk.freeze()
        own.broker.freeze()
        try:
            status = await own.ivr.stop(within=_END_SECONDS)
        finally:
            own.asterisk.thaw()
            own.broker.thaw()
        assert status == 0
        await own.start_ivr()
        await own.status(lambda status: len(status["waiting"]) == 1, "one still waits")
        await caller.hang_up()
        await asyncio.wait_for(own.asterisk.idle(), 10)
