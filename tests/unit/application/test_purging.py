"""Retention: what is over goes, what is open stays, and whatever breaks off is done again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from ivr.application import purging
from ivr.application.messages import callback_message
from ivr.application.purging import Purging
from ivr.domain.callback import Callback, Close
from ivr.domain.calls import CallRecord
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallbackId, CallId, RecordingId
from ivr.domain.retention import DEFAULT_DAYS, DataClass, Deletion, Reason
from tests.examples import county
from tests.fakes.callbacks import MONDAY, a_call, a_callback
from tests.fakes.clock import FakeClock
from tests.fakes.queue_logs import FakeQueueLogs
from tests.fakes.segments import FakeSegments
from tests.fakes.spoken_messages import FakeSpokenMessages
from tests.fakes.store import FakeStore, FakeTransaction

COUNTY = county()
LONG_AFTER = MONDAY + timedelta(days=100)


class BreakingStore(FakeStore):
    """Lets so many transactions commit, then goes away."""

    commits_left = 1_000_000

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[FakeTransaction]:
        async with super().transaction() as transaction:
            yield transaction
            if not self.commits_left:
                raise Unavailable("The database is away.")
            self.commits_left -= 1


class Lab:
    def __init__(self, now: datetime = LONG_AFTER) -> None:
        self.store = BreakingStore()
        self.recordings = FakeSpokenMessages()
        self.queue_logs = FakeQueueLogs()
        self.segments = FakeSegments()
        self.clock = FakeClock(now)
        self.purging = Purging(
            self.store,
            self.recordings,
            self.queue_logs,
            self.segments,
            lambda: COUNTY,
            self.clock,
            pause_seconds=0,
        )

    async def keep_closed(self, name: str = "cb-1") -> Callback:
        message = RecordingId(f"{name}-m")
        first = replace(a_callback(name), caller_name="Harms", note="x", message=message)
        await self.keep(first, first.after(Close(), by="janssen", at=MONDAY))
        self.recordings.files[message] = b"RIFF"
        self.recordings.written[message] = MONDAY
        return first

    async def keep(self, *versions: Callback) -> None:
        async with self.store.transaction() as transaction:
            for callback in versions:
                if callback.version == 1:
                    await transaction.add_callback(callback)
                else:
                    await transaction.save_callback(callback)
                message = callback_message(callback, MONDAY)
                await transaction.add_message(message)
                await transaction.mark_published([message.message_id], MONDAY)

    async def keep_calls(self, *calls: CallRecord) -> None:
        async with self.store.transaction() as transaction:
            for call in calls:
                await transaction.add_call(call)

    async def counts(self) -> dict[DataClass, int]:
        """What a purge would do."""
        report = await self.purging.look()
        return {each.data: each.count for each in report.classes if each.count}

    async def numbers(self) -> list[str | None]:
        async with self.store.transaction() as transaction:
            return [call.caller_number for call in await transaction.calls(1000)]


@pytest.fixture
def lab() -> Lab:
    return Lab()


EVERYTHING = {
    DataClass.CALL_NUMBERS: 1,
    DataClass.CALLBACK_NUMBERS: 1,
    DataClass.CALLBACK_NAMES: 1,
    DataClass.CALLBACK_NOTES: 1,
    DataClass.SPOKEN_MESSAGES: 1,
    DataClass.DELIVERIES: 2,
    DataClass.QUEUE_LOG: 1,
    DataClass.JOURNAL: 1,
}


async def keep_everything(lab: Lab) -> None:
    await lab.keep_closed()
    await lab.keep_calls(a_call())
    lab.queue_logs.lines = [f"{int(MONDAY.timestamp())}|c-1|ivr|NONE|ENTERQUEUE||+49446112|1"]
    lab.segments.segments = [(MONDAY, ["+49446112"]), (MONDAY, [])]


async def test_what_is_over_is_told_then_deleted_then_gone(lab: Lab) -> None:
    await keep_everything(lab)
    assert await lab.counts() == EVERYTHING
    assert await lab.counts() == EVERYTHING, "a look changes nothing"
    report = await lab.purging.purge("cordes")
    done = {each.data: each.count for each in report.classes if each.count}
    # The copies of a callback went with its number.
    assert done == {data: n for data, n in EVERYTHING.items() if data is not DataClass.DELIVERIES}
    assert report.complete
    assert await lab.counts() == {}
    assert lab.recordings.files == {}
    again = await lab.purging.purge("cordes")
    assert all(each.count == 0 for each in again.classes)


async def test_the_log_says_how_much_and_not_whose(lab: Lab) -> None:
    await keep_everything(lab)
    await lab.purging.purge("cordes")
    deletions = await lab.purging.deletions(100)
    assert Deletion(LONG_AFTER, DataClass.CALL_NUMBERS, 1, Reason.RETENTION, "cordes") in deletions
    assert "4461" not in repr(deletions)
    assert "Harms" not in repr(deletions)


async def test_figures_before_are_figures_after(lab: Lab) -> None:
    await lab.keep_calls(*(a_call(f"call-{number}") for number in range(5)))
    async with lab.store.transaction() as transaction:
        before = await transaction.call_figures(MONDAY, LONG_AFTER)
    await lab.purging.purge("cordes")
    async with lab.store.transaction() as transaction:
        assert await transaction.call_figures(MONDAY, LONG_AFTER) == before
    assert before.answered == 5
    assert await lab.numbers() == [None] * 5


@pytest.mark.parametrize("data", DataClass)
def test_each_class_has_its_own_days(data: DataClass) -> None:
    limits = Lab().purging._limits(LONG_AFTER)
    assert LONG_AFTER - limits[data] == timedelta(days=DEFAULT_DAYS[data])


async def test_an_open_promise_stays_and_is_named(lab: Lab) -> None:
    callback = a_callback("old-and-open")
    await lab.keep(callback)
    report = await lab.purging.purge("cordes")
    assert report.still_open == [callback.id]
    async with lab.store.transaction() as transaction:
        assert await transaction.callback(callback.id) == callback


async def test_many_go_in_batches_of_one_line_in_the_log(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 3)
    await lab.keep_calls(*(a_call(f"call-{number}") for number in range(10)))
    report = await lab.purging.purge("ivr")
    assert report.classes[0].count == 10
    deletions = await lab.purging.deletions(10)
    assert [each.count for each in deletions if each.data is DataClass.CALL_NUMBERS] == [10]


async def test_a_purge_that_was_killed_is_run_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH", 1)
    await keep_everything(lab)
    await lab.keep_calls(a_call("call-2"))
    for commits in range(30):
        lab.store.commits_left = commits
        try:
            report = await lab.purging.purge("ivr")
        except Unavailable:
            continue
        if report.complete:
            break
    lab.store.commits_left = 1_000_000
    await lab.purging.purge("ivr")
    assert await lab.counts() == {}
    assert lab.recordings.files == {}
    async with lab.store.transaction() as transaction:
        history = await transaction.history(CallbackId("cb-1"))
    assert {(each.caller_number, each.note, each.message) for each in history} == {("", "", None)}


async def test_a_read_only_disk_keeps_no_other_class(lab: Lab) -> None:
    await keep_everything(lab)
    lab.recordings.read_only = lab.queue_logs.read_only = True
    report = await lab.purging.purge("ivr")
    problems = {each.data for each in report.classes if each.problem}
    assert problems == {DataClass.SPOKEN_MESSAGES, DataClass.QUEUE_LOG}
    assert not report.complete
    assert await lab.numbers() == [None]
    lab.recordings.read_only = lab.queue_logs.read_only = False
    assert (await lab.purging.purge("ivr")).complete
    assert lab.recordings.files == {}


async def test_a_recording_that_is_gone_is_forgotten_too(lab: Lab) -> None:
    await lab.keep_closed()
    lab.recordings.files.clear()
    assert (await lab.purging.purge("ivr")).complete
    assert await lab.counts() == {}


async def test_a_recording_of_no_callback_is_removed_and_one_of_an_open_one_is_not(
    lab: Lab,
) -> None:
    await lab.keep(replace(a_callback("open"), message=RecordingId("open-m")))
    for name in ("open-m", "orphan"):
        lab.recordings.files[RecordingId(name)] = b"RIFF"
        lab.recordings.written[RecordingId(name)] = MONDAY
    assert await lab.counts() == {DataClass.SPOKEN_MESSAGES: 1, DataClass.DELIVERIES: 1}
    await lab.purging.purge("ivr")
    assert list(lab.recordings.files) == ["open-m"]


async def test_figures_go_last_of_all() -> None:
    lab = Lab(MONDAY + timedelta(days=2000))
    await keep_everything(lab)
    await lab.purging.purge("ivr")
    async with lab.store.transaction() as transaction:
        assert await transaction.call(CallId("call-1")) is None
        assert await transaction.callback(CallbackId("cb-1")) is None


class TestEveryNight:
    """In the county's time: 03:30 in November is 02:30 in UTC."""

    EVENING = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)

    @pytest.fixture(autouse=True)
    def look_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(purging, "_LOOK_SECONDS", 0)

    async def purged(self, lab: Lab, *, times: int) -> int:
        """Let the task look so many times; return how many calls still have a number."""
        for _ in range(times):
            await asyncio.sleep(0)
        return len([number for number in await lab.numbers() if number])

    @asynccontextmanager
    async def running(self, lab: Lab) -> AsyncIterator[None]:
        task = asyncio.create_task(lab.purging.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until_purged(self, lab: Lab) -> None:
        async with asyncio.timeout(5):
            while any(await lab.numbers()):  # noqa: ASYNC110 - the fake has no events
                await asyncio.sleep(0)

    async def test_what_was_missed_is_made_up_for_at_the_start(self) -> None:
        lab = Lab(self.EVENING)
        await lab.keep_calls(a_call())
        async with self.running(lab):
            await self.until_purged(lab)

    async def test_then_not_before_the_next_night(self) -> None:
        lab = Lab(self.EVENING)
        await lab.keep_calls(a_call("first"))
        async with self.running(lab):
            await self.until_purged(lab)
            await lab.keep_calls(a_call("second"))
            lab.clock.advance(timedelta(hours=6, minutes=29))
            assert await self.purged(lab, times=200) == 1
            lab.clock.advance(timedelta(minutes=2))
            await self.until_purged(lab)

    async def test_what_fails_is_told_and_tried_again_soon(self) -> None:
        lab = Lab(self.EVENING)
        await lab.keep_calls(a_call())
        lab.store.down = True
        with capture_logs() as told:
            async with self.running(lab):
                async with asyncio.timeout(5):
                    while not told:  # noqa: ASYNC110 - nor has the log
                        await asyncio.sleep(0)
                lab.store.down = False
                assert await self.purged(lab, times=200) == 1
                lab.clock.advance(timedelta(minutes=10))
                await self.until_purged(lab)
        assert told[0]["event"] == "purge_held_up"
        assert not any("4461" in str(line) for line in told)
