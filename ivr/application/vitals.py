"""The vital signs of the running service, for whoever watches it from outside.

Figures only: nothing about a caller, an agent or a caseworker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.application.callback_figures import FRESH, CallbackCount, CallbackFigures
from ivr.application.desk import Desk
from ivr.application.figures import queue_figures
from ivr.application.heartbeat import Heartbeat
from ivr.application.inbox import Inbox
from ivr.application.ports.couriers import QueueFigures
from ivr.application.ports.machine import Clock
from ivr.application.ports.store import Store
from ivr.application.tally import Tally
from ivr.domain.delivery import Delivery
from ivr.domain.errors import Unavailable
from ivr.domain.live import Phase


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """How the service is at one moment. None: the store can't be asked."""

    tally: Tally
    queue: QueueFigures
    calls: Mapping[Phase, int]
    callbacks: CallbackFigures | None
    outbox: Mapping[Delivery, int] | None
    """Messages that wait to be delivered."""
    works: Mapping[str, bool]
    """Whether each thing outside works, by name."""
    facts_waiting: int
    lag: float
    """Seconds between a fact's arrival and its handling."""
    loop_lag: float
    """By how many seconds the event loop was late."""
    not_recorded: int
    """Steps that the journal lacks, because it could not be written."""


class Vitals:
    """Takes the vital signs."""

    def __init__(
        self,
        desk: Desk,
        tally: Tally,
        inbox: Inbox,
        heartbeat: Heartbeat,
        callbacks: CallbackCount,
        store: Store,
        clock: Clock,
        not_recorded: Callable[[], int] = lambda: 0,
    ) -> None:
        """``not_recorded`` counts the steps that the journal lacks."""
        self._desk = desk
        self._tally = tally
        self._inbox = inbox
        self._heartbeat = heartbeat
        self._callbacks = callbacks
        self._store = store
        self._clock = clock
        self._not_recorded = not_recorded
        self._counting = asyncio.Lock()
        self._counted: tuple[datetime, Mapping[Delivery, int] | None] | None = None

    async def take(self) -> VitalSigns:
        """Return how the service is now."""
        readiness = await self._desk.readiness()
        callbacks = await self._callbacks.figures()
        outbox = await self._outbox()
        snapshot = self._desk.snapshot()
        calls = dict.fromkeys(Phase, 0)
        for call in snapshot.calls:
            calls[call.phase] += 1
        return VitalSigns(
            tally=self._tally,
            queue=queue_figures(snapshot, self._clock.now()),
            calls=calls,
            callbacks=callbacks,
            outbox=outbox,
            works={part: reason is None for part, reason in readiness.items()},
            facts_waiting=len(self._inbox),
            lag=self._heartbeat.lag,
            loop_lag=self._heartbeat.loop_lag,
            not_recorded=self._not_recorded(),
        )

    async def _outbox(self) -> Mapping[Delivery, int] | None:
        """Count what waits, again after two seconds: whoever watches asks as often as they like."""
        async with self._counting:
            now = self._clock.now()
            if self._counted is None or now - self._counted[0] >= FRESH:
                self._counted = now, await self._count()
            return self._counted[1]

    async def _count(self) -> Mapping[Delivery, int] | None:
        try:
            async with self._store.transaction() as transaction:
                return await transaction.outbox_length()
        except Unavailable:
            return None
