from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.records import CallRecords
from ivr.domain.calls import CallResult
from ivr.domain.commands import NoteResult
from ivr.domain.ids import AgentId, CallId
from tests.fakes.callbacks import a_call
from tests.fakes.store import FakeStore, FakeTransaction


class CountingStore(FakeStore):
    """``commits`` counts the transactions that were let begin."""

    def __init__(self) -> None:
        super().__init__()
        self.commits = 0
        self.refused = asyncio.Event()
        self.before_the_end = asyncio.Event()
        self.before_the_end.set()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[FakeTransaction]:
        if self.down:
            self.refused.set()
        async with super().transaction() as transaction:
            self.commits += 1
            yield transaction
            await self.before_the_end.wait()


async def stored(store: FakeStore) -> list[CallId]:
    async with FakeStore.transaction(store) as transaction:
        return sorted(record.id for record in await transaction.calls(100))


async def until_stored(store: FakeStore, *calls: str) -> None:
    async with asyncio.timeout(5):
        while await stored(store) != list(calls):  # noqa: ASYNC110 - the fake has no events
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(store: FakeStore) -> AsyncIterator[CallRecords]:
    records = CallRecords(store, Backoff(0.01, 0.02))
    task = asyncio.create_task(records.run(), name="records")
    try:
        yield records
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_calls_that_end_together_are_one_commit() -> None:
    store = CountingStore()
    async with running(store) as records:
        for name in "abc":
            records.add(a_call(name))
        await until_stored(store, "a", "b", "c")
    assert store.commits == 1


async def test_a_result_is_written_behind_its_call() -> None:
    store = CountingStore()
    async with running(store) as records:
        records.add(a_call("a"))
        records.add(NoteResult(CallId("a"), AgentId("1001"), CallResult.SETTLED))
        await until_stored(store, "a")
    async with FakeStore.transaction(store) as transaction:
        record = await transaction.call(CallId("a"))
    assert record is not None
    assert record.result is CallResult.SETTLED


async def test_calls_are_kept_while_the_store_is_away() -> None:
    store = CountingStore()
    store.down = True
    async with running(store) as records:
        records.add(a_call("a"))
        await asyncio.wait_for(store.refused.wait(), 5)
        records.add(a_call("b"))
        store.down = False
        await until_stored(store, "a", "b")


async def test_calls_are_kept_when_the_commit_fails() -> None:
    store = CountingStore()
    store.full = True
    async with running(store) as records:
        records.add(a_call("a"))
        async with asyncio.timeout(5):
            while store.commits < 2:  # noqa: ASYNC110 - the fake has no events
                await asyncio.sleep(0.01)
        store.full = False
        await until_stored(store, "a")


async def test_a_call_that_ends_during_a_commit_is_in_the_next() -> None:
    store = CountingStore()
    store.before_the_end.clear()
    async with running(store) as records:
        records.add(a_call("a"))
        async with asyncio.timeout(5):
            while not store.commits:  # noqa: ASYNC110 - the fake has no events
                await asyncio.sleep(0.01)
        records.add(a_call("b"))
        store.before_the_end.set()
        await until_stored(store, "a", "b")
    assert store.commits == 2


async def test_what_is_left_at_the_end_is_written() -> None:
    store = CountingStore()
    store.down = True
    async with running(store) as records:
        records.add(a_call("a"))
        await asyncio.wait_for(store.refused.wait(), 5)
        store.down = False
    assert await stored(store) == ["a"]


async def test_a_commit_that_is_cut_off_by_the_end_is_repeated() -> None:
    store = CountingStore()
    store.before_the_end.clear()
    async with running(store) as records:
        records.add(a_call("a"))
        async with asyncio.timeout(5):
            while not store.commits:  # noqa: ASYNC110 - the fake has no events
                await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_later(0.05, store.before_the_end.set)
    assert await stored(store) == ["a"]
    assert store.commits == 2


async def test_what_is_lost_at_the_end_is_said() -> None:
    store = CountingStore()
    store.down = True
    with capture_logs() as lines:
        async with running(store) as records:
            records.add(a_call("a"))
            await asyncio.wait_for(store.refused.wait(), 5)
    assert [(line["event"], line["lost"]) for line in lines if "lost" in line] == [
        ("not_written", 1)
    ]


async def test_a_store_that_does_not_answer_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ivr.application.written_later.LAST_SECONDS", 0.01)
    store = CountingStore()
    store.before_the_end.clear()

    with capture_logs() as lines:
        async with asyncio.timeout(5), running(store) as records:
            records.add(a_call("call-1"))
            await asyncio.sleep(0)

    [line] = [line for line in lines if line["event"] == "not_written"]
    assert line["lost"] == 1
