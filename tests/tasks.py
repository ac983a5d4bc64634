"""Tasks that go on while something else is tried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any


@asynccontextmanager
async def meanwhile(*runs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let ``runs`` go on during the block, and cancel them at its end, one after the other.

    What one of them ended with instead is raised then.
    """
    tasks = [asyncio.create_task(run) for run in runs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
