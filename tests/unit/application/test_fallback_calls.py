"""Calls of the fallback queue are counted afterwards, each once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from ivr.application.backoff import Backoff
from ivr.application.fallback_calls import CountedAfterwards
from ivr.domain.calls import Outcome
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallId
from tests.examples import DIDS, UMWELT, county
from tests.fakes.callbacks import a_call
from tests.fakes.fallback_log import FakeFallbackLog
from tests.fakes.store import FakeStore

COUNTY = county()


def call(number: int) -> str:
    return f"17000000{number:02}.{number}"


def line(number: int, event: str, *values: str) -> str:
    fields = (f"17000000{number:02}", call(number), "ivr-fallback", "NONE", event, *values)
    return "|".join(fields)


def begins(number: int) -> list[str]:
    return [line(number, "DID", DIDS[UMWELT]), line(number, "ENTERQUEUE", "", "+491713920121", "1")]


def ends(number: int) -> list[str]:
    return [line(number, "ABANDON", "1", "1", "0"), line(number, "GONE", "")]


def counting(log: FakeFallbackLog, store: FakeStore) -> CountedAfterwards:
    at_once = Backoff(first=0.001, longest=0.001)
    return CountedAfterwards(log, store, lambda: COUNTY, look_seconds=0.001, backoff=at_once)


async def counted(store: FakeStore) -> list[str]:
    async with store.transaction() as transaction:
        return sorted(record.id for record in await transaction.calls(100))


async def test_calls_are_written_when_they_are_over() -> None:
    log, store = FakeFallbackLog(), FakeStore()
    counts = counting(log, store)
    log.lines += [*begins(1), *begins(2), *ends(2)]
    assert await counts.count()
    assert not await counts.count()
    assert await counted(store) == [call(2)]
    log.lines += ends(1)
    assert await counts.count()
    assert await counted(store) == [call(1), call(2)]
    async with store.transaction() as transaction:
        record = await transaction.call(CallId(call(1)))
    assert record is not None
    assert record.by_fallback


@pytest.mark.parametrize("restart_after", range(9))
async def test_a_restart_at_any_line_loses_and_repeats_nothing(restart_after: int) -> None:
    log, store = FakeFallbackLog(), FakeStore()
    lines = [*begins(1), *begins(2), *ends(1), *ends(2)]
    counts = counting(log, store)
    for number, text in enumerate(lines):
        if number == restart_after:
            log = log.restarted()
            counts = counting(log, store)
        log.lines.append(text)
        await counts.count()
    assert await counted(store) == [call(1), call(2)]
    assert log.restarted().more() == []


async def test_who_was_moved_and_gone_before_the_program_was_back_is_told_by_the_fallback() -> None:
    """All the program saw was that the caller is gone."""
    log, store = FakeFallbackLog(), FakeStore()
    gone = replace(a_call(call(1)), outcome=Outcome.ABANDONED, answered_at=None, agent=None)
    async with store.transaction() as transaction:
        await transaction.add_call(gone)
    log.lines += [line(1, "MOVED"), *begins(1), line(1, "CONNECT", "3"), line(1, "GONE", "")]
    assert await counting(log, store).count()
    async with store.transaction() as transaction:
        (told,) = await transaction.calls(100)
    assert (told.outcome, told.by_fallback) == (Outcome.COMPLETED, True)
    assert told.answered_at is not None


async def test_what_is_between_calls_is_not_read_again() -> None:
    log, store = FakeFallbackLog(), FakeStore()
    log.lines += ["1700000000|MANAGER|ivr-fallback|1001|ADDMEMBER|", "strange"]
    await counting(log, store).count()
    assert log.restarted().more() == []


async def test_while_the_store_is_away_nothing_is_lost() -> None:
    log, store = FakeFallbackLog(), FakeStore()
    counts = counting(log, store)
    log.lines += [*begins(1), *ends(1)]
    store.down = True
    with pytest.raises(Unavailable):
        await counts.count()
    assert log.kept is None
    store.down = False
    assert await counts.count()
    assert await counted(store) == [call(1)]
    assert log.restarted().more() == []


async def test_a_log_that_can_not_be_read_is_said_once() -> None:
    log, store = FakeFallbackLog(), FakeStore()
    log.down = True
    log.lines += [*begins(1), *ends(1)]
    counts = counting(log, store)
    with capture_logs() as logs:
        task = asyncio.create_task(counts.run())
        await asyncio.sleep(0.05)
        log.down = False
        async with asyncio.timeout(5):
            while not await counted(store):  # noqa: ASYNC110 - a fake
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    events = [entry["event"] for entry in logs]
    assert events.count("fallback_calls_not_counted") == 1
    assert events.count("fallback_calls_counted") == 1
