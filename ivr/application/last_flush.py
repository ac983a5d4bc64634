"""The last write before the program ends: short, and what it could not save is told.

Whoever keeps things for the store in memory calls it when it is cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ivr.domain.errors import Unavailable

LAST_SECONDS = 2.0
"""How long the program's end waits for the store: its supervisor would not wait much longer."""


async def why_not_flushed(flush: Callable[[], Awaitable[None]]) -> str | None:
    """Have ``flush`` write what is left; return why it could not, None where it did."""
    try:
        # Not asyncio.timeout(): in a task that is cancelled, Python 3.11.2 lets it raise
        # CancelledError where the time is up.
        await asyncio.wait_for(flush(), LAST_SECONDS)
    except Unavailable as error:
        return error.message
    except TimeoutError:
        return "The store does not answer."
    return None
