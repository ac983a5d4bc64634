"""Counts the calls of the fallback queue afterwards, from Asterisk's own log.

They become finished calls like all others, with a mark. A call is written once however often its
lines are read: its id is Asterisk's. The place up to which all is written is remembered after the
commit, and never beyond the first line of a call that is not over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from ivr.application.backoff import Backoff
from ivr.application.ports.standby import FallbackLog, LogPlace, PlacedLine
from ivr.application.ports.store import Store
from ivr.domain.calls import CallRecord
from ivr.domain.county import County
from ivr.domain.errors import Unavailable
from ivr.domain.fallback_log import FallbackCalls, read_line
from ivr.domain.ids import CallId

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0


class CountedAfterwards:
    """Reads ``fallback_log`` as it grows, and writes finished calls into ``store``."""

    def __init__(
        self,
        fallback_log: FallbackLog,
        store: Store,
        county: Callable[[], County],
        *,
        look_seconds: float = LOOK_SECONDS,
        backoff: Backoff | None = None,
    ) -> None:
        self._log = fallback_log
        self._store = store
        self._county = county
        self._look_seconds = look_seconds
        self._calls = FallbackCalls()
        self._begun: dict[CallId, LogPlace] = {}
        """Where the first line is of each call that is not over."""
        self._unwritten: list[CallRecord] = []
        self._backoff = backoff or Backoff(first=0.5, longest=30.0)
        self._failed = ""
        """Why it did not work the last time, as logged."""

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                while await self.count():
                    pass
            except Unavailable as error:
                if error.message != self._failed:
                    log.warning("fallback_calls_not_counted", reason=error.message)
                self._failed = error.message
                await asyncio.sleep(self._backoff.next())
            else:
                self._failed = ""
                self._backoff.reset()
                await asyncio.sleep(self._look_seconds)

    async def count(self) -> bool:
        """Count what the next lines tell; whether there were any. Raises Unavailable."""
        lines = [] if self._unwritten else await asyncio.to_thread(self._log.more)
        for line in lines:
            self._take(line)
        if not lines and not self._unwritten:
            return False
        await self._write()
        place = self._safe_place()
        if place is not None:
            await asyncio.to_thread(self._log.remember, place)
        return True

    def _take(self, placed: PlacedLine) -> None:
        line = read_line(placed.text)
        if line is None:
            return
        before = self._calls.open
        self._unwritten += self._calls.take(line, self._county())
        after = self._calls.open
        for begun in after - before:
            self._begun[begun] = placed.place
        for over in before - after:
            self._begun.pop(over, None)

    async def _write(self) -> None:
        if not self._unwritten:
            return
        fresh = 0
        async with self._store.transaction() as transaction:
            for record in self._unwritten:
                fresh += await transaction.add_call(record)
        self._unwritten.clear()
        if fresh:
            log.info("fallback_calls_counted", calls=fresh)

    def _safe_place(self) -> LogPlace | None:
        """Where to begin after a restart: calls begin in the order of their lines."""
        return next(iter(self._begun.values()), self._log.place)
