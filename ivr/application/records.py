"""Finished calls on their way into the store.

The call path does not wait for the disk; what can't be written now is kept and tried again, in
order. It never drops a record while the program runs.
"""

from __future__ import annotations

import asyncio

import structlog

from ivr.application.backoff import Backoff
from ivr.application.last_flush import why_not_flushed
from ivr.application.ports import Store
from ivr.domain.calls import CallRecord
from ivr.domain.errors import Unavailable
from ivr.domain.ids import E164

log = structlog.get_logger(__name__)


class CallRecords:
    """Writes finished calls, several in one commit when many end at once."""

    def __init__(self, store: Store, backoff: Backoff | None = None) -> None:
        self._store = store
        self._backoff = backoff or Backoff(first=0.25, longest=5.0)
        self._unwritten: list[CallRecord] = []
        self._woken = asyncio.Event()

    def add(self, record: CallRecord) -> None:
        """Have ``record`` written; never waits."""
        self._unwritten.append(record)
        self._woken.set()

    def waits_for(self, number: E164) -> bool:
        """Whether a call from ``number`` is not written yet."""
        return any(record.caller_number == number for record in self._unwritten)

    async def run(self) -> None:
        """Write until cancelled; then write what is left, once."""
        try:
            while True:
                await self._woken.wait()
                self._woken.clear()
                try:
                    await self.flush()
                except Unavailable as error:
                    log.warning("calls_held_up", waiting=len(self._unwritten), reason=error.message)
                    self._woken.set()
                    await asyncio.sleep(self._backoff.next())
                else:
                    self._backoff.reset()
        finally:
            await self._flush_at_the_end()

    async def flush(self) -> None:
        """Write all that waits. Raises Unavailable; then all of it waits on."""
        records = self._unwritten[:]
        if not records:
            return
        async with self._store.transaction() as transaction:
            for record in records:
                await transaction.add_call(record)
        del self._unwritten[: len(records)]

    async def _flush_at_the_end(self) -> None:
        reason = await why_not_flushed(self.flush)
        if reason is not None:
            log.error("calls_lost", lost=len(self._unwritten), reason=reason)
