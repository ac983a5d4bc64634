"""The database is locked or damaged while people phone: they are served, and told the truth."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from testbed.stack import Stack
from tests.e2e.prompt_tones import prompts_heard

JUGEND = "044619195010"
_WORDS_SECONDS = 2.0
"""So long the caller is told that no callback can be taken, before an agent answers."""


def database(stack: Stack) -> Path:
    return stack.installation.state / "ivr.db"


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """As a database browser with an open change does it."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as locker:
        locker.execute("BEGIN IMMEDIATE")
        yield
        locker.execute("ROLLBACK")


def outcomes(stack: Stack, number: str) -> list[str]:
    with closing(sqlite3.connect(database(stack))) as reader:
        found = reader.execute("SELECT outcome FROM calls WHERE caller_number = ?", (number,))
        return [outcome for (outcome,) in found]


async def written(stack: Stack, number: str) -> list[str]:
    async with asyncio.timeout(20):
        while not (found := outcomes(stack, number)):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.1)
    return found


async def served(stack: Stack, number: str) -> None:
    """Let somebody call, talk and hang up."""
    async with stack.ready_agent("1001") as agent, stack.citizen(number) as citizen:
        caller = await citizen.dial(JUGEND)
        await (await agent.incoming()).answer()
        await stack.agent_state("1001", "on_call", within=30)
        await caller.hang_up()


async def test_a_wish_while_it_is_locked_is_refused_in_words_and_the_caller_is_served(
    fragile: Stack,
) -> None:
    number = "+491713920141"
    since = len(fragile.ivr.output)
    async with fragile.ready_agent("1001") as agent, fragile.citizen(number) as citizen:
        await fragile.wants("1001", "paused")
        caller = await citizen.dial(JUGEND)
        await caller.answered()
        await fragile.status(lambda status: len(status["waiting"]) == 1, "a caller waits")
        with locked(database(fragile)):
            await caller.press("1#")
            await fragile.ivr.line('"callback_not_stored"', since=since, within=20)
            await asyncio.sleep(_WORDS_SECONDS)
            await fragile.wants("1001", "ready")
            await (await agent.incoming()).answer()
            await fragile.agent_state("1001", "on_call", within=30)
            await caller.hang_up()
            await fragile.ended_call(since=since)
            assert outcomes(fragile, number) == []
        assert "callback-unavailable" in prompts_heard(caller.heard())
    assert await written(fragile, number) == ["completed"]


async def test_a_start_while_it_is_locked_serves_calls_all_the_same(fragile: Stack) -> None:
    number = "+491713920142"
    await fragile.stop_ivr()
    with locked(database(fragile)):
        await fragile.start_ivr()
        await served(fragile, number)
    assert await written(fragile, number) == ["completed"]


async def test_a_damaged_one_is_set_aside_and_calls_are_served(fragile: Stack) -> None:
    number = "+491713920143"
    await fragile.stop_ivr()
    before = database(fragile).read_bytes()
    damaged = before[:4096] + b"\xa5" * (len(before) - 4096)
    database(fragile).write_bytes(damaged)
    await fragile.start_ivr()
    await fragile.ivr.line('"database_damaged"')
    await served(fragile, number)
    assert await written(fragile, number) == ["completed"]
    [aside] = database(fragile).parent.glob("ivr.db.corrupt-*")
    assert aside.read_bytes() == damaged
