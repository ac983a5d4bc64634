"""What every store does with outgoing calls."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from ivr.application.ports.store import Store
from ivr.domain.ids import CallbackId, CallId
from ivr.domain.outgoing import PHONED, OutgoingResult
from tests.fakes.callbacks import MONDAY, an_outgoing_call


async def test_one_comes_back_as_it_was_stored(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.add_outgoing(an_outgoing_call())
    async with store.transaction() as transaction:
        assert await transaction.outgoing(CallbackId("cb-1")) == [an_outgoing_call()]


async def test_what_came_of_it_is_noted_once(store: Store) -> None:
    end = MONDAY + timedelta(minutes=3)
    call = an_outgoing_call().id
    async with store.transaction() as transaction:
        await transaction.add_outgoing(an_outgoing_call())
    async with store.transaction() as transaction:
        assert await transaction.end_outgoing(call, OutgoingResult.REACHED, end, 61.5)
    async with store.transaction() as transaction:
        assert not await transaction.end_outgoing(call, OutgoingResult.BUSY, end, 0)
        assert not await transaction.end_outgoing(CallId("x"), OutgoingResult.BUSY, end, 0)
    async with store.transaction() as transaction:
        (ended,) = await transaction.outgoing(CallbackId("cb-1"))
    assert ended == replace(
        an_outgoing_call(), result=OutgoingResult.REACHED, ended_at=end, talked_seconds=61.5
    )


async def test_those_of_one_callback_in_their_order(store: Store) -> None:
    async with store.transaction() as transaction:
        for name, minute in (("b", 1), ("a", 2), ("c", 0)):
            at = MONDAY + timedelta(minutes=minute)
            await transaction.add_outgoing(replace(an_outgoing_call(name), asked_at=at))
        await transaction.add_outgoing(an_outgoing_call("d", callback="cb-2"))
    async with store.transaction() as transaction:
        found = await transaction.outgoing(CallbackId("cb-1"))
    assert [record.id for record in found] == ["c", "b", "a"]


async def test_those_count_in_which_the_citizen_was_or_may_be_phoned(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.add_outgoing(an_outgoing_call("going-on"))
        for result in OutgoingResult:
            await transaction.add_outgoing(an_outgoing_call(result))
            await transaction.end_outgoing(CallId(result), result, MONDAY, 0)
        yesterday = replace(an_outgoing_call("old"), asked_at=MONDAY - timedelta(seconds=1))
        await transaction.add_outgoing(yesterday)
        await transaction.add_outgoing(an_outgoing_call("other", callback="cb-2"))
        assert await transaction.count_outgoing(MONDAY) == len(PHONED) + 2
        assert await transaction.count_outgoing(MONDAY, CallbackId("cb-1")) == len(PHONED) + 1
        assert await transaction.count_outgoing(MONDAY, CallbackId("cb-3")) == 0


async def test_nobody_adds_one_between_counting_and_adding(store: Store) -> None:
    async def add_first(name: str) -> bool:
        async with store.transaction() as transaction:
            if await transaction.count_outgoing(MONDAY):
                return False
            await asyncio.sleep(0.01)
            await transaction.add_outgoing(an_outgoing_call(name))
            return True

    added = await asyncio.gather(*(add_first(f"out-{number}") for number in range(4)))
    assert sorted(added) == [False, False, False, True]
