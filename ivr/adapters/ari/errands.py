"""Requests that follow from what was heard: nobody waits for them.

What is heard must not wait; so it is noted here what Asterisk shall end or refuse, and a task of
its own sends that, in order. It decides nothing.
"""

from __future__ import annotations

import asyncio

import structlog

from ivr.adapters.ari.connection import AriConnection, Query
from ivr.domain.errors import Unavailable

log = structlog.get_logger(__name__)


class Errands:
    """What is to be asked of Asterisk; about something that is gone already it does no harm."""

    def __init__(self, ari: AriConnection) -> None:
        self._ari = ari
        self._requests: asyncio.Queue[tuple[str, str, Query]] = asyncio.Queue()

    def delete(self, *paths: str) -> None:
        """Have Asterisk delete what ``paths`` name; never waits."""
        for path in paths:
            self._requests.put_nowait(("DELETE", path, {}))

    def refuse_transfer(self, channel: str) -> None:
        """Tell a phone that its transfer is refused, where there is nobody to be transferred."""
        path = f"channels/{channel}/transfer_progress"
        self._requests.put_nowait(("POST", path, {"states": "channel_declined"}))

    async def run(self) -> None:
        """Do all errands, until cancelled."""
        while True:
            await self.do_next()

    async def do_next(self) -> None:
        """Wait for an errand and do it."""
        method, path, query = await self._requests.get()
        try:
            await self._ari.attempt(method, path, query)
        except Unavailable:
            log.warning("errand_not_done", path=path)  # the next tidying up does it
