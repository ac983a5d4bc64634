"""The figures of today: finished calls that arrived since midnight, in the county's time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from ivr.application.ports.machine import Clock
from ivr.application.ports.store import Store
from ivr.domain.county import County
from ivr.domain.errors import Unavailable
from ivr.domain.figures import CallFigures

FRESH = timedelta(seconds=2)
"""So long counted figures are shown again: many screens must not make many counts."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What was counted, and since when."""

    since: datetime
    figures: CallFigures


class Day:
    """Counts today's calls, for whoever asks."""

    def __init__(self, store: Store, clock: Clock, county: Callable[[], County]) -> None:
        """``county`` tells what is configured now."""
        self._store = store
        self._clock = clock
        self._county = county
        self._counting = asyncio.Lock()
        self._counted: tuple[datetime, DayFigures | None] | None = None

    async def figures(self) -> DayFigures | None:
        """Return today's figures, None where the store can't be asked now."""
        async with self._counting:
            now = self._clock.now()
            if self._counted is None or now - self._counted[0] >= FRESH:
                self._counted = now, await self._count(now)
            return self._counted[1]

    async def _count(self, now: datetime) -> DayFigures | None:
        zone = self._county().hours.zone
        today = now.astimezone(zone).date()
        since, until = (
            datetime.combine(day, time.min, zone).astimezone(UTC)
            for day in (today, today + timedelta(days=1))
        )
        try:
            async with self._store.transaction() as transaction:
                return DayFigures(since, await transaction.call_figures(since, until))
        except Unavailable:
            return None
