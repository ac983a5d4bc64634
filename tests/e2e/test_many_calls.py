"""Two hundred calls, hung up by anybody at any moment, leave nothing behind."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing, suppress

from testbed.phone import Call, Phone
from testbed.sipp import Caller
from testbed.stack import Stack
from testbed.transcript import Ended

CALLS = 200
CALLS_OF_A_KIND = 10
LONGEST_STAY = 4.0
DIDS = ("044619193010", "044619194010", "044619195010", "044619197777")
OUTCOMES = {"completed", "abandoned", "callback"}


async def test_two_hundred_calls_leave_nothing_behind(stack: Stack) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - to repeat a failure
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    before = _outcomes(stack)
    kinds = [
        Caller(None if chance.random() < 0.2 else "+4917139200[call_number]", did, talks_for=stay)
        for did, stay in (
            (chance.choice(DIDS), chance.uniform(0.0, LONGEST_STAY))
            for _ in range(CALLS // CALLS_OF_A_KIND)
        )
    ]
    async with stack.ready_agent("1001") as first, stack.ready_agent("1002") as second:
        robots = [
            asyncio.create_task(_answer_somehow(stack, phone, chance)) for phone in (first, second)
        ]
        await asyncio.gather(_call(stack, kinds[::2]), _call(stack, kinds[1::2]))
        await stack.asterisk.idle()
        for robot in robots:
            robot.cancel()
        await asyncio.gather(*robots, return_exceptions=True)
        status = await stack.status(
            lambda status: not status["counts"]["calls"] and not _busy(status), "all calm"
        )
    outcomes = [outcome for call, outcome in _outcomes(stack).items() if call not in before]

    print(Counter(outcomes))  # noqa: T201 - how random it was
    assert len(outcomes) == CALLS
    assert set(outcomes) <= OUTCOMES
    assert {"completed", "abandoned"} <= set(outcomes)
    assert not status["waiting"]


async def _call(stack: Stack, kinds: list[Caller]) -> None:
    for kind in kinds:
        async with await stack.callers(kind, calls=CALLS_OF_A_KIND, at_once=5) as callers:
            await callers.ended()


async def _answer_somehow(stack: Stack, phone: Phone, chance: random.Random) -> None:
    """Answer, reject, ignore, hang up at once or late, until cancelled."""
    while True:
        with suppress(TimeoutError):
            call = await phone.incoming(within=2)
            with suppress(TimeoutError, RuntimeError, Ended):
                await _treat(call, chance)
        await stack.wants(phone.name, "ready")


async def _treat(call: Call, chance: random.Random) -> None:
    what = chance.random()
    if what < 0.1:
        await call.reject()
    elif what < 0.2:
        await call.ended(within=1)
    else:
        await asyncio.sleep(chance.uniform(0, 0.3))
        await call.answer()
        if what < 0.4:
            await call.press("*7")
        with suppress(TimeoutError):
            await call.ended(within=chance.uniform(0, 1.5))
        await call.hang_up()


def _busy(status: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["id"] for each in status["agents"] if each["state"] in ("offered", "on_call")]


def _outcomes(stack: Stack) -> dict[str, str]:
    """Outcome by call, from the database itself; a second row of a call would be refused there."""
    path = stack.installation.state / "ivr.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return dict(database.execute("SELECT id, outcome FROM calls"))
