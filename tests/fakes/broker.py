"""A broker in memory: keeps what it was given, and can be away or refuse a caseworker."""

from __future__ import annotations

import asyncio
import copy

from ivr.application.ports.couriers import OutboxMessage, QueueFigures
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CaseworkerId, DepartmentId


class FakeBroker:
    """``messages`` and ``figures`` hold all that arrived, in order, repeats included."""

    def __init__(self) -> None:
        self.down = False
        self.refused: set[tuple[DepartmentId, CaseworkerId]] = set()
        self.messages: list[OutboxMessage] = []
        self.figures: list[QueueFigures] = []
        self._arrived = asyncio.Condition()

    async def deliver(self, message: OutboxMessage) -> None:
        await asyncio.sleep(0)
        self._check_up()
        if (message.department, message.caseworker) in self.refused:
            raise Refused("The broker does not take it.", code="publish_refused")
        async with self._arrived:
            self.messages.append(copy.deepcopy(message))
            self._arrived.notify_all()

    async def publish_queue(self, figures: QueueFigures) -> None:
        self._check_up()
        self.figures.append(figures)

    async def wait_for_messages(self, count: int) -> None:
        """Return as soon as ``count`` messages arrived; fails after five seconds."""
        async with asyncio.timeout(5), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= count)

    def _check_up(self) -> None:
        if self.down:
            raise Unavailable("The broker is away.")
