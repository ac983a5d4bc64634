"""Out of hours: callers hear when the service opens again, and may ask for a callback."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from testbed.installation import Installation
from testbed.ports import Ports
from testbed.stack import Stack

JUGEND = "044619195010"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def closed(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system that is open on one day a week, and that is neither today nor tomorrow."""
    folder = tmp_path_factory.mktemp("closed") / "config"
    shutil.copytree(config, folder)
    day = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=3)
    (folder / "hours.toml").write_text(f'[week]\n{day:%A} = ["07:00-18:00"]\n'.lower())
    async with Stack(another(folder), ports) as stack:
        yield stack


async def test_caller_out_of_hours_asks_for_a_callback(closed: Stack) -> None:
    since = len(closed.ivr.output)
    async with closed.citizen("+491713920051") as citizen:
        caller = await citizen.dial(JUGEND)
        await caller.answered()
        await caller.press("1#")
        told = await closed.caseworker.told("requested", caller_number="+491713920051")
        await caller.ended(within=30)
    ended = await closed.ended_call(since=since)

    assert told["callback"]["source"] == "out_of_hours"
    assert ended["outcome"] == "callback"


async def test_caller_out_of_hours_who_wants_nothing_is_let_go(closed: Stack) -> None:
    since = len(closed.ivr.output)
    async with closed.ready_agent("1001") as agent, closed.citizen("+491713920052") as citizen:
        caller = await citizen.dial(JUGEND)
        await caller.ended(within=40)
        ended = await closed.ended_call(since=since)

        assert ended["outcome"] == "closed"
        assert not [event for event in agent.events if event["type"] == "CALL_INCOMING"]
