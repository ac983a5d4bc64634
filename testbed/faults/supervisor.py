"""Keeps a program running, as systemd would: what has died is started again a second later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from testbed.process import Process

RESTART_SECONDS: Final = 1.0
_LAST_LINES: Final = 5
_POLL_SECONDS: Final = 0.05


class Supervised:
    """One program and its lives."""

    def __init__(self, name: str, start: Callable[[], Awaitable[Process]]) -> None:
        """``start`` starts it once."""
        self.name = name
        self.lives: list[Process] = []
        self.exits: list[str] = []
        """Ends that nobody had ordered."""
        self.deaths: list[datetime] = []
        self.started_at = 0.0
        """When its present life began, on the monotonic clock."""
        self._start = start
        self._ordered: set[int] = set()
        self._keeping: asyncio.Task[None] | None = None

    @property
    def process(self) -> Process:
        """Its present or latest life."""
        return self.lives[-1]

    async def begin(self) -> None:
        """Start it, and keep it running from now on."""
        await self._live()
        self._keeping = asyncio.create_task(self._keep(), name=f"supervisor of {self.name}")

    async def end(self) -> None:
        """Stop it for good."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self.process.thaw()
            await self.process.stop()

    async def running(self) -> Process:
        """Return its present life, once there is one."""
        while not self.process.running:
            await asyncio.sleep(_POLL_SECONDS)
        return self.process

    async def kill(self) -> None:
        """End its present life as a crash would."""
        process = await self.running()
        self._ordered.add(process.pid)
        await process.kill()

    async def stop(self) -> int:
        """End its present life politely; returns the exit status."""
        process = await self.running()
        self._ordered.add(process.pid)
        return await process.stop()

    async def _live(self) -> None:
        self.started_at = time.monotonic()
        self.lives.append(await self._start())

    async def _keep(self) -> None:
        while True:
            status = await self.process.ended()
            self.deaths.append(datetime.now(UTC))
            if self.process.pid not in self._ordered:
                last = " / ".join(list(self.process.output)[-_LAST_LINES:])
                self.exits.append(f"{self.name} ended by itself with {status}: {last}")
            await asyncio.sleep(RESTART_SECONDS)
            await self._live()
