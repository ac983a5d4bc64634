"""The heartbeat: how far behind the service is, and the sign of life that depends on it.

Once a second a mark goes through the dispatcher's inbox, behind all facts that wait there. Only
when it has come through is the supervisor told that the program is alive: a timer of its own
would keep a program alive that hangs. That the service falls behind is said when it does, and
when it has caught up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from ivr.application.inbox import Inbox
from ivr.application.ports.machine import Supervisor

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0

TOLERATED_SECONDS = 1.0
"""Callers and agents notice more than that."""


class Heartbeat:
    """Measures, says so, and tells ``supervisor``."""

    def __init__(
        self,
        inbox: Inbox,
        supervisor: Supervisor,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        tolerated: float = TOLERATED_SECONDS,
    ) -> None:
        watchdog = supervisor.watchdog_seconds
        self._pause = BEAT_SECONDS if watchdog is None else min(BEAT_SECONDS, watchdog / 2)
        self._inbox = inbox
        self._supervisor = supervisor
        self._monotonic = monotonic
        self._tolerated = tolerated
        self._measured = 0.0
        self._measured_at = monotonic()
        self._longest = 0.0
        """How far behind the service was since it fell behind; 0: it did not."""
        self.loop_lag = 0.0
        """By how many seconds the event loop was late with the last beat."""

    @property
    def lag(self) -> float:
        """Seconds between a fact's arrival and its handling: at the last beat, or worse by now."""
        return max(self._measured, self._inbox.lag())

    async def run(self) -> None:
        """Beat until cancelled."""
        self._measured_at = self._monotonic()
        while True:
            await self.beat()

    async def beat(self) -> None:
        """Wait a moment, then find out how long a fact takes to be handled."""
        await asyncio.sleep(self._pause)
        late = self._monotonic() - self._measured_at - self._pause
        self.loop_lag = max(0.0, late)
        await self._measure()
        # Before anybody is told: who is stopped at just that moment notices as well.
        self._measured_at = self._monotonic()
        self._supervisor.alive()
        behind = max(self.loop_lag, self._measured)
        if behind > self._tolerated:
            self._note_behind(behind)
        elif self._longest:
            log.warning("caught_up", longest_seconds=round(self._longest, 1))
            self._longest = 0.0

    async def _measure(self) -> None:
        """Let a mark pass; where that takes too long, say so before it is over."""
        began = self._monotonic()
        passing = asyncio.ensure_future(self._inbox.passed())
        try:
            done, _ = await asyncio.wait({passing}, timeout=self._tolerated)
            if not done:
                self._note_behind(self._monotonic() - began)
            await passing
        finally:
            passing.cancel()
        self._measured = self._monotonic() - began

    def _note_behind(self, seconds: float) -> None:
        """Say it once, until it has caught up."""
        if not self._longest:
            log.error("behind", seconds=round(seconds, 1), waiting=len(self._inbox))
        self._longest = max(self._longest, seconds)
