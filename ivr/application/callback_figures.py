"""How many promises are to be kept, for whoever shows the service as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.application.callbacks import OPEN_STATES
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import CallbackFilter, Store
from ivr.domain.errors import Unavailable

FRESH = timedelta(seconds=2)
"""So long counted figures are shown again: many screens must not make many counts."""


@dataclass(frozen=True, slots=True)
class CallbackFigures:
    """Open callbacks: all, those that should have been kept, those somebody has not heard of."""

    open: int
    overdue: int
    undelivered: int


class CallbackCount:
    """Counts open callbacks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._counting = asyncio.Lock()
        self._counted: tuple[datetime, CallbackFigures | None] | None = None

    async def figures(self) -> CallbackFigures | None:
        """Return how many there are, None where the store can't be asked now."""
        async with self._counting:
            now = self._clock.now()
            if self._counted is None or now - self._counted[0] >= FRESH:
                self._counted = now, await self._count(now)
            return self._counted[1]

    async def _count(self, now: datetime) -> CallbackFigures | None:
        try:
            async with self._store.transaction() as transaction:
                return CallbackFigures(
                    open=await transaction.count_callbacks(CallbackFilter(states=OPEN_STATES)),
                    overdue=await transaction.count_callbacks(CallbackFilter(overdue=now)),
                    undelivered=await transaction.count_callbacks(
                        CallbackFilter(states=OPEN_STATES, delivered=False)
                    ),
                )
        except Unavailable:
            return None
