"""The program is killed, or stopped, while people are on the phone, and goes on with them."""

from __future__ import annotations

import sqlite3
from contextlib import AsyncExitStack, closing
from datetime import datetime
from typing import Any

import pytest

from testbed.stack import Stack

JUGEND = "044619195010"
NUMBERS = [f"+4917139201{number:02}" for number in range(1, 10)]
PICKED_UP_FOR = "+491713920301"


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


async def test_everybody_is_where_they_were_after_a_kill(fragile: Stack) -> None:
    async with AsyncExitStack() as people:
        talker = await people.enter_async_context(fragile.ready_agent("1001"))
        await people.enter_async_context(fragile.agent_phone("1002"))
        first = await people.enter_async_context(fragile.citizen(NUMBERS[0]))
        talking = await first.dial(JUGEND)
        talk = await talker.incoming()
        await fragile.talk("1001", talk)
        await fragile.api("PUT", "agents/1002/presence", presence="paused", reason="lunch")
        calls = []
        for number in (NUMBERS[3], NUMBERS[1], NUMBERS[2]):
            phone = await people.enter_async_context(fragile.citizen(number))
            calls.append(await phone.dial(JUGEND))
            await someone_waits(fragile, len(calls))
        before = await someone_waits(fragile, 3)

        await fragile.ivr.kill()
        await fragile.start_ivr()

        after = await someone_waits(fragile, 3)
        assert waiting(after) == waiting(before)
        assert since(after) == pytest.approx(since(before), abs=1.1)
        assert agent(after, "1001")["state"] == "on_call"
        assert agent(after, "1002")["state"] == "paused"
        assert agent(after, "1002")["reason"] == "lunch"

        await talk.hang_up()
        await talking.ended()
        for caller in calls:
            await caller.hang_up()
        await someone_waits(fragile, 0)
    await fragile.asterisk.idle()


async def test_the_figure_of_a_call_that_ended_a_moment_before_the_kill_is_there(
    fragile: Stack,
) -> None:
    start = len(fragile.ivr.output)
    async with fragile.citizen(NUMBERS[4]) as citizen:
        caller = await citizen.dial(JUGEND)
        await someone_waits(fragile, 1)
        with closing(sqlite3.connect(fragile.installation.state / "ivr.db")) as locker:
            # What ends now can't be written before the kill.
            locker.isolation_level = None
            locker.execute("BEGIN IMMEDIATE")
            await caller.hang_up()
            ended = await fragile.ended_call(since=start)
            await fragile.ivr.kill()
            locker.execute("ROLLBACK")
        await fragile.start_ivr()
    lines = await fragile.queue_log(ended["call"])
    with closing(sqlite3.connect(fragile.installation.state / "ivr.db")) as database:
        found = "select outcome from calls where id = ?"
        while not (rows := database.execute(found, [ended["call"]]).fetchall()):
            await fragile.status(lambda _: True, "the program is busy")
    assert rows == [("abandoned",)]
    assert [line[4] for line in lines] == ["DID", "ENTERQUEUE", "ABANDON"]


async def test_wrap_up_runs_on(fragile: Stack) -> None:
    async with fragile.ready_agent("1001") as phone, fragile.citizen(NUMBERS[5]) as citizen:
        caller = await citizen.dial(JUGEND)
        talk = await phone.incoming()
        await fragile.talk("1001", talk)
        await talk.hang_up()
        await caller.ended()
        await fragile.agent_state("1001", "wrap_up")
        await fragile.ivr.kill()
        await fragile.start_ivr()
        await fragile.agent_state("1001", "ready")


async def test_who_picks_up_while_no_program_is_there_is_joined_afterwards(fragile: Stack) -> None:
    async with fragile.ready_agent("1001") as phone, fragile.citizen(PICKED_UP_FOR) as citizen:
        caller = await citizen.dial(JUGEND)
        ringing = await phone.incoming()
        await fragile.ivr.kill()
        await ringing.answer()
        await fragile.start_ivr()
        await fragile.talk("1001", ringing)
        await ringing.hang_up()
        await caller.ended()
    await fragile.asterisk.idle()


async def test_a_stop_in_order_leaves_nothing_to_replay(fragile: Stack) -> None:
    async with fragile.citizen(NUMBERS[6]) as citizen:
        caller = await citizen.dial(JUGEND)
        before = await someone_waits(fragile, 1)
        assert await fragile.ivr.stop() == 0
        await fragile.start_ivr()
        after = await someone_waits(fragile, 1)
        assert waiting(after) == waiting(before)
        assert since(after) == pytest.approx(since(before), abs=1.1)
        recovered = await fragile.ivr.line('"recovered"')
        assert '"steps":0' in recovered
        await caller.hang_up()
        await someone_waits(fragile, 0)


async def test_what_was_decided_is_decided_again(fragile: Stack) -> None:
    """By another process, whose sets have another order."""
    replayed = await fragile.command("replay")
    assert sum(each["steps"] for each in replayed) > 50
    assert [each["differences"] for each in replayed] == [[]] * len(replayed)
    assert all(each["same"] for each in replayed)
