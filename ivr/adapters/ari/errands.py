"""Requests that follow from what was heard: nobody waits for them.

What is heard must not wait; so it is noted here what Asterisk shall end or refuse, and a task of
its own sends that, one after the other and in order. What could not be sent is sent after the next
connection. It decides nothing.
"""

from __future__ import annotations

import asyncio

import structlog

from ivr.adapters.ari.requests import Query, Requests
from ivr.domain.errors import Unavailable

log = structlog.get_logger(__name__)


_AGAIN_SECONDS = 0.5
"""So long after Asterisk turned out to be away it is not bothered."""


class Errands:
    """What is to be asked of Asterisk; about something that is gone already it does no harm."""

    def __init__(self, ari: Requests) -> None:
        self._ari = ari
        self._requests: dict[tuple[str, str], Query] = {}
        """In order; what is to be done is there once, however often it was wished."""
        self._news = asyncio.Event()

    def delete(self, *paths: str) -> None:
        """Have Asterisk delete what ``paths`` name; never waits."""
        for path in paths:
            self._add("DELETE", path, {})

    def refuse_transfer(self, channel: str) -> None:
        """Tell a phone that its transfer is refused, where there is nobody to be transferred."""
        path = f"channels/{channel}/transfer_progress"
        self._add("POST", path, {"states": "channel_declined"})

    async def run(self) -> None:
        """Do all errands, until cancelled."""
        while True:
            await self.do_next()

    async def do_next(self) -> None:
        """Wait for an errand, and for Asterisk, and do it."""
        while not self._requests:
            self._news.clear()
            await self._news.wait()
        await self._ari.up.wait()
        (method, path), query = next(iter(self._requests.items()))
        try:
            await self._ari.attempt(method, path, query)
        except Unavailable:
            log.info("errand_postponed", path=path)
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            del self._requests[method, path]

    def _add(self, method: str, path: str, query: Query) -> None:
        self._requests.setdefault((method, path), query)
        self._news.set()
