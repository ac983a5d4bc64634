"""Retention carried out: what is over is let go, every night and whenever somebody asks.

Class by class and a few rows at a time, each few in a transaction of their own together with
the line in the log that tells of them. Whatever is interrupted is simply begun anew: nothing is
remembered but what the data themselves say.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import structlog

from ivr.application.personal_store import PersonalStore, QueueLogs, RecordingFiles, Segments
from ivr.application.ports.machine import Clock
from ivr.domain.callback import SYSTEM
from ivr.domain.county import County
from ivr.domain.errors import Unavailable
from ivr.domain.ids import CallbackId, RecordingId
from ivr.domain.retention import CALLBACK_CONTENT, DataClass, Deletion, Reason

log = structlog.get_logger(__name__)

BATCH = 200
"""Rows in one transaction: on SQLite it holds the one place to write."""

_PAUSE_SECONDS = 0.05
"""Between two of them, for whoever else wants to write."""

QUIET = time(3, 30)
"""When it is done every night, in the county's time."""

_LOOK_SECONDS = 60.0
"""How often to look whether it is time; a machine's clock may be set meanwhile."""

_TRY_AGAIN = timedelta(minutes=10)
"""After something could not be let go."""

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Purged:
    """What became of one class: ``count`` was let go, or would be; ``problem``: not all of it."""

    data: DataClass
    before: datetime
    count: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """What a purge did, or would do.

    ``still_open`` are promises older than what is kept of callbacks: they are kept, but somebody
    should look at them. At most a hundred are named.
    """

    at: datetime
    classes: list[Purged]
    still_open: list[CallbackId]

    @property
    def complete(self) -> bool:
        """Whether all that was over was let go."""
        return not any(each.problem for each in self.classes)


