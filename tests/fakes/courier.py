"""A courier in memory: keeps what it was given, and can be away or refuse a caseworker."""

from __future__ import annotations

import asyncio

from ivr.application.ports.couriers import OutboxMessage
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.ids import CaseworkerId


class FakeCourier:
    """``messages`` holds all that arrived, in order, repeats included."""

    def __init__(self) -> None:
        self.down = False
        self.refused: set[CaseworkerId] = set()
        self.messages: list[OutboxMessage] = []

    async def deliver(self, message: OutboxMessage) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("Nobody is there.")
        if message.caseworker in self.refused:
            raise Refused("Not taken (550).", code="recipient_refused")
        self.messages.append(message)
