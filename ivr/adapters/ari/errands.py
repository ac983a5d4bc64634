"""Requests that follow from what was heard: nobody waits for them.

What is heard must not wait; so it is noted here what Asterisk shall end, and a task of its own
sends that, in order. It decides nothing.
"""

from __future__ import annotations

import asyncio

import structlog

from ivr.adapters.ari.connection import AriConnection
from ivr.domain.errors import Unavailable

log = structlog.get_logger(__name__)


class Errands:
    """Things to be deleted, by their paths; one that is gone already does no harm."""

    def __init__(self, ari: AriConnection) -> None:
        self._ari = ari
        self._paths: asyncio.Queue[str] = asyncio.Queue()

    def delete(self, *paths: str) -> None:
        """Have Asterisk delete what ``paths`` name; never waits."""
        for path in paths:
            self._paths.put_nowait(path)

    async def run(self) -> None:
        """Do all errands, until cancelled."""
        while True:
            await self.do_next()

    async def do_next(self) -> None:
        """Wait for an errand and do it."""
        path = await self._paths.get()
        try:
            await self._ari.attempt("DELETE", path)
        except Unavailable:
            log.warning("errand_not_done", path=path)  # the next tidying up does it
