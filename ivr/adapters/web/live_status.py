"""The status as it changes, for screens: server-sent events.

However much happens, a screen gets a new status at most twice a second, and one that reads
slowly gets fewer: nothing is queued for it, each status is the latest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from ivr.adapters.web import views
from ivr.adapters.web.parts import Parts
from ivr.domain.errors import Unavailable
from ivr.domain.live import Phase

MOST_SCREENS = 50
"""More are refused: each costs a little with every call."""

REST_SECONDS = 0.5
"""Between one status and the next."""

WAITING_SECONDS = 1.0
"""While somebody waits, waits get longer without anything happening."""

QUIET_SECONDS = 10.0
"""Without any change the status is told again, so that both sides notice a lost connection."""


class LiveStatus:
    """Tells screens how the service stands."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._screens: set[asyncio.Event] = set()
        parts.desk.watch(self._changed)

    def _changed(self) -> None:
        for screen in self._screens:
            screen.set()

    def check_room(self) -> None:
        """Raise Unavailable (``too_many_screens``) where no more screens are served."""
        if len(self._screens) >= MOST_SCREENS:
            raise Unavailable(
                f"{MOST_SCREENS} screens are served already.", code="too_many_screens"
            )

    async def stream(self) -> AsyncIterator[bytes]:
        """Give the status now, and again with each change, as server-sent events."""
        changed = asyncio.Event()
        self._screens.add(changed)
        try:
            while True:
                changed.clear()
                yield await self._event()
                await asyncio.sleep(REST_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._patience()):
                        await changed.wait()
        finally:
            self._screens.discard(changed)

    async def _event(self) -> bytes:
        parts = self._parts
        figures = await parts.day.figures()
        promises = await parts.callback_count.figures()
        shown = views.status(
            parts.desk.snapshot(), parts.county, parts.clock.now(), figures, promises
        )
        return f"event: status\ndata: {shown.model_dump_json()}\n\n".encode()

    def _patience(self) -> float:
        calls = self._parts.desk.snapshot().calls
        waiting = any(call.phase is Phase.WAITING for call in calls)
        return (WAITING_SECONDS if waiting else QUIET_SECONDS) - REST_SECONDS
