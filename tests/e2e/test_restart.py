"""The program is killed, or stopped, while people are on the phone, and goes on with them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from testbed.installation import Installation
from testbed.ports import Ports
from testbed.stack import Stack

JUGEND = "044619195010"
NUMBERS = [f"+4917139201{number:02}" for number in range(1, 10)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own(
    another: Callable[[Path], Installation],
    ports: Ports,
    config: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stack]:
    """A system of this module's own: the others' is not to be killed."""
    folder = tmp_path_factory.mktemp("restart") / "config"
    shutil.copytree(config, folder)
    async with Stack(another(folder), ports) as stack:
        yield stack


def waiting(status: dict[str, Any]) -> list[str]:
    """Who waits, in order."""
    return [call["call"] for call in status["waiting"]]


def since(status: dict[str, Any]) -> list[float]:
    """Since when, in their order; the waits are told in whole seconds."""
    at = datetime.fromisoformat(status["at"]).timestamp()
    return [at - call["waits_seconds"] for call in status["waiting"]]


async def someone_waits(stack: Stack, count: int) -> dict[str, Any]:
    return await stack.status(
        lambda status: len(status["waiting"]) == count, f"{count} callers wait"
    )


def agent(status: dict[str, Any], name: str) -> dict[str, Any]:
    return dict(next(each for each in status["agents"] if each["id"] == name))


async def test_everybody_is_where_they_were_after_a_kill(own: Stack) -> None:
    async with AsyncExitStack() as people:
        talker = await people.enter_async_context(own.ready_agent("1001"))
        await people.enter_async_context(own.agent_phone("1002"))
        first = await people.enter_async_context(own.citizen(NUMBERS[0]))
        talking = await first.dial(JUGEND)
        talk = await talker.incoming()
        await own.talk("1001", talk)
        await own.api("PUT", "agents/1002/presence", presence="paused", reason="lunch")
        calls = []
        for number in (NUMBERS[3], NUMBERS[1], NUMBERS[2]):
            phone = await people.enter_async_context(own.citizen(number))
            calls.append(await phone.dial(JUGEND))
            await someone_waits(own, len(calls))
        before = await someone_waits(own, 3)

        await own.ivr.kill()
        await own.start_ivr()

        after = await someone_waits(own, 3)
        assert waiting(after) == waiting(before)
        assert since(after) == pytest.approx(since(before), abs=1.1)
        assert agent(after, "1001")["state"] == "on_call"
        assert agent(after, "1002")["state"] == "paused"
        assert agent(after, "1002")["reason"] == "lunch"

        await talk.hang_up()
        await talking.ended()
        for caller in calls:
            await caller.hang_up()
        await someone_waits(own, 0)
    await own.asterisk.idle()


async def test_the_figure_of_a_call_that_ended_a_moment_before_the_kill_is_there(
    own: Stack,
) -> None:
    start = len(own.ivr.output)
    async with own.citizen(NUMBERS[4]) as citizen:
        caller = await citizen.dial(JUGEND)
        await someone_waits(own, 1)
        with closing(sqlite3.connect(own.installation.state / "ivr.db")) as locker:
            # What ends now can't be written before the kill.
            locker.isolation_level = None
            locker.execute("BEGIN IMMEDIATE")
            await caller.hang_up()
            ended = await own.ended_call(since=start)
            await own.ivr.kill()
            locker.execute("ROLLBACK")
        await own.start_ivr()
    lines = await own.queue_log(ended["call"])
    with closing(sqlite3.connect(own.installation.state / "ivr.db")) as database:
        found = "select outcome from calls where id = ?"
        while not (rows := database.execute(found, [ended["call"]]).fetchall()):
            await own.status(lambda _: True, "the program is busy")
    assert rows == [("abandoned",)]
    assert [line[4] for line in lines] == ["DID", "ENTERQUEUE", "ABANDON"]


async def test_wrap_up_runs_on(own: Stack) -> None:
    async with own.ready_agent("1001") as phone, own.citizen(NUMBERS[5]) as citizen:
        caller = await citizen.dial(JUGEND)
        talk = await phone.incoming()
        await own.talk("1001", talk)
        await talk.hang_up()
        await caller.ended()
        await own.agent_state("1001", "wrap_up")
        await own.ivr.kill()
        await own.start_ivr()
        await own.agent_state("1001", "ready")


async def test_a_stop_in_order_leaves_nothing_to_replay(own: Stack) -> None:
    async with own.citizen(NUMBERS[6]) as citizen:
        caller = await citizen.dial(JUGEND)
        before = await someone_waits(own, 1)
        assert await own.ivr.stop() == 0
        await own.start_ivr()
        after = await someone_waits(own, 1)
        assert waiting(after) == waiting(before)
        assert since(after) == pytest.approx(since(before), abs=1.1)
        recovered = await own.ivr.line('"recovered"')
        assert '"steps":0' in recovered
        await caller.hang_up()
        await someone_waits(own, 0)


async def test_what_was_decided_is_decided_again(own: Stack) -> None:
    """By another process, whose sets have another order."""
    replayed = await own.command("replay")
    assert sum(each["steps"] for each in replayed) > 50
    assert [each["differences"] for each in replayed] == [[]] * len(replayed)
    assert all(each["same"] for each in replayed)
