"""What is on its way into the store: written as soon as it can be, and once more at the end.

The call path does not wait for the disk. Whoever keeps things for the store in memory has one of
these; what is kept, and how it is written, is the owner's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from ivr.application.backoff import Backoff
from ivr.domain.errors import Unavailable

log = structlog.get_logger(__name__)

LAST_SECONDS = 2.0
"""How long the program's end waits for the store: its supervisor would not wait much longer."""


class WrittenLater:
    """Has ``flush`` called when something waits, until it works.

    ``flush`` writes all that waits; it raises Unavailable and then keeps it. ``waiting`` counts
    what waits. ``what`` is the word for it in the log. So many seconds ``gathers`` are waited for
    more, so that one commit does for all, and none falls into what callers wait for.
    """

    def __init__(
        self,
        what: str,
        flush: Callable[[], Awaitable[None]],
        waiting: Callable[[], int],
        backoff: Backoff | None = None,
        gathers: float = 0.0,
    ) -> None:
        self._what = what
        self._flush = flush
        self._waiting = waiting
        self._backoff = backoff or Backoff(first=0.25, longest=5.0)
        self._gathers = gathers
        self._woken = asyncio.Event()
        self._hurried = asyncio.Event()
        self._held_up = False

    def wake(self, *, at_once: bool = False) -> None:
        """Say that something waits; never waits itself.

        ``at_once``: somebody waits for the answer, so a pause is cut short.
        """
        self._woken.set()
        if at_once:
            self._hurried.set()

    async def run(self) -> None:
        """Write until cancelled; then write what is left, once."""
        try:
            while True:
                await self._woken.wait()
                if self._gathers:
                    await self._hurried_within(self._gathers)
                self._woken.clear()
                self._hurried.clear()
                await self._try()
        finally:
            await self._write_the_rest()

    async def _try(self) -> None:
        try:
            await self._flush()
        except Unavailable as error:
            self._note_held_up(error)
            await self._pause()
        else:
            self._note_written()

    async def _pause(self) -> None:
        await self._hurried_within(self._backoff.next())
        self._woken.set()

    async def _hurried_within(self, seconds: float) -> None:
        alarm = asyncio.get_running_loop().call_later(seconds, self._hurried.set)
        try:
            await self._hurried.wait()
        finally:
            alarm.cancel()

    def _note_held_up(self, error: Unavailable) -> None:
        """Say it once, not with each try."""
        if not self._held_up:
            log.warning(
                "writing_held_up",
                what=self._what,
                waiting=self._waiting(),
                reason=error.message,
            )
        self._held_up = True

    def _note_written(self) -> None:
        self._backoff.reset()
        if self._held_up:
            log.info("written_again", what=self._what)
        self._held_up = False

    async def _write_the_rest(self) -> None:
        try:
            # Not asyncio.timeout(): in a task that is cancelled, Python 3.11.2 lets it raise
            # CancelledError where the time is up.
            await asyncio.wait_for(self._flush(), LAST_SECONDS)
        except Unavailable as error:
            reason = error.message
        except TimeoutError:
            reason = "The store does not answer."
        else:
            return
        log.error("not_written", what=self._what, lost=self._waiting(), reason=reason)