class Purging:
    """Lets go of what is over."""

    def __init__(
        self,
        store: PersonalStore,
        recordings: RecordingFiles,
        queue_logs: QueueLogs,
        segments: Segments,
        county: Callable[[], County],
        clock: Clock,
        *,
        pause_seconds: float = _PAUSE_SECONDS,
    ) -> None:
        """``county`` tells what is configured now."""
        self._store = store
        self._recordings = recordings
        self._files: dict[DataClass, QueueLogs | Segments] = {
            DataClass.QUEUE_LOG: queue_logs,
            DataClass.JOURNAL: segments,
        }
        """What is no row of the store."""
        self._county = county
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._one_at_a_time = asyncio.Lock()

    async def look(self) -> PurgeReport:
        """Say what would be let go now; nothing is changed. Raises Unavailable."""
        now = self._clock.now()
        classes = [
            Purged(data, before, await self._outdated(data, before))
            for data, before in self._limits(now).items()
        ]
        return PurgeReport(now, classes, await self._still_open(now))

    async def purge(self, by: str) -> PurgeReport:
        """Let go of all that is over, for ``by``.

        What can't be done for one class is told and does not keep the others. Raises Unavailable
        where the store is away.
        """
        async with self._one_at_a_time:
            now = self._clock.now()
            classes = [
                await self._purge(data, before, now, by)
                for data, before in self._limits(now).items()
            ]
            await self._store.clean()
            report = PurgeReport(now, classes, await self._still_open(now))
        log.info(
            "purged",
            by=by,
            **{each.data.value: each.count for each in classes if each.count},
            still_open=len(report.still_open),
        )
        return report

    async def deletions(self, limit: int) -> list[Deletion]:
        """Return what was deleted, latest first. Raises Unavailable."""
        async with self._store.transaction() as transaction:
            return await transaction.deletions(limit)

    async def run(self) -> None:
        """Purge at the start, for the nights the program was away, and every night."""
        night: datetime | None = None
        try_at: datetime | None = None
        while True:
            now = self._clock.now()
            latest = self._latest_night(now)
            if night != latest and (try_at is None or try_at <= now):
                if await self._nightly():
                    night, try_at = latest, None
                else:
                    try_at = now + _TRY_AGAIN
            await asyncio.sleep(_LOOK_SECONDS)

    async def _nightly(self) -> bool:
        """Purge; return whether all went well, and say where it did not."""
        try:
            report = await self.purge(SYSTEM)
        except Unavailable as error:
            log.warning("purge_held_up", reason=error.message)
            return False
        for each in report.classes:
            if each.problem:
                log.warning("purge_held_up", data=each.data.value, reason=each.problem)
        return report.complete

    def _latest_night(self, now: datetime) -> datetime:
        zone = self._county().hours.zone
        local = now.astimezone(zone)
        tonight = datetime.combine(local.date(), QUIET, zone)
        return tonight if tonight <= local else tonight - timedelta(days=1)

    def _limits(self, now: datetime) -> dict[DataClass, datetime]:
        retention = self._county().privacy.retention
        return {data: retention.limit(data, now) for data in DataClass}

    async def _outdated(self, data: DataClass, before: datetime) -> int:
        if data in self._files:
            return await asyncio.to_thread(self._files[data].outdated, before)
        async with self._store.transaction() as transaction:
            count = await transaction.outdated(data, before)
        if data is DataClass.SPOKEN_MESSAGES:
            count += len(await self._orphans(before))
        return count

    async def _still_open(self, now: datetime) -> list[CallbackId]:
        limits = self._limits(now)
        before = max(limits[data] for data in CALLBACK_CONTENT)
        async with self._store.transaction() as transaction:
            return await transaction.open_since(before, _MOST_SHOWN)

    async def _purge(self, data: DataClass, before: datetime, now: datetime, by: str) -> Purged:
        line = Deletion(now, data, 0, Reason.RETENTION, by)
        count = 0
        try:
            async for done in self._batches(before, line):
                count += done
                await asyncio.sleep(self._pause_seconds)
        except Unavailable as error:
            return Purged(data, before, count, error.message)
        return Purged(data, before, count)

    async def _batches(self, before: datetime, line: Deletion) -> AsyncIterator[int]:
        """Let go of one class; ``line`` is for the log, without its count."""
        if line.data in self._files:
            removed = await asyncio.to_thread(self._files[line.data].purge, before)
            await self._note(replace(line, count=removed))
            yield removed
            return
        if line.data is DataClass.SPOKEN_MESSAGES:
            async for gone in self._recordings_of_callbacks(before, line):
                yield gone
            orphans = await self._orphans(before)
            for orphan in orphans:
                await asyncio.to_thread(self._recordings.remove, orphan)
            await self._note(replace(line, count=len(orphans)))
            yield len(orphans)
            return
        while True:
            async with self._store.transaction() as transaction:
                done = await transaction.purge(line.data, before, BATCH)
                if done:
                    await transaction.note_deletions([replace(line, count=done)])
            if not done:
                return
            yield done

    async def _recordings_of_callbacks(
        self, before: datetime, line: Deletion
    ) -> AsyncIterator[int]:
        """Remove recordings, then forget their names: who is interrupted finds them again."""
        while True:
            async with self._store.transaction() as transaction:
                due = await transaction.outdated_recordings(before, BATCH)
            if not due:
                return
            for _callback, recording in due:
                await asyncio.to_thread(self._recordings.remove, recording)
            async with self._store.transaction() as transaction:
                await transaction.release_recordings([callback for callback, _ in due])
                await transaction.note_deletions([replace(line, count=len(due))])
            yield len(due)

    async def _orphans(self, before: datetime) -> list[RecordingId]:
        """Recordings that belong to no callback: one was being spoken when the program died."""
        old = await asyncio.to_thread(self._recordings.older_than, before)
        orphans: list[RecordingId] = []
        for first in range(0, len(old), BATCH):
            some = old[first : first + BATCH]
            async with self._store.transaction() as transaction:
                known = await transaction.recordings_of_callbacks(some)
            orphans += [each for each in some if each not in known]
        return orphans

    async def _note(self, deletion: Deletion) -> None:
        if deletion.count:
            async with self._store.transaction() as transaction:
                await transaction.note_deletions([deletion])
