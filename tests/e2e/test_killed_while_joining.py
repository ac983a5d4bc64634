"""The program is killed before it hears that a caller it has phoned back and an agent are joined.

That moment is too short to be met: what was heard after it is taken out of the journal.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from testbed.audio import dominant_frequency
from testbed.exchange import Exchange
from testbed.installation import Installation
from testbed.ports import Ports
from testbed.stack import Stack

JUGEND = "044619195010"
QUEUE = """
wrap_up = 1

[keep_place]
first = "agent"
"""
LAST_HEARD = '"PartyAnswered"'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def keeping(
    tmp_path_factory: pytest.TempPathFactory,
    config: Path,
    another: Callable[[Path], Installation],
    ports: Ports,
) -> AsyncIterator[Stack]:
    """A system that phones back who kept the place, the agent first."""
    folder = tmp_path_factory.mktemp("keeping") / "config"
    shutil.copytree(config, folder)
    (folder / "queue.toml").write_text(QUEUE)
    async with Stack(another(folder), ports) as stack:
        yield stack


async def _killed_before_it_heard(stack: Stack) -> None:
    """Kill the program, as if that had been after the last answer and before anything else."""
    await stack.ivr.kill()
    segment = max((stack.installation.state / "journal").glob("*.journal"))
    steps = segment.read_text().splitlines(keepends=True)
    last = max(n for n, step in enumerate(steps) if LAST_HEARD in step)
    assert any('"CallConnected"' in step for step in steps[last:])
    segment.write_text("".join(steps[: last + 1]))


def _nobody_is_there(status: dict[str, Any]) -> bool:
    return not status["counts"]["calls"]


@pytest.mark.parametrize(("number", "talk_on"), [("+491713920351", True), ("+491713920352", False)])
async def test_who_was_joined_unheard_has_talked(
    keeping: Stack, number: str, *, talk_on: bool
) -> None:
    stack = keeping
    async with (
        Exchange(stack.installation.exchange) as exchange,
        stack.agent_phone("1001", tone=440) as agent,
        stack.citizen(number, tone=660) as citizen,
    ):
        exchange.connect(number, citizen)
        kept = await citizen.dial(JUGEND)
        await stack.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        await kept.press("2")
        await kept.ended(within=20)
        await stack.wants("1001", "ready")
        offered = await agent.incoming()
        await offered.answer()
        phoned = await citizen.incoming()
        await phoned.answer()
        await stack.agent_state("1001", "on_call")
        await phoned.talk(1)
        await _killed_before_it_heard(stack)
        if not talk_on:
            await offered.hang_up()
        await stack.start_ivr()
        if talk_on:
            await stack.agent_state("1001", "on_call")
            await offered.hang_up()
        ended = await stack.ended_call(since=0)
        await phoned.ended()
        status = await stack.status(_nobody_is_there, "nobody is left")
        await stack.agent_state("1001", "ready")
        await stack.wants("1001", "logged_out")

        assert (ended["outcome"], ended["agent"]) == ("completed", "1001")
        assert ended["offers"] == 1
        assert status["waiting"] == []
        assert not [line for line in stack.ivr.output if "offer_refused" in line]
        assert dominant_frequency(phoned.heard()) == 440
    await stack.asterisk.idle()
    assert await stack.asterisk.bridges() == []
