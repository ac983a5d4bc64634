"""What every history of calls must do: the fake, a calls file, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.adapters.calls_file import CallsFile, new_calls_file
from ivr.adapters.calls_file import reading as calls_file_reading
from ivr.adapters.store import StoredHistory, open_store
from ivr.adapters.store import history as store_history
from ivr.application.call_history import CallHistory, Period
from ivr.domain.callback import Acknowledge, Attempt, AttemptResult, Close, CloseReason
from ivr.domain.callbacks_counted import CallbackTimes
from ivr.domain.calls import CallRecord, CallResult, Outcome, impersonal
from ivr.domain.errors import Unavailable
from tests.contract.postgresql import PostgreSql
from tests.fakes.call_history import FakeCallHistory
from tests.fakes.callbacks import MONDAY, a_call, a_callback

Kept = Callable[[Sequence[CallRecord]], Awaitable[CallHistory]]


@pytest.fixture(params=["fake", "file", "sqlite", "postgresql"])
async def kept(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Kept]:
    """Keep calls, in any order, and return their history; pages hold three."""
    monkeypatch.setattr(calls_file_reading, "CHUNK", 3)
    monkeypatch.setattr(store_history, "PAGE", 3)
    opened: list[StoredHistory] = []

    async def in_a_file(records: Sequence[CallRecord]) -> CallHistory:
        with new_calls_file(tmp_path / "calls.csv") as writer:
            writer.add(sorted(records, key=lambda each: each.arrived_at))
        return CallsFile(tmp_path / "calls.csv")

    async def in_a_store(records: Sequence[CallRecord]) -> CallHistory:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/ivr #1 %.db"
        else:
            server: PostgreSql = request.getfixturevalue("postgresql")
            url = server.emptied_database()
        async with open_store(url) as store, store.transaction() as transaction:
            for record in records:
                await transaction.add_call(record)
        opened.append(StoredHistory(url))
        return opened[0]

    async def in_memory(records: Sequence[CallRecord]) -> CallHistory:
        return FakeCallHistory(records)

    yield {"fake": in_memory, "file": in_a_file}.get(request.param, in_a_store)
    for history in opened:
        await history.close()


EVER = Period()


async def told(history: CallHistory, period: Period = EVER) -> list[CallRecord]:
    chunks = [chunk async for chunk in history.calls(period)]
    assert all(chunks), "an empty chunk"
    return [record for chunk in chunks for record in chunk]


def calls_of_an_hour(count: int) -> list[CallRecord]:
    """Return calls that arrived two at a time, a minute apart."""
    return [
        replace(a_call(f"call-{index:02}"), arrived_at=MONDAY + timedelta(minutes=index // 2 - 60))
        for index in range(count)
    ]


EVERYTHING = CallRecord(
    id=impersonal(a_call()).id,
    outcome=Outcome.ABANDONED,
    dialled='04461/"919", 77',
    department=None,
    caller_number=None,
    arrived_at=MONDAY + timedelta(microseconds=1),
    queued_at=None,
    answered_at=None,
    ended_at=MONDAY + timedelta(seconds=3),
    agent=None,
    offers=0,
    language="en",
    by_fallback=True,
    result=CallResult.REFERRED,
)


@pytest.mark.parametrize("record", [impersonal(a_call()), EVERYTHING], ids=["usual", "unusual"])
async def test_a_call_comes_back_as_it_was(kept: Kept, record: CallRecord) -> None:
    assert await told(await kept([record])) == [record]


async def test_times_are_aware(kept: Kept) -> None:
    (record,) = await told(await kept([a_call()]))

    assert record.arrived_at.utcoffset() is not None


async def test_nobody_is_named(kept: Kept) -> None:
    (record,) = await told(await kept([replace(a_call(), transferred_to="1002")]))

    assert record == impersonal(a_call())


async def test_no_calls(kept: Kept) -> None:
    assert await told(await kept([])) == []


@pytest.mark.parametrize("count", [2, 3, 4, 7, 9])
async def test_all_of_them_by_arrival(kept: Kept, count: int) -> None:
    records = calls_of_an_hour(count)

    found = await told(await kept(records[::-1]))

    assert [each.arrived_at for each in found] == [each.arrived_at for each in records]
    assert {each.id for each in found} == {each.id for each in records}


async def test_a_period_begins_with_its_first_and_ends_before_its_last_moment(kept: Kept) -> None:
    records = calls_of_an_hour(10)
    period = Period(since=records[2].arrived_at, until=records[8].arrived_at)

    found = await told(await kept(records), period)

    assert {each.id for each in found} == {each.id for each in records[2:8]}


async def test_half_a_period(kept: Kept) -> None:
    records = calls_of_an_hour(10)
    history = await kept(records)
    middle = records[4].arrived_at.astimezone(UTC)

    assert len(await told(history, Period(since=middle))) == 6
    assert len(await told(history, Period(until=middle))) == 4


async def test_it_can_be_asked_twice(kept: Kept) -> None:
    history = await kept(calls_of_an_hour(5))

    assert await told(history) == await told(history)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ivr.db"
    server: PostgreSql = request.getfixturevalue("postgresql")
    return server.emptied_database()


async def callbacks_of(url: str, period: Period = EVER) -> list[CallbackTimes]:
    history = StoredHistory(url)
    found = [each async for chunk in history.callbacks(period) for each in chunk]
    await history.close()
    return found


class TestCallbacks:
    async def test_what_became_of_one(self, url: str) -> None:
        first = a_callback()
        at = [MONDAY + timedelta(hours=hour) for hour in range(6)]
        versions = [first]
        for change, moment in (
            (Acknowledge(), at[1]),
            (Attempt(result=AttemptResult.NOT_REACHED), at[2]),
            (Attempt(result=AttemptResult.REACHED), at[3]),
            (Close(), at[4]),
        ):
            versions.append(versions[-1].after(change, by="janssen", at=moment))
        async with open_store(url) as store:
            async with store.transaction() as transaction:
                await transaction.add_callback(first)
            for version in versions[1:]:
                async with store.transaction() as transaction:
                    await transaction.save_callback(version)

            assert await callbacks_of(url) == [
                CallbackTimes(
                    requested_at=MONDAY,
                    due_at=first.due_at,
                    acknowledged_at=at[1],
                    reached_at=at[3],
                    closed_at=at[4],
                    close_reason=CloseReason.SETTLED,
                    department=first.department,
                )
            ]

    async def test_all_of_a_period(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store_history, "PAGE", 3)
        requested = [MONDAY + timedelta(minutes=index // 2) for index in range(8)]
        async with open_store(url) as store:
            async with store.transaction() as transaction:
                for index, at in enumerate(requested):
                    callback = replace(a_callback(f"cb-{index}"), requested_at=at)
                    await transaction.add_callback(callback)

            period = Period(requested[2], requested[7])
            assert [each.requested_at for each in await callbacks_of(url)] == requested
            assert [e.requested_at for e in await callbacks_of(url, period)] == requested[2:6]


class TestBesideTheService:
    async def test_a_long_write_of_the_service_is_not_waited_for(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/ivr.db"
        async with open_store(url) as service:
            async with service.transaction() as transaction:
                await transaction.add_call(a_call())
            history = StoredHistory(url)
            async with service.transaction() as transaction:
                await transaction.add_call(a_call("call-2"))
                assert [each.id for each in await told(history)] == ["call-1"]
            assert len(await told(history)) == 2
            await history.close()

    async def test_no_database_is_made(self, tmp_path: Path) -> None:
        history = StoredHistory(f"sqlite:///{tmp_path}/ivr.db")

        with pytest.raises(Unavailable) as refused:
            await told(history)

        assert refused.value.code == "database_missing"
        assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240  a look at an empty folder

    async def test_an_older_database_is_not_upgraded(self, tmp_path: Path) -> None:
        (tmp_path / "ivr.db").touch()
        history = StoredHistory(f"sqlite:///{tmp_path}/ivr.db")

        with pytest.raises(Unavailable) as refused:
            await told(history)

        assert refused.value.code == "database_version"
        await history.close()


def test_a_moment_is_in_a_period() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert Period().covers(now)
    assert Period(since=now).covers(now)
    assert not Period(until=now).covers(now)
