"""The queue's figures on their way to whoever listens: at each change, at most once a second."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import datetime

from ivr.application.dispatcher import Dispatcher
from ivr.application.ports.couriers import Broker, QueueFigures
from ivr.application.ports.machine import Clock
from ivr.domain.errors import Unavailable
from ivr.domain.live import Phase
from ivr.domain.views import Snapshot

_REST_SECONDS = 1.0


class Figures:
    """Publishes the queue's figures."""

    def __init__(self, dispatcher: Dispatcher, broker: Broker, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._broker = broker
        self._clock = clock
        self._changed = asyncio.Event()
        dispatcher.watch(self._changed.set)

    async def run(self) -> None:
        """Publish until cancelled; what can't be told is told with the next change."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            with suppress(Unavailable):
                figures = queue_figures(self._dispatcher.snapshot(), self._clock.now())
                await self._broker.publish_queue(figures)
            await asyncio.sleep(_REST_SECONDS)


def queue_figures(snapshot: Snapshot, now: datetime) -> QueueFigures:
    """Count who waits and what the agents do."""
    waiting = [call for call in snapshot.calls if call.phase is Phase.WAITING]
    longest = max((now - call.queued_at for call in waiting if call.queued_at), default=None)
    return QueueFigures(
        at=now,
        waiting=len(waiting),
        longest_wait_seconds=int(longest.total_seconds()) if longest else 0,
        agents=dict(Counter(agent.state.value for agent in snapshot.agents)),
    )
