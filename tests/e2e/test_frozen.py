"""The program stands still while people call: who called first is served first."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from testbed.audio import write_tone
from testbed.installation import Installation
from testbed.phone import Phone
from testbed.ports import Ports
from testbed.stack import Stack

JUGEND = "044619195010"
GREETING_SECONDS = 12
LONG, SHORT = 4.5, 1.5
"""Seconds of a standstill after which the program asks what it missed, or reads what waits."""
PATIENCE = 30
"""Seconds for what takes a few, on a machine that does other things as well."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def greeting(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system of this module's own, which greets for long."""
    folder = tmp_path_factory.mktemp("frozen") / "config"
    shutil.copytree(config, folder)
    installation = another(folder)
    sounds = installation.state / "sounds" / "de"
    for short in sounds.glob("greeting.*"):
        short.unlink()
    write_tone(sounds / "greeting.wav", hertz=1000, seconds=GREETING_SECONDS)
    async with Stack(installation, ports) as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def stack(greeting: Stack) -> AsyncIterator[Stack]:
    yield greeting
    await greeting.asterisk.idle()


async def two_call(
    stack: Stack, phones: tuple[Phone, Phone], *, greeted: float, frozen: float
) -> None:
    """The second calls while the program is ``frozen``, for so many seconds.

    The first has heard the greeting then, for as many as ``greeted`` says.
    """
    first, second = phones
    call = await first.dial(JUGEND)
    await call.audible()
    await asyncio.sleep(greeted)
    stack.ivr.freeze()
    try:
        await second.dial(JUGEND)
        await asyncio.sleep(frozen)
        assert len(await stack.asterisk.channels()) == len(phones), "the second has not called"
    finally:
        stack.ivr.thaw()


async def served(agent: Phone) -> str:
    """Answer the next call and hang up; return whose it was."""
    ringing = await agent.incoming(within=PATIENCE)
    await ringing.answer()
    await ringing.audible()
    await ringing.hang_up()
    return ringing.display.number


@pytest.mark.parametrize(
    ("greeted", "frozen", "first", "second"),
    [
        pytest.param(0, LONG, "+491713920341", "+491713920342", id="greeted still"),
        pytest.param(9, LONG, "+491713920343", "+491713920344", id="greeted by then"),
        pytest.param(11, SHORT, "+491713920345", "+491713920346", id="only late"),
    ],
)
async def test_who_was_greeted_when_it_froze_is_served_before_who_called_then(
    stack: Stack, greeted: float, frozen: float, first: str, second: str
) -> None:
    since = len(stack.ivr.output)
    async with stack.citizen(first) as earlier, stack.citizen(second) as later:
        await two_call(stack, (earlier, later), greeted=greeted, frozen=frozen)
        await stack.status(lambda status: len(status["waiting"]) == 2, "both wait", within=PATIENCE)
        said = [line for line in list(stack.ivr.output)[since:] if "unknown_caller_found" in line]
        assert said or frozen == SHORT
        async with stack.ready_agent("1001") as agent:
            assert [await served(agent), await served(agent)] == [first, second]


async def test_an_agent_who_is_free_gets_who_called_first(stack: Stack) -> None:
    first, second = "+491713920347", "+491713920348"
    async with (
        stack.ready_agent("1001") as agent,
        stack.citizen(first) as earlier,
        stack.citizen(second) as later,
    ):
        await two_call(stack, (earlier, later), greeted=9, frozen=LONG)
        assert [await served(agent), await served(agent)] == [first, second]
